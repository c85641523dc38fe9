"""Specmatic, which sends the examples of a contract as they stand, gets a 200 for each example of a 200."""

import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from starlette.types import Receive, Scope, Send

from mock_server.app import build_app
from mock_server.rules.moments import parse_rfc3339
from mock_server.settings import ClockSetting, Settings
from tests import npm
from tests.guide_examples import PROVIDER, GuideExamples, every_example, guides
from tests.live import listening
from tests.programs import required

HERE = Path(__file__).parent / "specmatic"
# The media type that isn't plain JSON.
OTHER = "application/vnd.api+json"


@dataclass(frozen=True)
class Run:
    """How many requests got what the contract shows, and what Specmatic printed."""

    passed: int
    failed: int
    said: str


@pytest.fixture(scope="module", params=guides(), ids=lambda guide: guide.service)
def guide(request: pytest.FixtureRequest) -> GuideExamples:
    chosen: GuideExamples = request.param
    return chosen


@pytest.fixture
def base_url(guide: GuideExamples) -> Iterator[str]:
    """Two mocks at one address. What comes in the other media type goes to the second.

    Each example is about a record in a certain state, and Specmatic sends those with a body in both media types.
    """
    clock = ClockSetting(parse_rfc3339(guide.clock), running=False)
    first, second = (build_app(Settings(seed="guide", rate_limit=None, clock=clock)) for _ in range(2))

    async def both(scope: Scope, receive: Receive, send: Send) -> None:
        is_other = (b"content-type", OTHER.encode()) in scope["headers"]
        await (second if is_other else first).asgi(scope, receive, send)

    with listening(both) as url:
        yield url


def specmatic(guide: GuideExamples, base_url: str, folder: Path) -> Run:
    """Runs Specmatic on the examples of 200. It writes its reports into `folder`."""
    required("java")
    command: list[str | Path] = [
        npm.installed(HERE) / ".bin" / "specmatic",
        "test",
        guide.contract,
        f"--testBaseURL={base_url}",
    ]
    # The token, in a variable that has the name of the contract's security scheme. And a program that runs for seconds
    # gains nothing from the better code that Java makes meanwhile, at the cost of half its time.
    environment = {
        **os.environ,
        "bearerToken": f"{PROVIDER}-token",
        "JAVA_TOOL_OPTIONS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    }
    done = subprocess.run(
        [*command, "--filter=STATUS='200'"],
        cwd=folder,
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    counts = re.search(r"Tests run: \d+, Successes: (\d+), Failures: (\d+)", done.stdout)
    assert counts, done.stdout + done.stderr
    return Run(int(counts[1]), int(counts[2]), done.stdout)


def test_every_example_is_accepted_in_each_media_type(guide: GuideExamples, base_url: str, tmp_path: Path) -> None:
    run = specmatic(guide, base_url, tmp_path)
    assert run.failed == 0, run.said
    examples = every_example(guide)
    # Lists have examples of answers alone, and Specmatic sends one request for each.
    assert run.passed > len(examples) + sum(example.body is not None for example in examples)
