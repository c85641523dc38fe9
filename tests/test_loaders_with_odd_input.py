"""Files that people and accidents write: each is refused with a sentence or read, and nothing else happens."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from shutil import copyfile
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from mock_server.app import build_app
from mock_server.harness.scenarios.complaints import ScenarioError
from mock_server.harness.scenarios.loader import load_scenario
from mock_server.resources import resource
from mock_server.sandbox.state import StateRefused
from mock_server.sandbox.state.file import StateFile, Write
from mock_server.sandbox.state.keeper import UNREADABLE
from mock_server.service import Service
from mock_server.services import SERVICES
from mock_server.settings import ClockSetting, SandboxSettings, Seed, Settings
from mock_server.v1.service import V1
from mock_server.v3.service import V3
from tests.shell import ALDER, ask
from tests.v1.domain.builders import NOW

# -- scenarios ------------------------------------------------------------------------------------

SCENARIOS = [file.read_text("utf-8") for file in sorted(resource("scenarios/v1").glob("*.yaml"))]
YAML_WORDS = (
    "&a *a *id001 [ ] { } - : ? | > !!python/object:os.system %YAML --- ${participant} ${ null ~ -0 1e999 ' " + '"'
)
TOKENS = st.sampled_from([*YAML_WORDS.split(" "), ": ", "- ", "9" * 5000, "\t", "\0", "\x07", "\ufeff", "\u2028"])


def mistakes(file: Path) -> tuple[str, ...]:
    try:
        load_scenario(file, V1)
    except ScenarioError as refused:
        return refused.mistakes
    return ()


@st.composite
def damaged_scenarios(draw: st.DrawFn) -> str:
    """A real one, with pieces cut out, doubled, or replaced by words that mean something in YAML."""
    text = draw(st.sampled_from(SCENARIOS))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 40)))
        text = text[:start] + draw(TOKENS | st.text(max_size=10) | st.just(text[start:end] * 2)) + text[end:]
    return text


# Each list holds ten times the one before.
LAUGHS = "a: &a [x]\n" + "".join(f"{b}: &{b} [{f'*{a},' * 10}]\n" for a, b in pairwise("abcdefghi"))


@settings(max_examples=150)
@given(text=damaged_scenarios() | st.text(max_size=200))
@example(text="a: &x [*x]")
@example(text=LAUGHS)
@example(text="[" * 100_000)
@example(text="title: " + "9" * 5000)
@example(text="id: \0")
def test_any_scenario_file_is_read_or_refused_with_its_line(
    text: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.getbasetemp() / "odd.yaml"
    file.write_bytes(text.encode("utf-8", "surrogatepass"))
    for mistake in mistakes(file):
        assert mistake.startswith(f"{file}:")


@settings(max_examples=100)
@given(content=st.binary(max_size=300))
def test_any_bytes_are_no_scenario(content: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.getbasetemp() / "bytes.yaml"
    file.write_bytes(content)
    assert mistakes(file)


# -- records of a state file -----------------------------------------------------------------------
# Sums tell what was damaged; this is about what was written by something else.


def rows_of(service: Service, seed: Seed) -> list[Any]:
    """The rows of a world as its seed makes it."""
    world = service.seeded_world(replace(SandboxSettings.of_server(Settings.model_construct()), seed=seed), NOW, 0)
    return [orjson.loads(service.kept.write(record)) for record in world.every_record()]


# Participants of v1 with a history and their declarations.
_V1 = rows_of(V1, "guide")
_DECLARED = [row for row in _V1 if "declaration" in row][:5]
_IDS = {row["declaration"]["participant"] for row in _DECLARED}
ROWS = {
    V1: _DECLARED + [row for row in _V1 if "participant" in row and row["participant"]["id"] in _IDS],
    # Everything but people: a person's rows refer to too many others.
    V3: rows_of(V3, "empty"),
}
json = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


def replaced(document: Any, path: list[int], value: Any) -> Any:
    """A copy with `value` at the place that `path` leads to, as far as there are lists and objects on the way."""
    if not path or not isinstance(document, list | dict) or not document:
        return value
    place = path[0] % len(document)
    if isinstance(document, dict):
        name = list(document)[place]
        return document | {name: replaced(document[name], path[1:], value)}
    return [*document[:place], replaced(document[place], path[1:], value), *document[place + 1 :]]


def read(service: Service, rows: Iterable[bytes], changes: int) -> None:
    service.kept.read(service.empty_world(SandboxSettings.of_server(Settings.model_construct()), NOW), rows, changes)


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
@settings(max_examples=150, deadline=None)
@given(
    which=st.integers(0, 10_000),
    path=st.lists(st.integers(0, 20), min_size=1, max_size=5),
    value=json | st.sampled_from(["alder", "2021-11-20T09:00:00+00:00", "ect", "paid", "0001-01-01"]),
    changes=st.integers(-1, 10),
)
def test_any_record_is_read_or_refused(service: Service, which: int, path: list[int], value: Any, changes: int) -> None:
    rows = ROWS[service]
    place = which % len(rows)
    spoilt = [*rows[:place], replaced(rows[place], path, value), *rows[place + 1 :]]
    with suppress(*UNREADABLE):
        read(service, map(orjson.dumps, spoilt), changes)


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
@settings(max_examples=100, deadline=None)
@given(record=json.map(orjson.dumps) | st.binary(max_size=60))
def test_anything_else_is_no_record(service: Service, record: bytes) -> None:
    with pytest.raises(UNREADABLE):
        read(service, [record], 1)


# -- heads of a state file --------------------------------------------------------------------------


def places(document: Any, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """The way to every member."""
    if not isinstance(document, dict):
        return [path]
    return [path, *(place for name, member in document.items() for place in places(member, (*path, name)))]


def with_member(document: Any, path: tuple[str, ...], value: Any) -> Any:
    if not path:
        return value
    name, *rest = path
    return document | {name: with_member(document[name], tuple(rest), value)}


def kept_head(file: Path) -> bytes:
    # A clock that runs from another moment, so that all that is kept of it counts.
    clock = ClockSetting(datetime(2021, 11, 20, 9, tzinfo=UTC))
    application = build_app(Settings(seed="empty", state=file, clock=clock))
    assert application.keeper is not None
    application.keeper.close()
    kept = StateFile(file)
    ((_, head),) = kept.sandboxes()
    kept.abandon()
    return head


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Any]:
    """A state file, and the head of the one sandbox that it holds."""
    file = tmp_path_factory.mktemp("head") / "state"
    return file, orjson.loads(kept_head(file))


MOMENTS = ["2021-11-20T09:00:00", "2021-11-20T09:00:00+00:00", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00"]
ODD = [*MOMENTS, "default", "", "guide", -1, 2**62, 1e300]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
async def test_any_head_is_refused_or_gives_a_sandbox_that_answers(
    data: st.DataObject, template: tuple[Path, Any], tmp_path: Path
) -> None:
    original, head = template
    path = data.draw(st.sampled_from(places(head)))
    spoilt = with_member(head, path, data.draw(json | st.sampled_from(ODD)))
    file = tmp_path / "state"
    copyfile(original, file)
    writing = StateFile(file)
    writing.start()
    writing.write(Write(1, orjson.dumps(spoilt)))
    writing.close()
    try:
        application = build_app(Settings(seed="empty", state=file))
    except StateRefused:
        return
    try:
        for target, headers in (
            ("/api/v1/participants/ecf", ALDER),
            ("/_mock/sandboxes", {"host": "127.0.0.1"}),
        ):
            reply = await ask(application, "GET", target, headers)
            assert reply is not None
            assert reply.status < 500, (path, spoilt)
    finally:
        assert application.keeper is not None
        application.keeper.close()
