"""What the acts of schools and the department raise when they can't be done."""


class Impossible(Exception):
    """The world can't take that change; nothing has changed. `reason` is a sentence for people."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
