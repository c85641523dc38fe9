"""A sandbox as a file: the same bytes for the same sandbox, and nothing that isn't sound becomes one."""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from click.testing import CliRunner

from mock_server.app import build_app
from mock_server.cli import main
from mock_server.own_server import own_server
from mock_server.rules.table import RulesBroken
from mock_server.sandbox import world_file
from mock_server.sandbox.bad_values import BadWorldFile
from mock_server.sandbox.sandboxes import Registry, Sandbox
from mock_server.services import SERVICES
from mock_server.settings import ClockSetting, GivenSettings, Rate, SandboxSettings, Settings
from mock_server.testing import EcfMock, running_mock
from mock_server.v1.domain.states import ForbiddenMove
from mock_server.v1.service import V1
from mock_server.v3.service import V3
from tests.v1.domain.test_consistency import START, change
from tests.v3.domain.random_acts import act_at_random

STILL = ClockSetting(START, running=False)


def new_sandbox(clock: ClockSetting = STILL, *, seed: Any = "empty", machine: datetime = START) -> Sandbox:
    settings = SandboxSettings(seed, clock, "refuse", Rate(5, 60), 7, "by_hand", "reworded")
    return Registry(Settings(seed="empty"), SERVICES, lambda: machine).create("made", settings)


def again(data: bytes, machine: datetime = START) -> Sandbox:
    """A sandbox that begins from the file, all its worlds read."""
    found = world_file.read(data, SERVICES)
    sandbox = Registry(Settings(seed="empty"), SERVICES, lambda: machine).create("again", found.settings, found)
    for service in SERVICES:
        if service.name in found.worlds:
            sandbox.world(service)
    return sandbox


def live_v1(sandbox: Sandbox, random: Random, steps: int) -> None:
    now = sandbox.clock.now()
    for _ in range(steps):
        now += timedelta(hours=random.randrange(60))
        with suppress(RulesBroken, ForbiddenMove):
            change(sandbox.world(V1), random, now)
    sandbox.clock.set(now, None)
    sandbox.moment()


def live_v3(sandbox: Sandbox, random: Random, steps: int) -> None:
    for _ in range(steps):
        sandbox.clock.set(sandbox.clock.now() + timedelta(hours=random.randrange(90)), None)
        act_at_random(sandbox.world(V3), random, sandbox.moment().replace(microsecond=0))


@pytest.fixture(scope="module")
def document() -> str:
    """A world of v1 as in the guide, and a small one of v3 in which much has happened."""
    sandbox = new_sandbox(ClockSetting(datetime(2026, 2, 10, 9, tzinfo=UTC), running=False), seed="guide")
    sandbox.world(V1)
    sandbox.initial = replace(sandbox.initial, seed="empty")
    random = Random(2)  # noqa: S311 - meant to repeat
    while not sandbox.world(V3).declarations:
        live_v3(sandbox, random, 50)
    return sandbox.export().decode()


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("live", "begins"), [(live_v1, "empty"), (live_v3, "empty"), (live_v3, "guide")])
def test_an_export_imported_and_exported_again_is_the_same_and_goes_on_the_same(
    live: Callable[[Sandbox, Random, int], None], begins: str, seed: int
) -> None:
    first = new_sandbox(ClockSetting(datetime(2026, 2, 10, 9, tzinfo=UTC), running=False), seed=begins)
    live(first, Random(seed), 200)  # noqa: S311 - meant to repeat
    data = first.export()
    second = again(data)
    assert second.export() == data
    assert len(json.loads(data)["worlds"]) == 1
    for sandbox in (first, second):
        live(sandbox, Random(seed + 100), 40)  # noqa: S311 - meant to repeat
    assert second.export() == first.export() != data


@pytest.mark.parametrize(
    "clock",
    [STILL, ClockSetting(), ClockSetting(datetime(2026, 8, 1, 9, 0, 0, 123456, tzinfo=UTC))],
    ids=["still", "machine", "running"],
)
def test_every_clock_comes_back(clock: ClockSetting) -> None:
    first = new_sandbox(clock)
    for service in SERVICES:
        first.world(service)
    # The latest moment that the clock has shown counts for worlds that are made later.
    first.clock.set(first.clock.now() + timedelta(days=400), None)
    first.moment()
    first.clock.start(clock)
    assert again(first.export()).export() == first.export()


def test_the_seed_guide_comes_back() -> None:
    first = new_sandbox(ClockSetting(datetime(2026, 2, 10, 9, tzinfo=UTC), running=False), seed="guide")
    for service in SERVICES:
        first.world(service)
    assert again(first.export()).export() == first.export()


