"""The lies about version 1, by class, as a provider may meet them in a sandbox that looks right."""

from tests.harness.check.lies.manners import ACCESS, MINOR
from tests.harness.check.lies.v1.lists import COMBINATIONS, VOLUME
from tests.harness.check.lies.v1.records import CONCURRENCY, CONSISTENCY
from tests.harness.check.lies.v1.rules import RULES

CLASSES = {
    "combinations": COMBINATIONS,
    "volume": VOLUME,
    "concurrency": CONCURRENCY,
    "consistency": CONSISTENCY,
    "rules": RULES,
    "access": ACCESS,
    "minor": MINOR,
}
