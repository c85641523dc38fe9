"""The states of declarations and statements, and the arrows between them (rules 6.1, 6.2).

Nothing moves along any other.
"""

from typing import Final

DECLARATION_ARROWS: Final[dict[str, tuple[str, ...]]] = {
    "submitted": ("eligible", "voided"),
    "eligible": ("payable", "voided"),
    "payable": ("paid", "voided"),
    "paid": ("awaiting-clawback",),
    "awaiting-clawback": ("clawed-back",),
    "voided": (),
    "clawed-back": (),
}
STATEMENT_ARROWS: Final[dict[str, tuple[str, ...]]] = {"open": ("payable",), "payable": ("paid",), "paid": ()}

# A declaration in one of these blocks another of its type, and other providers see it (rules 4 and 5.8).
LIVE_STATES: Final = frozenset({"submitted", "eligible", "payable", "paid"})

# Those that money was or will be paid for; undoing a registration keeps them (rules 5.10).
BILLABLE_STATES: Final = frozenset({"eligible", "payable", "paid", "awaiting-clawback", "clawed-back"})

# What voiding makes of a declaration; a state left out can't be voided (rules 5.9).
VOIDED_AS: Final = {
    "submitted": "voided",
    "eligible": "voided",
    "payable": "voided",
    "paid": "awaiting-clawback",
}

# What the authorisation of its statement makes of a declaration (rules 6.1).
AUTHORISED_AS: Final = {"payable": "paid", "awaiting-clawback": "clawed-back"}
