"""Use cases, one a function; they flush, the edge of the request commits."""
