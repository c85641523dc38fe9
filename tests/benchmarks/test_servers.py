"""What a benchmark says of the mock that it measured."""

from importlib.metadata import version
from pathlib import Path

import pytest

from benchmarks import servers


def test_without_git_the_version_stands_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert servers.versions()[servers.OURS] == version("ecf-mock")
