"""The error of acts of schools and the department that can't happen."""


class Impossible(Exception):
    """The world can't make that change, and nothing has changed. `reason` is a sentence for people."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
