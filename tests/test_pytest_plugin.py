"""The pytest plugin, used by projects of somebody else's: each test here writes one and runs pytest on it."""

import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import entry_points
from pathlib import Path
from textwrap import dedent

# httpx imports it when it is first used. A run in this process forgets what was imported during it, and httpx then
# knows the exceptions of a module that nobody else uses.
import httpcore  # noqa: F401
import httpx
import pytest

from mock_server import pytest_plugin
from mock_server.own_server import own_server
from mock_server.testing import EcfMock, EcfSandbox, UnusableSettings, running_mock

pytest_plugins = ["pytester"]

PLUGIN = "mock_server.pytest_plugin"

ROOT = Path(__file__).parent.parent

GOOD = """
import httpx

def get(sandbox, path="/api/v1/participants/ecf", **query):
    return httpx.get(sandbox.base_url + path, headers=sandbox.headers(), params=query)
"""
BROKEN = (
    GOOD
    + """
def break_contract(sandbox):
    body = {"data": {"type": "participant-declaration", "attributes": {"state": "started"}}}
    httpx.post(sandbox.base_url + "/api/v1/participant-declarations", headers=sandbox.headers(), json=body)
"""
)


class Runner:
    """Another project: its one test module, with this plugin and no others than those it names."""

    def __init__(self, pytester: pytest.Pytester) -> None:
        self.pytester = pytester

    def __call__(self, text: str, *options: str, common: str = GOOD) -> pytest.RunResult:
        """In this process, which is fastest."""
        self._write(text, common)
        return self.pytester.runpytest_inprocess("-p", PLUGIN, *options)

    def alone(self, text: str, *options: str, common: str = GOOD) -> pytest.RunResult:
        """In a process of its own, with warnings as errors from its first import on."""
        self._write(text, common)
        return self.pytester.runpytest_subprocess("-W", "error", "-p", PLUGIN, *options)

    def _write(self, text: str, common: str) -> None:
        self.pytester.makepyfile(test_theirs=f"import pytest\n{common}\n{dedent(text)}")


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Runner:
    # Another project has its own environment, and its own choice of plugins.
    for name in list(os.environ):
        if name.startswith(("ECF_MOCK_", "PYTEST_XDIST")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    return Runner(pytester)


def test_installing_the_package_registers_the_plugin() -> None:
    [entry_point] = [each for each in entry_points(group="pytest11") if each.name == "ecf-mock"]
    assert entry_point.load() is pytest_plugin


# -- fixtures ------------------------------------------------------------------------------------


def test_a_test_gets_a_world_of_its_own_with_everything_it_needs(run: Runner) -> None:
    result = run.alone(
        """
        def test_world(ecf_sandbox):
            assert len(get(ecf_sandbox).json()["data"]) == 48
            assert ecf_sandbox.token == ecf_sandbox.tokens["alder"] == "alder-token." + ecf_sandbox.id
            assert set(ecf_sandbox.tokens) == {"alder", "birch", "cedar", "dogwood"}
            birch = httpx.get(ecf_sandbox.base_url + "/api/v1/participants/ecf", headers=ecf_sandbox.headers("birch"))
            assert birch.status_code == 200

        def test_schools_and_the_department(ecf_sandbox):
            ada = ecf_sandbox.v1.add_participant(provider="alder", participant_type="ect", full_name="Ada")
            ecf_sandbox.v1.register(ada.id, email="ada@example.org")
            ecf_sandbox.v1.set_status(ada.id, "withdrawn")
            record = get(ecf_sandbox, "/api/v1/participants/ecf/" + ada.id).json()["data"]["attributes"]
            assert (record["full_name"], record["email"], record["status"]) == ("Ada", "ada@example.org", "withdrawn")

        def test_clock(ecf_sandbox):
            ecf_sandbox.set_clock(now="2022-01-01T00:00:00Z", running=False)
            assert ecf_sandbox.advance("P1D").now.isoformat() == "2022-01-02T00:00:00+00:00"

        def test_faults_and_journal(ecf_sandbox):
            ecf_sandbox.add_fault(match={"method": "GET"}, respond={"status": 503}, times=1)
            assert [get(ecf_sandbox).status_code for _ in range(2)] == [503, 200]
            assert [entry.status for entry in ecf_sandbox.all_requests()] == [503, 200]

        def test_readiness(ecf_sandbox):
            get(ecf_sandbox)
            passed = {each.id for each in ecf_sandbox.readiness().requirements if each.verdict == "passed"}
            assert "sync.full-pull" in passed
        """
    )
    result.assert_outcomes(passed=5)


def test_tests_do_not_see_each_other_and_leave_nothing_behind(run: Runner) -> None:
    result = run(
        """
        @pytest.mark.parametrize("number", range(3))
        def test_alone(ecf_sandbox, ecf_mock, number):
            assert ecf_sandbox.get().counts["requests"] == 0
            assert len(ecf_sandbox.v1.participants()) == 144
            ecf_sandbox.v1.add_participant(provider="alder", participant_type="ect")
            get(ecf_sandbox)
            assert [each.id for each in ecf_mock.control.sandboxes()] == ["default", ecf_sandbox.id]
        """
    )
    result.assert_outcomes(passed=3)


def test_a_test_begins_with_the_world_of_a_file_and_leaves_the_file_as_it_is(run: Runner) -> None:
    """A fixture makes the file here. A team has it in its repository."""
    result = run(
        """
        @pytest.fixture(scope="session", autouse=True)
        def world(ecf_mock, tmp_path_factory):
            made = ecf_mock.sandbox(seed="empty", clock={"now": "2022-01-01T00:00:00Z", "running": False})
            made.v1.add_participant(provider="alder", participant_type="ect", full_name="Ada of the file")
            made.export("world.json")
            made.delete()

        @pytest.mark.parametrize("number", range(2))
        @pytest.mark.ecf_mock(file="world.json")
        def test_its_people_and_its_clock(ecf_sandbox, number):
            [record] = get(ecf_sandbox).json()["data"]
            assert record["attributes"]["full_name"] == "Ada of the file"
            assert ecf_sandbox.get().clock.now.year == 2022
            ecf_sandbox.v1.set_status(record["id"], "withdrawn")

        @pytest.mark.ecf_mock(file="world.json", seed="empty")
        def test_both(ecf_sandbox): ...

        @pytest.mark.ecf_mock(file="there-is-none.json")
        def test_no_file(ecf_sandbox): ...

        @pytest.mark.ecf_mock(file="test_theirs.py")
        def test_no_world(ecf_sandbox): ...
        """
    )
    result.assert_outcomes(passed=2, errors=3)
    result.stdout.fnmatch_lines(
        ["*a file says seed itself*", "*there-is-none.json*", "*the file test_theirs.py: *no JSON*"]
    )


def test_a_test_may_drop_its_sandbox_itself(run: Runner) -> None:
    run("def test_drop(ecf_sandbox): ecf_sandbox.delete()").assert_outcomes(passed=1)


def test_several_sandboxes_can_be_had_of_the_mock(run: Runner) -> None:
    result = run(
        """
        def test_two(ecf_mock):
            one, two = ecf_mock.sandbox(seed="empty"), ecf_mock.sandbox()
            assert (get(one).json()["data"], len(get(two).json()["data"])) == ([], 48)
            assert one.base_url == two.base_url == ecf_mock.base_url
        """
    )
    result.assert_outcomes(passed=1)


# -- the marker, and settings --------------------------------------------------------------------


def test_the_marker_chooses_seed_clock_and_limits_and_the_nearest_wins(run: Runner) -> None:
    result = run(
        """
        from datetime import UTC, datetime
        pytestmark = pytest.mark.ecf_mock(seed="empty", rate_limit=(2, 60))

        @pytest.mark.ecf_mock(clock="2021-11-20T09:00:00Z")
        class TestClass:
            def test_of_class(self, ecf_sandbox):
                made = ecf_sandbox.get()
                assert made.seed == "empty"
                assert (made.clock.now, made.clock.running) == (datetime(2021, 11, 20, 9, tzinfo=UTC), False)
                assert (made.rate_limit.requests, made.rate_limit.seconds) == (2, 60)

            @pytest.mark.ecf_mock(clock=datetime(2022, 1, 1, tzinfo=UTC), rate_limit=None)
            @pytest.mark.ecf_mock(replay="refuse", random_seed=7)
            def test_of_function(self, ecf_sandbox):
                made = ecf_sandbox.get()
                assert (made.seed, made.clock.now.year, made.rate_limit, made.replay) == ("empty", 2022, None, "refuse")

        @pytest.mark.ecf_mock(clock={"now": "2021-11-20T09:00:00Z", "running": True})
        def test_running(ecf_sandbox):
            assert ecf_sandbox.clock().running
        """
    )
    result.assert_outcomes(passed=3)


def test_settings_are_overridable_fixtures(run: Runner) -> None:
    result = run(
        """
        @pytest.fixture(scope="session")
        def ecf_mock_settings():
            return {"docs_url": "https://docs.example", "journal_entries": 1}

        @pytest.fixture
        def ecf_sandbox_settings():
            return {"seed": "empty", "allow_breaches": True}

        def test_both(ecf_sandbox):
            assert ecf_sandbox.get().seed == "empty"
            for _ in range(2):
                answer = httpx.post(ecf_sandbox.base_url + "/api/v1/participant-declarations",
                                    headers=ecf_sandbox.headers(), json={"data": {"attributes": {}}})
            assert "https://docs.example" in answer.headers["link"]
            assert ecf_sandbox.get().counts["requests"] == 1

        @pytest.mark.ecf_mock(seed="guide")
        def test_the_marker_is_nearer(ecf_sandbox):
            assert ecf_sandbox.get().seed == "guide"
        """
    )
    result.assert_outcomes(passed=2)


@pytest.mark.parametrize(
    ("marker", "complaint"),
    [
        ("seeds='empty'", "a sandbox has no 'seeds'; it has seed, clock,"),
        ("'empty'", "takes names only: seed, clock,"),
        ("seed='full'", "/seed: "),
        ("clock='yesterday'", "/clock/now: "),
    ],
)
def test_a_wrong_marker_is_told_in_a_line(run: Runner, marker: str, complaint: str) -> None:
    result = run(f"@pytest.mark.ecf_mock({marker})\ndef test_never(ecf_sandbox): ...")
    result.assert_outcomes(errors=1)
    assert complaint in result.stdout.str()
    assert "Traceback" not in result.stdout.str()


def test_a_wrong_setting_of_the_server_is_told_in_a_line(run: Runner) -> None:
    result = run(
        """
        @pytest.fixture(scope="session")
        def ecf_mock_settings():
            return {"journal_entry": 1}

        def test_never(ecf_sandbox): ...
        """
    )
    result.assert_outcomes(errors=1)
    assert "ecf-mock: journal_entry: Extra inputs are not permitted" in result.stdout.str()


def test_the_environment_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ECF_MOCK_SEED", "nonsense")
    monkeypatch.setenv("ECF_MOCK_REPLAY", "refuse")
    with running_mock() as mock:
        assert mock.control.sandbox().get().replay == "return"
    with pytest.raises(UnusableSettings, match="seed"), running_mock(settings={"seed": "nonsense"}):
        pass


# -- the contract --------------------------------------------------------------------------------


def test_a_request_that_breaks_the_contract_fails_the_test_and_is_named(run: Runner) -> None:
    result = run("def test_breaks(ecf_sandbox): break_contract(ecf_sandbox)", common=BROKEN)
    result.assert_outcomes(passed=1, errors=1)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    output = result.stdout.str()
    assert "ERROR at teardown of test_breaks" in output
    assert "The client sent a request that breaks the contract:" in output
    assert re.search(r"POST /api/v1/participant-declarations → 422 \(declaration-date-present, ", output)
    assert "    /data/attributes lacks the member declaration_type\n" in output


def test_a_request_without_a_token_breaks_it_too(run: Runner) -> None:
    text = """
        def test_forgets_the_token(ecf_sandbox): httpx.get(ecf_sandbox.base_url + "/api/v1/participants/ecf")
        def test_keeps(ecf_sandbox): get(ecf_sandbox)
        """
    result = run(text)
    result.assert_outcomes(passed=2, errors=1)
    output = result.stdout.str()
    assert "ERROR at teardown of test_forgets_the_token" in output
    assert "the header Authorization with a bearer token is missing" in output
    with own_server() as url:
        # Of a mock that others use it may have been anybody's.
        run(text, "--ecf-mock-url", url).assert_outcomes(passed=2)


def test_the_next_test_starts_clean(run: Runner) -> None:
    result = run(
        """
        def test_breaks(ecf_sandbox): break_contract(ecf_sandbox)
        def test_keeps(ecf_sandbox): get(ecf_sandbox)
        """,
        common=BROKEN,
    )
    result.assert_outcomes(passed=2, errors=1)


@pytest.mark.parametrize(
    ("decorator", "options"),
    [("@pytest.mark.ecf_mock(allow_breaches=True)", []), ("", ["--ecf-mock-allow-breaches"])],
    ids=["marker", "option"],
)
def test_breaking_it_on_purpose_is_switched_on(run: Runner, decorator: str, options: list[str]) -> None:
    result = run(
        f"""
        {decorator}
        def test_breaks(ecf_sandbox):
            break_contract(ecf_sandbox)
            [entry] = ecf_sandbox.breaches()
            assert entry.status == 422
        """,
        *options,
        common=BROKEN,
    )
    result.assert_outcomes(passed=1)


def test_a_failing_test_shows_what_its_client_sent_without_tokens(run: Runner) -> None:
    result = run(
        """
        def test_fails(ecf_sandbox):
            get(ecf_sandbox, **{"page[page]": 2, "token": ecf_sandbox.token})
            assert False
        """
    )
    result.assert_outcomes(failed=1, errors=1)
    section = result.stdout.str().partition("requests to ecf-mock")[2]
    assert "GET /api/v1/participants/ecf?page%5Bpage%5D=2&token=[token of alder] → 200" in section


# -- where the mock runs -------------------------------------------------------------------------


def test_a_mock_that_runs_already_is_used_and_left_tidy(run: Runner) -> None:
    with own_server() as url:
        result = run(
            f"""
            def test_theirs(ecf_mock, ecf_sandbox):
                assert ecf_mock.base_url == ecf_sandbox.base_url == {url!r}
                get(ecf_sandbox)
            """,
            "--ecf-mock-url",
            url,
        )
        result.assert_outcomes(passed=1)
        left = httpx.get(f"{url}/_mock/sandboxes").json()["sandboxes"]
    assert [sandbox["id"] for sandbox in left] == ["default"]


def test_a_mock_that_is_not_there_is_told_in_a_line(run: Runner) -> None:
    result = run("def test_never(ecf_sandbox): ...", "--ecf-mock-url", "http://127.0.0.1:1")
    result.assert_outcomes(errors=1)
    assert "ecf-mock: Nothing answers at http://127.0.0.1:1" in result.stdout.str()


def test_under_xdist_each_worker_has_its_own(run: Runner) -> None:
    result = run.alone(
        """
        import pathlib

        @pytest.mark.parametrize("number", range(8))
        def test_one(ecf_sandbox, worker_id, number):
            assert len(get(ecf_sandbox).json()["data"]) == 48
            pathlib.Path(f"{worker_id}-{number}").write_text(ecf_sandbox.base_url)
        """,
        *("-p", "xdist", "-n", "2", "--dist", "each"),
    )
    result.assert_outcomes(passed=16)
    urls: dict[str, set[str]] = {}
    for file in run.pytester.path.glob("gw*"):
        urls.setdefault(file.name.partition("-")[0], set()).add(file.read_text())
    assert sorted(map(len, urls.values())) == [1, 1]
    assert urls["gw0"] != urls["gw1"]


# -- what it costs -------------------------------------------------------------------------------


def test_a_project_that_does_not_use_it_pays_nothing(run: Runner) -> None:
    """Not even an import: whoever installs ecf-mock has the plugin loaded in every run of pytest."""
    result = run.alone(
        """
        import sys

        def test_nothing_of_it_is_loaded():
            loaded = {name for name in sys.modules if name.partition(".")[0] == "mock_server"}
            assert loaded == {"mock_server", "mock_server.pytest_plugin"}
            assert not {"connexion", "pydantic", "uvicorn", "starlette"} & sys.modules.keys()

        def test_the_types_for_tests_bring_nothing_heavy():
            from mock_server.testing import EcfMock, EcfSandbox, running_mock
            heavy = {"httpx", "pydantic", "pydantic_core", "pydantic_settings", "starlette", "uvicorn", "connexion"}
            heavy |= {"click", "rich", "yaml", "jinja2", "jsonschema", "orjson", "prometheus_client", "requests"}
            heavy |= {f"mock_server.{name}" for name in ("settings", "app", "services", "v1.control", "v3.control")}
            assert not heavy & sys.modules.keys()
        """,
        common="",
    )
    result.assert_outcomes(passed=2)


@pytest.fixture(scope="module")
def mock() -> Iterator[EcfMock]:
    with running_mock() as mock:
        yield mock


# -- documentation -------------------------------------------------------------------------------


def test_the_marker_and_the_options_are_told_by_pytest_itself(run: Runner) -> None:
    markers = run("", "--markers", common="").stdout.str()
    assert all(f"{name}=…" in markers for name in pytest_plugin.SANDBOX_SETTINGS)
    options = run("", "--help", common="").stdout.str()
    assert all(option in options for option in ("--ecf-mock-url", "--ecf-mock-control-token", "--ecf-mock-allow-br"))


def test_the_how_to_runs_as_it_stands(run: Runner) -> None:
    """The documentation shows parts of this file; here it is run like a project of its own."""
    run.pytester.makepyfile(test_with_pytest_plugin=(ROOT / "examples/test_with_pytest_plugin.py").read_text())
    result = run.pytester.runpytest_subprocess("-W", "error", "-p", PLUGIN, "-p", "xdist", "-n", "2")
    result.assert_outcomes(passed=6)


def test_the_conftest_of_the_how_to_does_what_it_says(run: Runner) -> None:
    run.pytester.makeconftest((ROOT / "examples/conftest_with_pytest_plugin.py").read_text())
    result = run(
        """
        def test_theirs(ecf_sandbox):
            made = ecf_sandbox.get()
            assert (made.clock.now.year, made.clock.running, made.rate_limit) == (2021, False, None)
            url = ecf_sandbox.base_url + "/api/v1/participants/ecf/x/resume"
            refused = httpx.put(url, headers=ecf_sandbox.headers(), json={"data": {"attributes": {}}})
            assert "https://docs.example.org/ecf/ecf-usage/" in refused.headers["link"]
        """,
        "--ecf-mock-allow-breaches",
    )
    result.assert_outcomes(passed=1)


def test_the_sandbox_has_a_type_to_write_down(mock: EcfMock) -> None:
    sandbox = mock.sandbox(clock={"now": datetime(2021, 11, 20, tzinfo=UTC), "running": False})
    assert isinstance(sandbox, EcfSandbox)
    assert sandbox.clock().now == datetime(2021, 11, 20, tzinfo=UTC)
    sandbox.delete()
