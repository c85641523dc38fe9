"""Names of invented people: both services draw them from their sandbox's random numbers."""

from random import Random
from typing import Final

_FIRST_NAMES: Final = tuple(
    "Aisha Ben Chloe Dafydd Esme Farid Grace Harvey Imogen Jamal Keira Liam Maya Noah Olive Priya Quinn Rosa "
    "Samir Tilly Umar Violet Wren Xander Yusuf Zara".split()
)
_LAST_NAMES: Final = tuple(
    "Abbot Barnes Chowdhury Dunmore Ellery Farrow Greaves Hadley Iqbal Joyce Kowalski Lennox Marsh Nwosu Osborne "
    "Pickering Quigley Radcliffe Sandhu Thorne Underwood Vance Whitlock Yates".split()
)


def invented_name(random: Random) -> str:
    return f"{random.choice(_FIRST_NAMES)} {random.choice(_LAST_NAMES)}"
