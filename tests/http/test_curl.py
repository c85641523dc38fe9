"""The line that sends a request again: a shell reads it as one command, whatever the client sent."""

import subprocess

import pytest

from mock_server.http.curl import curl
from tests.programs import required

SHOW = """
import sys, json
print(json.dumps(sys.argv[1:]))
"""


def arguments(line: str) -> list[str]:
    """What curl would be called with, by a real shell in which TOKEN is `alder-token`."""
    import json
    import sys

    script = f'curl() {{ "{sys.executable}" -c \'{SHOW}\' "$@"; }}\n{line}\n'
    command = [required("bash"), "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env={"TOKEN": "alder-token"})
    found: list[str] = json.loads(done.stdout)
    return found


LIST = "http://mock/api/v1/participants/ecf"


def test_a_plain_request_is_a_plain_line_with_the_token_from_a_variable() -> None:
    line = curl("GET", LIST, [("authorization", "Bearer $TOKEN"), ("accept", "*/*")])
    assert line.splitlines() == [
        "curl http://mock/api/v1/participants/ecf \\",
        '  -H "authorization: Bearer $TOKEN" \\',
        "  -H 'accept: */*'",
    ]
    assert arguments(line)[2] == "authorization: Bearer alder-token"


def test_a_variable_in_anything_but_a_token_stays_text() -> None:
    assert arguments(curl("GET", LIST, [("x-odd", "a Bearer $TOKEN")]))[2] == "x-odd: a Bearer $TOKEN"


def test_a_body_goes_with_its_method_and_its_headers() -> None:
    given = curl("PUT", LIST, [("content-type", "application/json")], "{}")
    assert arguments(given) == ["-X", "PUT", LIST, "-H", "content-type: application/json", "--data-raw", "{}"]
    assert arguments(curl("GET", LIST, [], "{}"))[:2] == ["-X", "GET"]


def test_brackets_in_the_address_are_no_pattern() -> None:
    assert arguments(curl("GET", f"{LIST}?page[page]=2", []))[0] == "-g"


@pytest.mark.parametrize(
    "text",
    [
        "it's; rm -rf / #",
        '$(touch /tmp/x) `id` "quoted" \\ back',
        "two\nlines\ttabbed",
        "bell\a escape\x1b[2J return\r nothing-else 'quoted' back\\slash",
        "umlaut ü, snowman ☃, not printable \u202e",
    ],
)
def test_the_shell_takes_whatever_was_sent_as_it_is(text: str) -> None:
    line = curl("POST", LIST, [("x-odd", text)], text)
    assert arguments(line) == ["-X", "POST", LIST, "-H", f"x-odd: {text}", "--data-raw", text]
    assert all(character.isprintable() or character in "\n\t" for character in line)
