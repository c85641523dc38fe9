"""The rules of the service: no HTTP, no files, no wall clock, no randomness of its own.

The caller passes the moment, the source of ids and the seed. Reading never changes anything.
A refused command raises before it changes anything.
"""
