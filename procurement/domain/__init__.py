"""What the guideline says: standard library only, no clock, no I/O."""
