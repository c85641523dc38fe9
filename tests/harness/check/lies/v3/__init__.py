"""The lies about version 3, by class. It has no CSV and no older paths, and more lists than version 1."""

from tests.harness.check.lies.manners import ACCESS, MINOR
from tests.harness.check.lies.v3.lists import COMBINATIONS, VOLUME
from tests.harness.check.lies.v3.records import CONCURRENCY, CONSISTENCY
from tests.harness.check.lies.v3.rules import RULES

CLASSES = {
    "combinations": COMBINATIONS,
    "volume": VOLUME,
    "concurrency": CONCURRENCY,
    "consistency": CONSISTENCY,
    "rules": RULES,
    "access": ACCESS,
    "minor": MINOR,
}
