"""The rules of the service: no HTTP, no files, no wall clock, no randomness of its own.

Whoever calls passes the moment, the source of ids and the seed; reading never changes anything,
and a refused command raises before it has changed anything.
"""
