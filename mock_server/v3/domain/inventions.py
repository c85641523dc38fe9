"""Invents names, numbers and addresses that belong to nobody, for facts that an act leaves out."""

import re
import unicodedata
from random import Random
from typing import Final

_PLACES: Final = tuple(
    "Hillside Meadow Riverside Oakfield Ashdown Brookside Fairview Greenway Heathland Kingsmead Larchwood Millbrook "
    "Northgate Orchard Parkside Quarry Redwood Southfield Thornbury Woodland".split()
)
_SCHOOLS: Final = ("Primary School", "School", "Academy", "High School")
_DELIVERY_PARTNERS: Final = ("Training Hub", "Teaching School Hub", "Learning Alliance", "Education Trust")


def email(random: Random, name: str) -> str:
    """An address at example.org, which is reserved for examples."""
    return f"{_word(name, '.') or 'participant'}.{random.randrange(10_000):04}@example.org"


def teacher_reference_number(random: Random) -> str:
    return str(random.randrange(1_000_000, 10_000_000))


def school_name(random: Random) -> str:
    return f"{random.choice(_PLACES)} {random.choice(_SCHOOLS)}"


def urn(random: Random) -> str:
    return str(random.randrange(100_000, 150_000))


def delivery_partner_name(random: Random) -> str:
    return f"{random.choice(_PLACES)} {random.choice(_DELIVERY_PARTNERS)}"


def school_domain(name: str) -> str:
    return f"{_word(name, '-') or 'school'}.example"


def _word(name: str, between: str) -> str:
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return between.join(re.findall("[a-z]+", ascii_name))[:50]
