"""The states of declarations and statements, and the arrows between them (rules 6.1, 6.2).

They move only along these arrows.
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

# A declaration in one of these states blocks another of its type, and other providers see it (rules 4 and 5.8).
LIVE_STATES: Final = frozenset({"submitted", "eligible", "payable", "paid"})

# DfE has paid or will pay for declarations in these states. Undoing a registration keeps them (rules 5.10).
BILLABLE_STATES: Final = frozenset({"eligible", "payable", "paid", "awaiting-clawback", "clawed-back"})

# The state to which voiding moves a declaration. A provider can't void one in another state (rules 5.9).
VOIDED_AS: Final = {
    "submitted": "voided",
    "eligible": "voided",
    "payable": "voided",
    "paid": "awaiting-clawback",
}

# The state to which the authorisation of its statement moves a declaration (rules 6.1).
AUTHORISED_AS: Final = {"payable": "paid", "awaiting-clawback": "clawed-back"}
