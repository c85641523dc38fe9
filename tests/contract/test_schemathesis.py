"""Schemathesis as it comes, started as people start it, agrees with the mock under the settings that we ship."""

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from mock_server.app import build_app
from mock_server.client import ControlClient
from mock_server.harness.check.kit import check_kit
from mock_server.resources import resource
from mock_server.service import Service
from mock_server.services import SERVICES
from mock_server.settings import Settings
from tests.live import listening
from tests.specifications import Document

ROOT = resource("openapi").parent
# The settings need our verdict on what a service refuses and forgives.
JUDGED = [service for service in SERVICES if check_kit(service) is not None]


@pytest.fixture
def base_url() -> Iterator[str]:
    with listening(build_app(Settings(seed="guide", rate_limit=None))) as url:
        yield url


def st_run(service: Service, base_url: str, *options: str) -> subprocess.CompletedProcess[str]:
    """What `st run` says at the top of the repository, where `schemathesis.toml` is: one seed, few examples."""
    command: list[str | Path] = [
        Path(sys.executable).parent / "st",
        "run",
        service.contract_file,
        "--url",
        base_url,
        "--no-color",
    ]
    given = ["-H", "Authorization: Bearer alder-token", "--seed", "1", "--max-examples", "3", *options]
    return subprocess.run([*command, *given], cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("service", JUDGED, ids=lambda service: service.name)
def test_schemathesis_agrees_with_the_mock(service: Service, base_url: str) -> None:
    done = st_run(service, base_url)
    assert done.returncode == 0, done.stdout + done.stderr
    [tested] = re.findall(r"Tested: (\d+)", done.stdout)
    assert int(tested) == len(Document(service.name).operations)
    # It met what only our verdicts explain, and dropped no more than those.
    assert re.search(r"Filtered: \d+ \(dropped by `filter_failure`\)", done.stdout)
    assert "❌" not in done.stdout


@pytest.mark.parametrize("service", JUDGED, ids=lambda service: service.name)
def test_the_settings_hide_no_broken_server(service: Service, base_url: str) -> None:
    """A read that is refused as a rule would refuse an action. Our verdicts forgive only actions that."""
    with ControlClient(base_url) as control:
        title = next(iter(service.catalogue.values())).title
        refusal = {"errors": [{"title": title, "detail": "no"}]}
        control.sandbox("default").add_fault(
            match={"api": service.name, "method": "GET"}, respond={"status": 422, "body": refusal}
        )
        done = st_run(service, base_url, "--phases", "examples")
    assert done.returncode == 1, done.stdout + done.stderr


def test_each_contract_has_settings_under_its_own_title() -> None:
    settings = tomllib.loads((ROOT / "schemathesis.toml").read_text())
    titles = [project["title"] for project in settings["project"]]
    assert titles == [service.contract["info"]["title"] for service in SERVICES]


def test_the_settings_send_the_moment_of_the_contracts_own_example() -> None:
    settings = tomllib.loads((ROOT / "schemathesis.toml").read_text())
    for project, service in zip(settings["project"], SERVICES, strict=True):
        header = service.contract["components"]["parameters"]["ServerDate"]
        assert project["parameters"][f"header.{header['name']}"] == header["example"]


def test_no_check_is_off_for_a_whole_contract() -> None:
    settings = tomllib.loads((ROOT / "schemathesis.toml").read_text())
    for level in (settings, *settings["project"]):
        assert all(check.get("enabled", True) for check in level.get("checks", {}).values())
