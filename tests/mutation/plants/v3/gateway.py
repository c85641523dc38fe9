"""Faults of the gateway, which every service meets: ways in, small print, and requests at once."""

from tests.mutation.plants.v1.access import ACCESS
from tests.mutation.plants.v1.concurrency import CONCURRENCY
from tests.mutation.plants.v1.small_print import SMALL_PRINT

# The others change what only v1 has: CSV, 403, and the forms of its operations.
_OF_EVERY_SERVICE = (
    *("query", "query-rails", "header", "cookie", "basic", "scheme", "bare"),
    *("prefix", "longer", "case", "quoted", "head"),
    *("html", "html-anything", "detail-empty", "detail-pointer", "override"),
    *("shared-limit", "refused-count", "too-soon"),
)
_PREFIXES = ("access-", "small-", "at-once-")

GATEWAY = tuple(
    plant
    for plant in (*ACCESS, *SMALL_PRINT, *CONCURRENCY)
    for prefix in _PREFIXES
    if plant.name.startswith(prefix) and plant.name.removeprefix(prefix) in _OF_EVERY_SERVICE
)
