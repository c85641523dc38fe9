"""The line that sends a request again: a shell reads it as one command, whatever the client sent."""

import subprocess
from typing import Any

import pytest

from mock_server.web.curl import curl
from tests.programs import required

SHOW = """
import sys, json
print(json.dumps(sys.argv[1:]))
"""


def entry(**changes: Any) -> dict[str, Any]:
    request = {"headers": changes.pop("headers", {}), "body": changes.pop("body", None)}
    return {"method": "GET", "path": "/api/v1/participants/ecf", "query": "", "request": request, **changes}


def arguments(line: str) -> list[str]:
    """What curl would be called with, by a real shell in which TOKEN is `alder-token`."""
    import json
    import sys

    script = f'curl() {{ "{sys.executable}" -c \'{SHOW}\' "$@"; }}\n{line}\n'
    command = [required("bash"), "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env={"TOKEN": "alder-token"})
    found: list[str] = json.loads(done.stdout)
    return found


def test_a_plain_request_is_a_plain_line() -> None:
    headers = {"authorization": "Bearer [token of alder]", "accept": "*/*", "host": "x", "user-agent": "y"}
    line = curl(entry(headers=headers), "http://127.0.0.1:8080")
    assert line.splitlines() == [
        "curl http://127.0.0.1:8080/api/v1/participants/ecf \\",
        '  --header "Authorization: Bearer $TOKEN" \\',
        "  --header 'accept: */*'",
    ]
    assert arguments(line)[2] == "Authorization: Bearer alder-token"


def test_a_body_goes_with_its_method_and_content_type() -> None:
    headers = {"content-type": "application/json", "content-length": "2", "x-with-server-date": "2021-11-20T09:00:00Z"}
    given = curl(entry(method="PUT", body="{}", headers=headers), "http://mock")
    assert arguments(given) == [
        *("--request", "PUT", "http://mock/api/v1/participants/ecf"),
        *("--header", "content-type: application/json", "--header", "x-with-server-date: 2021-11-20T09:00:00Z"),
        *("--data-raw", "{}"),
    ]
    assert "--request" not in curl(entry(method="POST", body="{}"), "http://mock")
    assert "--request POST" in curl(entry(method="POST"), "http://mock")


def test_brackets_in_the_address_are_no_pattern() -> None:
    assert arguments(curl(entry(query="page[page]=2"), "http://mock"))[0] == "--globoff"


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
    line = curl(entry(method="POST", body=text, headers={"x-odd": text}), "http://mock")
    assert arguments(line) == ["http://mock/api/v1/participants/ecf", "--header", f"x-odd: {text}", "--data-raw", text]
    assert all(character.isprintable() or character in "\n\t" for character in line)
