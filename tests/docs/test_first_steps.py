"""The first steps of both versions by hand: a shell gets each request, and the answer is the printed one."""

import json
import re
import subprocess
from html import unescape

import pytest

from docs.generator.guide import BASE_URL
from mock_server.own_server import own_server
from mock_server.settings import GivenSettings
from tests.programs import required


def _text(html: str) -> str:
    return unescape(re.sub(r"<[^>]+>", "", html))


def _steps(page: str) -> list[tuple[str, str]]:
    """Every request in curl, which a reader copies, and the answer that the page prints."""
    found = re.findall(
        r'<div class="sample".*?<pre><span><code>(.*?)</code>.*?class="answer.*?<pre><span><code>(.*?)</code>',
        page,
        re.DOTALL,
    )
    return [(_text(request), _text(answer)) for request, answer in found]


def _pasted(command: str) -> tuple[str, str]:
    """The status and the body that the reader's shell prints."""
    with_status = "curl() { command curl --silent --write-out '\\n%{http_code}' \"$@\"; }\n"
    done = subprocess.run([required("bash"), "-c", with_status + command], capture_output=True, text=True, check=True)
    body, _, status = done.stdout.rpartition("\n")
    return status, body


@pytest.mark.parametrize(("name", "steps"), [("v3/index.md", 13), ("first-steps.md", 9), ("get-started.md", 1)])
def test_the_first_steps_can_be_followed_with_nothing_but_the_page(site: dict[str, str], name: str, steps: int) -> None:
    page = site[name]
    given = re.search(r'make serve ARGS="--clock (\S+)"', page)
    requests = _steps(page)
    assert len(requests) >= steps
    with own_server(GivenSettings.model_validate({"clock": given[1]} if given else {})) as base_url:
        for command, answer in requests:
            assert BASE_URL in command
            status, body = _pasted(command.replace(BASE_URL, base_url))
            head, _, printed = answer.partition("\n\n")
            assert head.split()[1] == status, command
            if "// … and" not in printed and given:
                assert json.loads(body) == json.loads(printed), command


@pytest.mark.parametrize("name", ["v3/index.md", "first-steps.md"])
def test_the_first_steps_lead_to_a_paid_declaration(site: dict[str, str], name: str) -> None:
    answers = [answer for _, answer in _steps(site[name])]
    states = [found for answer in answers for found in re.findall(r'"state": "(.+?)"', answer)]
    assert states == ["submitted", "eligible", "paid"]
