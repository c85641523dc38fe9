"""The README's tour really happened, and its tables of settings and programs are the code's.

`python -m tests.test_readme` writes all three anew.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic.fields import FieldInfo

from mock_server.app import build_app
from mock_server.settings import ENVIRONMENT_PREFIX, ClockSetting, Rate, Settings
from tests.live import listening
from tests.programs import PROGRAMS, required

README = Path(__file__).parent.parent / "README.md"
DOCUMENTED_URL = "http://127.0.0.1:8080"
_TOUR_STEP = re.compile(
    r"```sh\n(?P<command>(?:curl|ecf-mock readiness).*?)```\n\n```(?P<language>\w+)\n(?P<output>.*?)```", re.DOTALL
)
_PROGRAMS = re.compile(r"(<!-- programs: [^>]* -->\n).*?(<!-- /programs -->)", re.DOTALL)
_SETTINGS = re.compile(r"(<!-- settings: [^>]* -->\n).*?(<!-- /settings -->)", re.DOTALL)


def run_tour(text: str) -> str:
    """The README with the output that each command of the tour gives now."""
    required("curl")
    # So that the commands find ecf-mock.
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    with listening(build_app(Settings())) as base_url:

        def run(step: "re.Match[str]") -> str:
            shell = [required("bash"), "-c", step["command"].replace(DOCUMENTED_URL, base_url)]
            # Not checked: `ecf-mock readiness` fails, for a tour is no client that is ready.
            done = subprocess.run(shell, capture_output=True, text=True, check=False, timeout=30, env=environment)
            assert done.stderr == ""
            output = "".join(
                f"{line.rstrip()}\n" for line in done.stdout.replace(base_url, DOCUMENTED_URL).splitlines()
            )
            return f"```sh\n{step['command']}```\n\n```{step['language']}\n{output}```"

        return _TOUR_STEP.sub(run, text)


def step_of_tour(number: int, base_url: str) -> str:
    """What a step of the tour prints at `base_url`; the steps count from 0."""
    step = list(_TOUR_STEP.finditer(README.read_text()))[number]
    shell = [required("bash"), "-c", step["command"].replace(DOCUMENTED_URL, base_url)]
    done = subprocess.run(shell, capture_output=True, text=True, check=False, timeout=30)
    assert done.stderr == ""
    return done.stdout


def test_a_tour_that_is_taken_again_says_what_the_control_api_says_and_how_to_begin_anew() -> None:
    drop = re.search(r"`(curl [^`]* -X DELETE [^`]*)`", README.read_text())
    assert drop
    with listening(build_app(Settings(seed="empty"))) as base_url:
        first, added = step_of_tour(0, base_url), step_of_tour(1, base_url)
        assert "there is a sandbox 'tour' already" in step_of_tour(0, base_url)
        subprocess.run([required("bash"), "-c", drop[1].replace(DOCUMENTED_URL, base_url)], check=True, timeout=30)
        assert "there is no sandbox" in step_of_tour(1, base_url)
        assert step_of_tour(0, base_url) == first
        assert step_of_tour(1, base_url) == added


def _default(field: FieldInfo) -> str:
    match field.default:
        case None:
            return ""
        case ClockSetting():
            return "`machine`"
        case Rate(requests, seconds):
            return f"`{requests}/{seconds}`"
        case bool(value):
            return "yes" if value else "no"
        case value:
            return f"`{value}`"


def settings_table() -> str:
    rows = ["| option | variable | default | |", "| --- | --- | --- | --- |"]
    for name, field in Settings.model_fields.items():
        dashed = name.replace("_", "-")
        option = f"`--{dashed}`" if field.annotation is not bool else f"`--{dashed}`, `--no-{dashed}`"
        variable = f"`{ENVIRONMENT_PREFIX}{name.upper()}`"
        rows.append(f"| {option} | {variable} | {_default(field)} | {field.description} |")
    return "\n".join(rows) + "\n"


def with_settings(text: str) -> str:
    return _SETTINGS.sub(lambda found: found[1] + settings_table() + found[2], text)


def programs_table() -> str:
    rows = ["| program | Debian's package | tests |", "| --- | --- | --- |"]
    rows += [f"| `{program.name}` | `{program.package}` | {program.purpose} |" for program in PROGRAMS]
    return "\n".join(rows) + "\n"


def with_programs(text: str) -> str:
    return _PROGRAMS.sub(lambda found: found[1] + programs_table() + found[2], text)


def test_the_tour_gives_what_it_shows() -> None:
    text = README.read_text()
    assert len(_TOUR_STEP.findall(text)) == 9
    assert run_tour(text) == text


def test_the_table_of_settings_is_the_codes() -> None:
    text = README.read_text()
    assert with_settings(text) == text


def test_the_table_of_programs_is_the_one_that_tests_are_skipped_by() -> None:
    text = README.read_text()
    assert f"-->\n{programs_table()}<!-- /programs -->" in text
    assert with_programs(text) == text


@pytest.mark.parametrize("target", ["serve", "test", "check", "bench", "help", "docs", "system-packages"])
def test_the_make_targets_that_it_names_exist(target: str) -> None:
    assert re.search(rf"^{target}:", (README.parent / "Makefile").read_text(), re.MULTILINE)


if __name__ == "__main__":
    README.write_text(with_programs(with_settings(run_tour(README.read_text()))))
