"""The planted faults of `make mutation`: enough of them, and of every kind."""

import subprocess
import sys

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


# Each in a process of its own, because the others mustn't meet what one plants. A process without threads may fork.
PLANT_ALL = """
import os
from tests.mutation.plants import PLANTS
for name, plant in PLANTS.items():
    child = os.fork()
    if child == 0:
        plant.plant()
        os._exit(0)
    if os.waitpid(child, 0)[1]:
        print(name)
"""


def test_every_fault_can_be_planted() -> None:
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", PLANT_ALL], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("", "")
