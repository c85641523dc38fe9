"""Reads ids from paths and bodies as v3 does (rules 2.7)."""

import re

_UUID = re.compile(r"\{?([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})\}?", re.IGNORECASE)


_CANONICAL = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def canonical_id(text: str) -> str:
    """The id in lower case with hyphens. V3 tolerates capitals, braces and missing hyphens. Empty for other text."""
    # Nearly every client sends ids as it got them.
    if _CANONICAL.fullmatch(text):
        return text
    match = _UUID.fullmatch(text)
    return "-".join(match.groups()).lower() if match else ""
