"""The rules of the lead provider API: standard library only, without HTTP, wall clock or randomness."""
