"""Ids as v3 reads them from paths and bodies (rules 2.7)."""

import re

_UUID = re.compile(r"\{?([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})\}?", re.IGNORECASE)


def canonical_id(text: str) -> str:
    """The id in lower case with hyphens; v3 tolerates capitals, braces and missing hyphens. Empty where it is none."""
    match = _UUID.fullmatch(text)
    return "-".join(match.groups()).lower() if match else ""
