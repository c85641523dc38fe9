"""The lead providers of every sandbox, in both services."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Provider:
    """A lead provider. One without an ECF contract trains for other qualifications only."""

    slug: str
    name: str
    ecf: bool


PROVIDERS: Final = (
    Provider("alder", "Alder Teaching Network", ecf=True),
    Provider("birch", "Birch Learning Partnership", ecf=True),
    Provider("cedar", "Cedar Professional Development", ecf=True),
    Provider("dogwood", "Dogwood Qualifications", ecf=False),
)
