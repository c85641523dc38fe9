"""Servers to check, and whoever watches."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from mock_server.app import build_app
from mock_server.harness.check.outcome import StageResult
from mock_server.settings import Settings
from tests.live import listening


@dataclass
class Listener:
    """Takes down what a check says of its progress."""

    begun: list[str] = field(default_factory=list)
    steps: int = 0
    exchanges: int = 0
    said: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)

    def stage(self, name: str, number: int, of: int) -> None:
        self.begun.append(f"{number}/{of} {name}")

    def step(self, text: str) -> None:
        self.steps += 1

    def say(self, text: str) -> None:
        self.said.append(text)

    def exchange(self) -> None:
        self.exchanges += 1

    def done(self, stage: StageResult) -> None:
        self.ended.append(stage.name)


@pytest.fixture(scope="session")
def deployment() -> Iterator[str]:
    """The base URL of a server that has no control API; its tokens are `alder-token` and `birch-token`."""
    settings = Settings.model_validate({"control": False, "rate_limit": "off", "clock": "2023-04-15T09:00:00Z,still"})
    with listening(build_app(settings)) as base_url:
        yield base_url
