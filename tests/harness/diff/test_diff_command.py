"""`ecf-mock diff`: what it prints, and its exit codes."""

from copy import deepcopy
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from mock_server.cli import main
from mock_server.resources import resource, specification

LIST = "/api/v1/participants/ecf"
DEFER = "/api/v1/participants/ecf/{id}/defer"
GET = ("paths", "/things", "get")


def run(*files: Path) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["diff", *map(str, files)])
    return done.exit_code, done.output


def test_the_command_tells_breaking_changes_from_others_and_exits_with_1(tmp_path: Path) -> None:
    new = deepcopy(specification("v1"))
    new["paths"].pop(DEFER)
    new["paths"][LIST]["get"]["responses"]["410"] = {"description": "Gone"}
    file = tmp_path / "new.yaml"
    file.write_text(yaml.safe_dump(new))
    assert run(resource("openapi/v1.yaml"), file) == (
        1,
        "These break clients:\n"
        f"  PUT {DEFER}: the operation is gone\n"
        "These don't break clients:\n"
        f"  GET {LIST}: 410: the status is new\n",
    )


def test_the_command_exits_with_0_when_nothing_breaks() -> None:
    contract = resource("openapi/v1.yaml")
    assert run(contract, contract) == (0, "Nothing changed that a client could notice.\n")


def test_the_command_lists_what_no_rule_judges_and_exits_with_1(tmp_path: Path) -> None:
    new = deepcopy(specification("v1"))
    new["paths"][LIST]["get"]["x-stability"] = "beta"
    file = tmp_path / "new.yaml"
    file.write_text(yaml.safe_dump(new))
    assert run(resource("openapi/v1.yaml"), file) == (
        1,
        "These differ, and no rule says whether they break clients. Look at each:\n"
        f"  GET {LIST}: x-stability was not given, is beta\n",
    )


def test_a_harmless_change_exits_with_0(tmp_path: Path) -> None:
    new = deepcopy(specification("v1"))
    new["paths"][LIST]["get"]["responses"]["410"] = {"description": "Gone"}
    file = tmp_path / "new.yaml"
    file.write_text(yaml.safe_dump(new))
    assert run(resource("openapi/v1.yaml"), file)[0] == 0


@pytest.mark.parametrize(
    "text", ["a: [", "just text", "paths: {}", "openapi: 3.0.3\npaths: {/x: {get: {}}}", "openapi: 3.1.0\npaths: {}"]
)
def test_the_command_exits_with_2_when_a_file_is_no_contract(tmp_path: Path, text: str) -> None:
    file = tmp_path / "odd.yaml"
    file.write_text(text)
    code, output = run(file, resource("openapi/v1.yaml"))
    assert code == 2
    assert output.startswith("Error: ")
    assert output.count("\n") == 1
