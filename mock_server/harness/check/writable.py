"""Which records the check may change on a server that isn't its own."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Writable:
    """A word is an id, or the beginning of ids and a star. Without words the check changes nobody."""

    words: tuple[str, ...] = ("*",)

    def allows(self, id: str) -> bool:
        return any(id.startswith(word[:-1]) if word.endswith("*") else id == word for word in self.words)

    @property
    def everything(self) -> bool:
        return "*" in self.words
