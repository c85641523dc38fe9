"""Every request of the guide, run as it is printed, against a mock: it is answered as the guide says.

Only what the guide leaves out is put in from outside: where the mock listens, and the token.
"""

import contextlib
import io
import json
import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from docs.generator.guide import BASE_URL, GUIDES, Guide, answered, scene, scene_sendings, sending_of, token_of
from docs.generator.snippets import LANGUAGES
from mock_server.harness.exchange import Response
from mock_server.harness.scenarios.model import ScenarioResult, StepResult
from mock_server.own_server import own_server
from tests.programs import required

HERE = Path(__file__).parent


# Net::HTTP gives a request without a body the content type of a form; the sentence in the answer says so.
OTHER_DETAIL = {("Ruby", "errors-body, step 3")}


@dataclass(frozen=True, slots=True)
class Snippet:
    """`token` is what to authenticate with; None where the step is about having none, or needs none."""

    place: str
    code: str
    token: str | None
    response: Response


@pytest.fixture
def mock() -> Iterator[str]:
    with own_server() as base_url:
        yield base_url


def snippets_in(language: str, guide: Guide) -> list[Snippet]:
    (write,) = (each.write for each in LANGUAGES if each.name == language)
    found = []
    for result in guide.results.values():
        for number, (step, response) in enumerate(answered(result), 1):
            place = f"{result.scenario.id}, step {number}"
            found.append(Snippet(place, write(sending_of(step)), _token(result, step), response))
    return found


def _token(result: ScenarioResult, step: StepResult) -> str | None:
    """Asked of the request that was really made: `$` stands there for a token that the runner put in."""
    if "$" in step.request.headers.get("authorization", ""):
        return token_of(result.scenario, step.step.provider)
    return None


def curlrc(folder: Path, mock: str, token: str | None) -> Path:
    """A home for curl whose configuration leads to the mock, authenticates, and asks for the status as last line."""
    home = folder / (token or "nobody")
    if not home.exists():
        home.mkdir()
        lines = ["silent", "show-error", r'write-out = "\n%{http_code}\n"']
        lines.append(f'connect-to = "{httpx.URL(BASE_URL).netloc.decode()}:{httpx.URL(mock).netloc.decode()}"')
        lines += [f'header = "Authorization: Bearer {token}"'] if token else []
        (home / ".curlrc").write_text("\n".join(lines))
    return home


def shell(folder: Path, commands: str) -> None:
    """Runs commands that call curl."""
    required("curl")
    script = folder / "commands.sh"
    # As a file: an argument can't be as long as the commands of a whole guide.
    script.write_text(commands)
    done = subprocess.run([required("bash"), "-euo", "pipefail", str(script)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def set_scenes(folder: Path, mock: str, guide: Guide) -> None:
    """Makes every scenario's world, with the commands that the guide prints for it."""
    scenes = "\n".join(scene(result) for result in guide.results.values())
    shell(folder, f"export CURL_HOME='{curlrc(folder, mock, None)}'\n({scenes}\n) > '{folder}/scenes.txt'")
    statuses = [line for line in (folder / "scenes.txt").read_text().splitlines() if line.isdigit()]
    assert len(statuses) == sum(1 + len(result.given) for result in guide.results.values())
    assert set(statuses) <= {"200", "201", "204"}


def make_scenes(mock: str, guide: Guide) -> None:
    """Makes the same sandboxes with the same requests, without a process for each."""
    with httpx.Client(base_url=mock) as client:
        for result in guide.results.values():
            for sending in scene_sendings(result):
                assert sending.raw is None
                client.request(
                    sending.method, sending.target, headers=dict(sending.headers), json=sending.json
                ).raise_for_status()


def run_with_curl(folder: Path, mock: str, snippets: Sequence[Snippet]) -> list[str]:
    """Status, a blank and the body, as the other languages print them."""
    commands = []
    for number, snippet in enumerate(snippets):
        home = curlrc(folder, mock, snippet.token)
        commands.append(f"export CURL_HOME='{home}'\n({snippet.code}\n) > '{folder}/{number}.txt'")
    shell(folder, "\n".join(commands))
    outputs = []
    for number in range(len(snippets)):
        body, _, status = (folder / f"{number}.txt").read_bytes().decode().removesuffix("\n").rpartition("\n")
        outputs.append(f"{status} {body}")
    return outputs


def run_with_python(folder: Path, mock: str, snippets: Sequence[Snippet]) -> list[str]:
    outputs = []
    send = httpx.HTTPTransport.handle_request
    with pytest.MonkeyPatch.context() as patch:
        for snippet in snippets:

            def redirected(
                transport: httpx.HTTPTransport, request: httpx.Request, token: str | None = snippet.token
            ) -> httpx.Response:
                assert str(request.url).startswith(BASE_URL)
                request.url = request.url.copy_with(port=httpx.URL(mock).port)
                if token:
                    request.headers["Authorization"] = f"Bearer {token}"
                return send(transport, request)

            patch.setattr(httpx.HTTPTransport, "handle_request", redirected)
            with contextlib.redirect_stdout(io.StringIO()) as printed:
                exec(compile(snippet.code, snippet.place, "exec"), {})  # noqa: S102 - our own code
            outputs.append(printed.getvalue().removesuffix("\n"))
    return outputs


def _run_listed(command: Sequence[str], suffix: str, folder: Path, mock: str, snippets: Sequence[Snippet]) -> list[str]:
    listed = []
    for number, snippet in enumerate(snippets):
        file = folder / f"{number}{suffix}"
        file.write_text(snippet.code)
        listed.append({"file": str(file), "token": snippet.token})
    manifest = folder / "snippets.json"
    manifest.write_text(json.dumps({"base_url": mock, "printed": BASE_URL, "snippets": listed}))
    done = subprocess.run([*command, str(manifest)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def run_with_node(folder: Path, mock: str, snippets: Sequence[Snippet]) -> list[str]:
    return _run_listed([required("node"), str(HERE / "run_snippets.mjs")], ".mjs", folder, mock, snippets)


def run_with_ruby(folder: Path, mock: str, snippets: Sequence[Snippet]) -> list[str]:
    return _run_listed([required("ruby"), str(HERE / "run_snippets.rb")], ".rb", folder, mock, snippets)


@pytest.mark.parametrize("version", list(GUIDES))
@pytest.mark.parametrize(
    ("language", "run"),
    [("curl", run_with_curl), ("Python", run_with_python), ("JavaScript", run_with_node), ("Ruby", run_with_ruby)],
)
def test_every_request_of_the_guide_is_answered_as_printed(
    version: str, language: str, run: Callable[[Path, str, Sequence[Snippet]], list[str]], mock: str, tmp_path: Path
) -> None:
    guide = GUIDES[version]
    # The guide prints them for curl alone.
    if language == "curl":
        set_scenes(tmp_path, mock, guide)
    else:
        make_scenes(mock, guide)
    snippets = snippets_in(language, guide)
    outputs = run(tmp_path, mock, snippets)
    assert len(outputs) == len(snippets)
    for snippet, output in zip(snippets, outputs, strict=True):
        status, _, body = output.partition(" ")
        assert int(status) == snippet.response.status, f"{snippet.place}: {output}"
        if (language, snippet.place) in OTHER_DETAIL:
            body, expected = body.partition('"detail"')[0], snippet.response.content.partition('"detail"')[0]
        else:
            expected = snippet.response.content
        # Some languages end what they print with a line feed of their own, some don't.
        assert body.rstrip("\n") == expected.rstrip("\n"), snippet.place
