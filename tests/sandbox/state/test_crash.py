"""Kill the server at random moments under clients that write: nothing that was answered is lost, nothing is doubled.

`make crash` does it 200 times.
"""

import re
import signal
import subprocess
import time
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from tests.sandbox.state.crashing import Connection, Known, Provider, Sandboxer, compare
from tests.test_cli import COMMAND, serving

OPTIONS = ("--seed", "empty", "--clock", "2021-10-01T09:00:00Z,still", "--rate-limit", "off", "--journal-entries", "9")


def test_whatever_was_answered_survives_kill_9_and_nothing_is_there_twice(
    tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    random = Random(9)  # noqa: S311 - meant to repeat
    providers, sandboxer = [Known() for _ in range(3)], Known()
    kills = pytestconfig.getoption("--kills")
    for kill in range(kills + 1):
        with serving("--state", str(tmp_path / "state"), *OPTIONS) as (process, printed):
            found = re.search(r"http://127\.0\.0\.1:(\d+)", printed)
            assert found, printed
            port = int(found[1])
            with closing(Connection(port, "alder-token")) as connection:
                compare(connection, providers, sandboxer)
                if kill % 10 == 9:
                    # A growing world would only make each start slower than the last.
                    connection.ask("POST", "/_mock/sandboxes/default/reset")
                    for known in providers:
                        known.participants, known.declared = {}, {}
            if kill == kills:
                break
            clients = [
                *(Provider(known, port, random.randrange(10**9)) for known in providers),
                Sandboxer(sandboxer, port, random.randrange(10**9)),
            ]
            for client in clients:
                client.start()
            time.sleep(random.uniform(0.02, 0.5))
            process.send_signal(signal.SIGKILL)
            for client in clients:
                client.join(timeout=20)
                if client.failure:
                    raise client.failure
    answers = sum(known.answers for known in (*providers, sandboxer))
    print(f"{kills} kills, {answers} answered writes")
    # Kills that nothing was written before would prove nothing.
    assert answers > 5 * kills


@pytest.mark.parametrize("moment", [0.3, 0.6])
def test_a_server_killed_while_it_starts_can_be_started_again(moment: float, tmp_path: Path) -> None:
    command = [COMMAND, "serve", "--port", "0", "--state", str(tmp_path / "state"), "--participants", "3000"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    time.sleep(moment)
    process.kill()
    process.wait()
    with serving("--state", str(tmp_path / "state"), "--participants", "3000") as (_, printed):
        assert "alder-token" in printed
