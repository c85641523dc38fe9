"""`make bench`: how fast and how large the mock is, beside other mock servers on the same machine."""