def test_a_world_that_nobody_used_is_made_after_the_import_as_it_would_have_been() -> None:
    first = new_sandbox(seed="guide")
    first.world(V1)
    first.clock.set(START + timedelta(days=700), None)
    first.moment()
    first.clock.set(START + timedelta(days=30), None)
    second = again(first.export())
    assert "v3" not in second.worlds
    for sandbox in (first, second):
        sandbox.world(V3)
    assert second.export() == first.export()


def test_settings_are_those_in_force_and_a_reset_goes_back_to_the_file() -> None:
    first = new_sandbox()
    first.world(V1)
    first.change_settings(SandboxSettings("empty", STILL, "return", None, 7, "by_hand"))
    data = first.export()
    second = again(data)
    assert (second.settings.replay, second.settings.rate_limit, second.settings.statements) == (
        *("return", None, "by_hand"),
    )
    live_v1(second, Random(1), 30)  # noqa: S311 - meant to repeat
    assert second.export() != data
    second.reset()
    second.world(V1)
    assert second.export() == data


# -- files that can't be used --------------------------------------------------------------------


def rows(document: Any, service: str, kind: str) -> Any:
    return [row[kind] for row in document["worlds"][service]["rows"] if kind in row]


def lacks_enrolments(document: Any) -> None:
    del rows(document, "v1", "participant")[2]["enrolments"]


def has_a_misspelt_name(document: Any) -> None:
    rows(document, "v1", "participant")[0]["person"]["fullname"] = "Ada Example"


def has_a_number_for_a_name(document: Any) -> None:
    rows(document, "v3", "teacher")[0]["full_name"] = 5


def has_an_unknown_state(document: Any) -> None:
    rows(document, "v1", "declaration")[0]["state"] = "lost"


def has_a_moment_of_elsewhere(document: Any) -> None:
    rows(document, "v1", "participant")[0]["created_at"] = "2021-06-01T09:00:00+02:00"


def has_a_cohort_without_schedules(document: Any) -> None:
    rows(document, "v1", "participant")[0]["cohort"] = "2020"


def has_an_unknown_schedule(document: Any) -> None:
    rows(document, "v1", "participant")[0]["schedule_identifier"] = "ecf-standard-may"


def has_a_school_without_a_number(document: Any) -> None:
    rows(document, "v1", "participant")[0]["enrolments"][0]["school_urn"] = "x"


def has_a_short_trn(document: Any) -> None:
    rows(document, "v1", "participant")[0]["person"]["teacher_reference_number"] = "12"


def has_a_name_for_an_id(document: Any) -> None:
    rows(document, "v1", "declaration")[0]["id"] = "started"


def has_a_trn_that_is_valid_and_not_there(document: Any) -> None:
    rows(document, "v1", "participant")[0]["person"].update(
        teacher_reference_number=None, teacher_reference_number_validated=True
    )


def has_an_ect_for_a_mentor(document: Any) -> None:
    one, other, *_ = (each for each in rows(document, "v1", "participant") if each["participant_type"] == "ect")
    one["enrolments"][one["current"]]["mentor_id"] = other["id"]


def is_where_it_is_challenged(document: Any) -> None:
    first = rows(document, "v1", "participant")[0]
    first["enrolments"][first["current"]]["challenged"] = True


def waits_for_no_statement(document: Any) -> None:
    rows(document, "v1", "declaration")[0].update(state="payable", statement=None)


def was_declared_by_a_stranger(document: Any) -> None:
    rows(document, "v1", "declaration")[0]["provider"] = "cedar"


def has_two_live_declarations(document: Any) -> None:
    first = next(each for each in rows(document, "v1", "declaration") if each["state"] == "paid")
    changes = document["worlds"]["v1"]["changes"] = document["worlds"]["v1"]["changes"] + 1
    twin = {**first, "id": "00000000-0000-4000-8000-000000000000", "sequence": changes, "changed": changes}
    document["worlds"]["v1"]["rows"].append({"declaration": twin})


def has_one_participant_twice(document: Any) -> None:
    changes = document["worlds"]["v1"]["changes"] = document["worlds"]["v1"]["changes"] + 1
    twin = {**rows(document, "v1", "participant")[0], "sequence": changes, "changed": changes}
    document["worlds"]["v1"]["rows"].append({"participant": twin})


def has_one_number_twice(document: Any) -> None:
    rows(document, "v3", "teacher")[1]["sequence"] = rows(document, "v3", "teacher")[0]["sequence"]


def has_lost_a_school(document: Any) -> None:
    all_rows = document["worlds"]["v3"]["rows"]
    all_rows.remove(next(row for row in all_rows if "school" in row))


