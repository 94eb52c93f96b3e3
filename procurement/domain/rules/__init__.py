"""The rules of the guideline, one file a step; ``registry`` lists them all."""
