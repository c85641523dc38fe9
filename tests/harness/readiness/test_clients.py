"""The catalogue and clients try each other: a correct client passes everything, a faulty one fails what it breaks.

Over real HTTP, each client in a drill of its own. They mostly wait, so they run side by side.
"""

import ast
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from examples import reference_client
from examples.reference_client import Connection, LeadProvider
from mock_server.client import ControlClient
from mock_server.control.models import NewFault, RateLimit
from mock_server.own_server import own_server
from tests.harness.readiness.clients.base import Client
from tests.harness.readiness.clients.careless import CARELESS
from tests.harness.readiness.clients.correct import CORRECT
from tests.harness.readiness.clients.correct_too import CORRECT_TOO
from tests.harness.readiness.clients.drilling import Boards, drills
from tests.harness.readiness.clients.faulty import FAULTY
from tests.harness.readiness.clients.faulty_too import FAULTY_TOO

# A sample: `make clients` runs every client. None is in it whose fault is that it is fast: a busy machine slows it.
NAMES = (
    *("PollsByTheLastRecord", "DrawsItsPauses", "checks_before_it_declares", "declares_all_at_once", "ReadsFiles"),
    *("StopsAtAFullPage", "TriesAgainAfterARefusal", "PollsFromASecondLater"),
    *("ForgetsTheTokenOnANewConnection", "declares_anew_for_who_came_from_another_provider"),
    "goes_on_for_who_came_from_another_provider",
)
ALL_CORRECT = (*CORRECT, *CORRECT_TOO)
ALL_FAULTY = (*FAULTY, *FAULTY_TOO, *CARELESS)
SAMPLE = (Client(""), *(each for each in (*ALL_CORRECT, *ALL_FAULTY) if each.name in NAMES))


@pytest.fixture(scope="module")
def boards() -> Iterator[Boards]:
    with drills(SAMPLE) as found:
        yield found


@pytest.mark.parametrize("client", SAMPLE, ids=lambda client: f"{client.breaks or 'correct'}-{client.name}")
def test_a_client_fails_what_it_breaks_and_nothing_else(boards: Boards, client: Client) -> None:
    assert client.complaints(boards[client].result()) == []


def test_the_sample_has_every_client_that_it_names() -> None:
    assert {client.name for client in SAMPLE} == {"reference", *NAMES}


def test_the_reference_client_notices_that_an_action_happened_although_its_answer_was_lost() -> None:
    with own_server() as url, ControlClient(url) as control, httpx.Client(base_url=url) as http:
        made = control.create_sandbox(seed="empty")
        sandbox = control.sandbox(made.id)
        id = sandbox.v1.add_participant(provider="alder", participant_type="ect").id
        lost: NewFault = {"match": {"method": "PUT"}, "respond": {"status": 502}, "times": 3, "apply": "after"}
        sandbox.replace_faults([lost])
        provider = LeadProvider(Connection(http, made.tokens["alder"], first_pause=0.05))
        provider.sync()
        provider.defer(id, "career-break")
        assert provider.participants[id]["training_status"] == "deferred"
        assert sandbox.v1.participant(id).training_status == "deferred"
        verdicts = {each.id: each.verdict for each in sandbox.readiness().requirements}
    assert verdicts["errors.server-fault"] == "passed"
    assert verdicts["actions.defer"] == "passed"


def test_a_client_of_several_threads_is_not_blamed_for_what_was_on_its_way() -> None:
    """They share what they learn of limits and refusals; but the mock answers sooner than one can tell the other."""
    pause_until = 0.0
    denied = threading.Event()

    def read(http: httpx.Client, id: str) -> None:
        nonlocal pause_until
        while not denied.is_set():
            time.sleep(max(0.0, pause_until - time.monotonic()))
            response = http.get(f"{reference_client.PARTICIPANTS}/{id}")
            if response.status_code == 401:
                denied.set()
            elif response.status_code == 429:
                pause_until = time.monotonic() + float(response.headers["Retry-After"])
            else:
                return

    with own_server() as url, ControlClient(url) as control:
        made = control.create_sandbox(rate_limit=RateLimit(requests=30, seconds=1))
        sandbox = control.sandbox(made.id)
        ids = [each.id for each in sandbox.v1.participants()][:40]
        for token in (made.tokens["alder"], f"wrong-token.{made.id}"):
            headers = {"Authorization": f"Bearer {token}"}
            with httpx.Client(base_url=url, headers=headers) as http, ThreadPoolExecutor(4) as pool:
                list(pool.map(read, [http] * len(ids), ids))
        verdicts = {each.id: each for each in sandbox.readiness().requirements}
    assert denied.is_set()
    for requirement in ("errors.rate-limit", "access.stops-on-401"):
        assert verdicts[requirement].verdict == "passed", verdicts[requirement]


def test_an_answer_that_comes_too_late_is_one_that_was_not_heard() -> None:
    """The mock notices that the client has hung up, and doesn't keep the delayed answer waiting either."""
    with own_server() as url, ControlClient(url) as control, httpx.Client(base_url=url, timeout=0.3) as http:
        made = control.create_sandbox()
        sandbox = control.sandbox(made.id)
        sandbox.replace_faults([{"match": {}, "delay_ms": 60_000, "times": 3}])
        started = time.monotonic()
        provider = LeadProvider(Connection(http, made.tokens["alder"], first_pause=0.2))
        provider.sync_participants()
        assert len(provider.participants) == 48
        assert time.monotonic() - started < 30
        entries = list(sandbox.all_requests())
        verdicts = {each.id: each.verdict for each in sandbox.readiness().requirements}
    assert [entry.unheard for entry in entries] == [200, 200, 200, None]
    assert verdicts["errors.server-fault"] == "passed"
    # Nobody got those pages, so they weren't pulled twice.
    assert verdicts["sync.no-repeat"] == "not_seen"


def test_the_reference_client_can_be_read_in_one_go_and_needs_httpx_only() -> None:
    text = Path(reference_client.__file__).read_text()
    assert text.count("\n") < 300
    imported = {
        (node.module or "" if isinstance(node, ast.ImportFrom) else alias.name).partition(".")[0]
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    assert imported - sys.stdlib_module_names == {"httpx"}


@pytest.mark.parametrize("arguments", [[], ["http://127.0.0.1:8080"], ["a", "b", "c"]])
def test_the_reference_client_says_how_it_is_called(arguments: list[str]) -> None:
    script = str(Path(reference_client.__file__))
    done = subprocess.run([sys.executable, script, *arguments], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    usage = "Usage: python reference_client.py BASE_URL TOKEN  (`ecf-mock drill` prints both)\n"
    assert done.stderr == usage


def test_enough_mistakes_are_made() -> None:
    assert len({client.breaks for client in ALL_FAULTY if client.verdict == "failed"}) >= 25
    assert (len(ALL_FAULTY) >= 70, len(ALL_CORRECT) >= 45) == (True, True)
