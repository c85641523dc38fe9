"""The planted faults of `make mutation`: enough of them, and of every kind."""

from mock_server.v1.domain.commands import CATALOGUE
from tests.mutation.plants import PLANTS

KINDS = {
    "a rule dropped",
    "a bound off by a second",
    "an attribute missing, renamed or of the wrong type",
    "wrong status",
    "wrong content type",
    "undocumented status",
    "another provider's record shown",
    "state not saved",
    "state saved though refused",
    "paging that repeats or loses a record",
    "filter ignored",
    "filter inclusive instead of exclusive",
    "token not checked",
    "CSV column swapped",
    "crash on odd input",
}


def test_there_are_faults_of_every_kind() -> None:
    assert {plant.kind for plant in PLANTS.values()} >= KINDS
    assert len(PLANTS) >= 100


def test_every_rule_is_dropped_once_but_the_one_that_a_table_of_states_asks() -> None:
    dropped = {name.removeprefix("dropped-") for name in PLANTS if name.startswith("dropped-")}
    assert set(CATALOGUE) - dropped == {"declaration-voidable"}