def has_training_before_the_stay(document: Any) -> None:
    stay = next(stay for teacher in rows(document, "v3", "teacher") for stay in teacher["stays"] if stay["trainings"])
    stay["trainings"][0]["started_on"] = "2020-01-01"


def has_forgotten_its_latest_number(document: Any) -> None:
    rows(document, "v3", "progress")[0]["latest"] = 3


def has_paid_without_a_statement(document: Any) -> None:
    rows(document, "v3", "declaration")[0].update(payment_status="paid", statement=None)


def is_of_another_format(document: Any) -> None:
    document["world_format"] = 2


def is_of_another_api(document: Any) -> None:
    document["worlds"]["v9"] = document["worlds"].pop("v1")


def has_an_unknown_setting(document: Any) -> None:
    document["speed"] = 3


def stands_nowhere(document: Any) -> None:
    document["clock"]["now"] = None


DAMAGED: dict[Callable[[Any], None], tuple[str, str]] = {
    lacks_enrolments: ("/worlds/v1/rows/", "is missing"),
    has_a_misspelt_name: ("/worlds/v1/rows/0/participant/person/fullname", "is unknown here"),
    has_a_number_for_a_name: ("/teacher/full_name", "must be a valid string"),
    has_an_unknown_state: ("/declaration/state", "must be one of submitted"),
    has_a_moment_of_elsewhere: ("/participant/created_at", "must be a moment in UTC"),
    has_a_cohort_without_schedules: ("/participant/cohort", "must be a year from 2021 to 2099"),
    has_an_unknown_schedule: ("/participant/schedule_identifier", "must be one of ecf-standard-september"),
    has_a_school_without_a_number: ("/participant/enrolments/0/school_urn", "must be six digits"),
    has_a_short_trn: ("/participant/person/teacher_reference_number", "must be seven digits"),
    has_a_name_for_an_id: ("/declaration/id", "must be a UUID in lower case"),
    has_a_trn_that_is_valid_and_not_there: ("/worlds/v1", "has no TRN"),
    has_an_ect_for_a_mentor: ("/worlds/v1", "who is no mentor"),
    is_where_it_is_challenged: ("/worlds/v1", "can't be challenged"),
    waits_for_no_statement: ("/worlds/v1", "is payable, and waits for no statement"),
    was_declared_by_a_stranger: ("/worlds/v1", "which never had its participant"),
    has_two_live_declarations: ("/worlds/v1", "has 2 live declarations of the type started"),
    has_one_participant_twice: ("/worlds/v1", "two rows have the same id"),
    has_one_number_twice: ("/teacher/sequence", "is another row's, too"),
    has_lost_a_school: ("/worlds/v3", "rows contradict each other, or one is missing: KeyError"),
    has_training_before_the_stay: ("/worlds/v3", "starts before its stay"),
    has_forgotten_its_latest_number: ("/worlds/v3", "the progress says that 3 is the latest sequence"),
    has_paid_without_a_statement: ("/worlds/v3", "and lacks its statement"),
    is_of_another_format: ("/world_format", "is 2: this version of ecf-mock reads 1"),
    is_of_another_api: ("/worlds/v9", "is no API that this mock serves; it serves v1, v3"),
    has_an_unknown_setting: ("/speed", "is unknown here"),
    stands_nowhere: ("/clock/now", "must be a moment, because the clock stands still"),
}


@pytest.mark.parametrize("damage", DAMAGED, ids=lambda damage: damage.__name__)
def test_a_file_that_is_wrong_is_refused_with_the_place_and_the_reason(
    document: str, damage: Callable[[Any], None]
) -> None:
    changed = json.loads(document)
    damage(changed)
    with pytest.raises(BadWorldFile) as refused:
        world_file.read(json.dumps(changed).encode(), SERVICES)
    place, reason = DAMAGED[damage]
    assert place in refused.value.pointer
    assert reason in refused.value.detail


def test_a_mentor_may_be_nobody_in_the_file(document: str) -> None:
    """The control API takes such an id, too: a mentor without training is no participant."""
    changed = json.loads(document)
    ect = next(each for each in rows(changed, "v1", "participant") if each["participant_type"] == "ect")
    ect["enrolments"][ect["current"]]["mentor_id"] = "00000000-0000-4000-8000-000000000000"
    world_file.read(json.dumps(changed).encode(), SERVICES)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "is damaged, or no world file: it is no JSON"),
        ("[]", "is no world file"),
        ('{"openapi": 3}', "no member world_format"),
    ],
)
def test_another_file_is_refused(content: str, reason: str) -> None:
    with pytest.raises(BadWorldFile, match=reason):
        world_file.read(content.encode(), SERVICES)


