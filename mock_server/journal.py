"""What the clients of one sandbox sent and got: recorded at next to no cost, worked out when it is read."""


class Journal:
    """The requests of one sandbox."""

    def __init__(self, max_entries: int = 10_000, max_bytes: int = 16 * 1024 * 1024) -> None:
        self.max_entries = max_entries
        self.max_bytes = max_bytes
