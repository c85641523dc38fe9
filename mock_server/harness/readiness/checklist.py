"""What a department's checklist asks for, and which requirements answer it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Item:
    """One item. `elsewhere` says where else to look for what traffic can't show."""

    text: str
    requirements: tuple[str, ...] = ()
    elsewhere: str = ""