# -- through a running mock ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def mock() -> Any:
    with running_mock(settings={"clock": STILL}) as running:
        yield running


def test_the_commands_export_and_import_through_a_running_mock(mock: EcfMock, tmp_path: Path) -> None:
    file, copy = tmp_path / "worlds" / "ours.json", tmp_path / "copy.json"
    made = mock.sandbox(seed="empty")
    ada = made.v1.add_participant(provider="alder", participant_type="ect", full_name="Ada Example")

    def run(*arguments: object) -> Any:
        return CliRunner().invoke(main, ["sandbox", *map(str, arguments), "--base-url", mock.base_url])

    assert run("export", made.id, file).output == f"{made.id} is in {file}\n"
    imported = run("import", file, "ours")
    assert imported.exit_code == 0
    assert f"ours begins from {file}" in imported.output
    assert "alder-token.ours" in imported.output
    ours = mock.control.sandbox("ours")
    ours.export(copy)
    assert copy.read_bytes() == file.read_bytes()
    assert ours.get().seed == "file"
    ours.v1.set_status(ada.id, "withdrawn")
    assert ours.reset().seed == "file"
    assert ours.v1.participant(ada.id).status == "active"

    before = json.loads(file.read_text())
    file.write_text(json.dumps(before | {"world_format": 9}))
    refused = run("import", file, "ours")
    assert (refused.exit_code, refused.output) == (
        2,
        f"Error: {file}: /world_format: is 9: this version of ecf-mock reads 1. "
        "Export the world with a mock of this version\n",
    )
    assert run("export", "nobody", file).exit_code == 2
    ours.export(copy)
    assert json.loads(copy.read_text()) == before
    assert run("import", copy, "no id").exit_code == 2
    assert run("import", copy).exit_code == 0


def test_a_sandbox_in_use_begins_anew(mock: EcfMock, tmp_path: Path) -> None:
    file = tmp_path / "empty.json"
    mock.sandbox(seed="empty").export(file)
    made = mock.sandbox()
    made.v1.participants()
    made.add_fault(match={}, respond={"status": 503})
    made.snapshot()
    mock.control.sandbox_from_file(file, made.id)
    assert (made.faults(), made.v1.participants()) == ((), ())


def test_a_server_begins_from_a_file_and_so_does_each_new_sandbox_that_names_no_seed(tmp_path: Path) -> None:
    file = tmp_path / "ours.json"
    first = new_sandbox(seed="empty")
    live_v1(first, Random(3), 80)  # noqa: S311 - meant to repeat
    file.write_bytes(first.export())
    people = len(first.world(V1).participants)
    settings = GivenSettings(seed=file, replay="return")
    with own_server(settings) as base_url, running_mock(base_url) as mock:
        default, other, named = mock.control.sandbox(), mock.sandbox(rate_limit=None), mock.sandbox(seed="guide")
        assert [each.get().seed for each in (default, other, named)] == ["file", "file", "guide"]
        assert len(default.v1.participants()) == len(other.v1.participants()) == people
        assert default.clock().now == first.clock.now().replace(microsecond=0)
        # What somebody says beside the file holds.
        assert (default.get().replay, other.get().rate_limit) == ("return", None)
        assert named.clock().now != default.clock().now


def test_a_server_says_what_is_wrong_with_its_file(tmp_path: Path) -> None:
    file = tmp_path / "ours.json"
    file.write_text('{"world_format": 1}')
    refused = CliRunner().invoke(main, ["serve", "--port", "0", "--seed", str(file)])
    assert (refused.exit_code, refused.output) == (
        2,
        f"Error: {file}: /seed is missing. See main serve --help.\n",
    )
    missing = CliRunner().invoke(main, ["serve", "--port", "0", "--seed", "guided"])
    assert "--seed 'guided': there is no such file; a seed is guide or empty, or a file" in missing.output


def test_a_state_file_keeps_the_file_to_which_a_reset_goes_back(tmp_path: Path) -> None:
    data = new_sandbox()
    live_v1(data, Random(4), 30)  # noqa: S311 - meant to repeat
    found = world_file.read(data.export(), SERVICES)
    state = GivenSettings(state=tmp_path / "state", seed="empty")
    application = build_app(state)
    application.registry.default.begin_from(found)
    live_v1(application.registry.default, Random(5), 20)  # noqa: S311 - meant to repeat
    lived = application.registry.default.export()
    assert application.keeper is not None
    application.keeper.keep_all_now()
    application.release()

    application = build_app(state)
    try:
        default = application.registry.default
        assert default.export() == lived
        default.reset()
        default.world(V1)
        assert default.export() == found.text()
    finally:
        application.release()
