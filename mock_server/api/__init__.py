"""The lead provider API, version 1: reading requests, calling one use case, writing answers."""
