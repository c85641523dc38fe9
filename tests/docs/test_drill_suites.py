"""The suites that the page about grading shows, each with a client of its language: a ready one and one that isn't.

They run the shortest drill: the client must stop at the first 401. The suite for .NET is only read, see test_suites.
"""

import os
import subprocess
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from docs.generator.site import DOCS
from mock_server.own_server import own_server
from tests.programs import required

JARS = Path("/usr/share/java")
JUNIT = JARS / "junit-platform-console-standalone.jar"
CLASSES = os.pathsep.join(
    [".", *(str(JARS / f"jackson-{part}.jar") for part in ("databind", "core", "annotations")), str(JUNIT)]
)

# By suite: the file of the client, and its text. `TIMES` is how often it sends the request that is refused.
CLIENTS = {
    "drill.test.mjs": (
        "your-client.mjs",
        """
export async function runClient(mock, token) {
  let status;
  for (let sent = 0; sent < TIMES; sent++) {
    await new Promise((resume) => setTimeout(resume, sent && 600));
    const headers = { Authorization: `Bearer ${token}` };
    status = (await fetch(`${mock}/api/v1/participants/ecf`, { headers })).status;
  }
  if (status === 401) throw new Error("access denied");
}
""",
    ),
    "drill_spec.rb": (
        "your_client.rb",
        """
class YourClient
  class AccessDenied < StandardError; end

  def initialize(mock, token)
    @address, @headers = URI("#{mock}/api/v1/participants/ecf"), { "Authorization" => "Bearer #{token}" }
  end

  def run
    statuses = TIMES.times.map { |sent| sleep(sent.zero? ? 0 : 0.6); Net::HTTP.get_response(@address, @headers).code }
    raise AccessDenied if statuses.include?("401")
  end
end
""",
    ),
    "DrillTest.java": (
        "YourClient.java",
        """
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;

class AccessDenied extends RuntimeException {}

class YourClient {
    private final HttpRequest request;

    YourClient(String mock, String token) {
        request = HttpRequest.newBuilder(URI.create(mock + "/api/v1/participants/ecf"))
            .header("Authorization", "Bearer " + token).build();
    }

    void run() throws Exception {
        var status = 0;
        for (var sent = 0; sent < TIMES; sent++) {
            if (sent > 0) Thread.sleep(600);
            status = HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).statusCode();
        }
        if (status == 401) throw new AccessDenied();
    }
}
""",
    ),
}


def commands(suite: str) -> list[list[str]]:
    """What a reader runs."""
    if suite.endswith(".java"):
        run = [required("java"), "-cp", CLASSES, "org.junit.platform.console.ConsoleLauncher", "--scan-classpath", "."]
        return [[required("javac"), "-cp", CLASSES, suite, "YourClient.java"], run]
    return [[required("node"), "--test", suite] if suite.endswith(".mjs") else [required("rspec"), suite]]


def outcome(suite: str, times: int, folder: Path, base_url: str) -> tuple[bool, str]:
    """Whether the suite passed, and what it printed."""
    name, client = CLIENTS[suite]
    folder.mkdir()
    (folder / name).write_text(client.replace("TIMES", str(times)))
    text = (DOCS / "suites" / suite).read_text()
    assert text.count("full") == 1
    (folder / suite).write_text(text.replace("full", "wrong-token"))
    environment = {**os.environ, "LEAD_PROVIDER_API_URL": base_url}
    for command in commands(suite):
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
        if done.returncode:
            break
    return done.returncode == 0, done.stdout + done.stderr


CASES = [(suite, times) for suite in CLIENTS for times in (1, 3)]


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[tuple[str, int], "Future[tuple[bool, str]]"]]:
    with own_server() as base_url, ThreadPoolExecutor(len(CASES)) as pool:
        folder = tmp_path_factory.mktemp("suites")
        yield {case: pool.submit(outcome, *case, folder / f"{case[0]}-{case[1]}", base_url) for case in CASES}


@pytest.mark.parametrize(("suite", "times"), CASES)
def test_the_suite_passes_with_a_client_that_stops_and_fails_with_one_that_goes_on(
    outcomes: dict[tuple[str, int], "Future[tuple[bool, str]]"], suite: str, times: int
) -> None:
    passed, printed = outcomes[suite, times].result()
    assert passed == (times == 1), printed
    # A suite that fails says what the client doesn't meet.
    assert passed or "access.stops-on-401" in printed
