"""Globs over paths, as faults and the journal's filter use them."""


class Glob:
    """A pattern in which `*` stands for any characters, `/` included, and all else for itself.

    Matched without backtracking, so that no pattern a tester sends can hold the server up.
    """

    __slots__ = ("_end", "_middle", "_start", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self._start, *rest = text.split("*")
        self._end = rest.pop() if rest else None
        self._middle = rest

    def matches(self, path: str) -> bool:
        """Whether it fits the whole of `path`."""
        if self._end is None:
            return path == self._start
        position, end = len(self._start), len(path) - len(self._end)
        if end < position or not path.startswith(self._start) or not path.endswith(self._end):
            return False
        for part in self._middle:
            found = path.find(part, position, end)
            if found < 0:
                return False
            position = found + len(part)
        return True
