"""What is wrong with a file that people may have edited. Light to import: a server that reads no file needs no more."""


class BadValue(ValueError):
    """A value that no mock writes. `pointer` is the JSON Pointer to it, from where the reading began."""

    def __init__(self, pointer: str, detail: str) -> None:
        super().__init__(detail)
        self.pointer = pointer
        self.detail = detail


class BadWorldFile(BadValue):
    """The file can't become a sandbox. `pointer` is the JSON Pointer to what is wrong, `detail` says what it is."""

    def __str__(self) -> str:
        return f"{self.pointer} {self.detail}".strip()
