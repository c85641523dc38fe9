"""The soak: a short one against a real server, and what makes one fail."""

import json
import threading
from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner

from benchmarks import soak
from benchmarks.exchange import Connection, Request, Response
from benchmarks.mixed import KINDS, Client, Reader, Seen
from benchmarks.soak import Soak, Stretch, main, of_soak


def stretch(ends_after: float, *memory: int, requests: int = 1000, errors: int = 0) -> Stretch:
    return Stretch(ends_after, requests, errors, 100.0, 1.0, 2.0, 3.0, 0.5, 5, memory, 0)


def soaked(*stretches: Stretch, **found: object) -> Soak:
    return Soak(seconds=600, warm_up=120, growth_allowed=0.05, stretches=list(stretches), **found)  # type: ignore[arg-type]


def test_a_short_soak_meets_no_surprise_and_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(soak, "RESULTS", tmp_path / "results")
    monkeypatch.setattr(soak, "ROOT", tmp_path)
    monkeypatch.setattr(soak, "_TIME_TO_LIVE", 1)
    # In so short a time the journals only begin to fill.
    done = CliRunner().invoke(main, ["--seconds", "6", "--interval", "2", "--warm-up", "2", "--growth", "9", "--state"])
    assert done.exit_code == 0, done.output
    (page,) = (tmp_path / "results").glob("*-soak.md")
    found = json.loads(page.with_suffix(".json").read_text())
    assert len(found["stretches"]) == 3
    assert found["problems"] == {}
    assert found["left_over"] == []
    assert set(found["kinds"]) == {kind.__name__ for kind in KINDS}
    assert all(requests > 0 for requests, *_ in found["kinds"].values())
    assert all(len(each["memory"]) >= 2 and each["state_bytes"] > 0 for each in found["stretches"])
    assert "Passed." in page.read_text()


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (soaked(stretch(300, 100, 100, 101)), []),
        (soaked(stretch(60, 10, 10, 10), stretch(300, 100, 100, 104)), []),
        (soaked(stretch(60, 900, 900, 900), stretch(300, 100, 100, 106)), ["memory grew by 6.0%"]),
        (soaked(stretch(60, 50), stretch(180, 100), stretch(240, 105), stretch(300, 111)), ["memory grew by 11.0%"]),
        (soaked(stretch(300, 100), left_over=["s1", "s2"]), ["still there at the end: s1, s2"]),
        (soaked(stretch(300, 100, errors=3)), ["3 of 1,000 answers weren't as expected"]),
        (soaked(stretch(300, 100, requests=0)), ["there were no requests"]),
    ],
)
def test_a_soak_fails_by_surprises_by_growth_and_by_what_is_left(found: Soak, why: list[str]) -> None:
    assert found.failures() == why
    notes = " ".join(of_soak(found).notes)
    assert ("Failed: " + "; ".join(why) in notes) if why else ("Passed." in notes)


class Asking(Client):
    def go_round(self) -> None:
        self.ask(Request("GET", "/"))
        self.stop.set()


@pytest.mark.parametrize(("status", "problem"), [(200, ""), (500, "GET /: 500 b'no'")])
def test_an_answer_that_is_not_expected_is_a_problem(
    status: int, problem: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Connection, "ask", lambda *_: Response(status, (), b"no"))
    client = Asking(1, 0, threading.Event())
    client.run()
    assert [seen.problem for seen in client.seen] == [problem]


def test_a_client_that_gets_no_answer_or_gives_up_is_a_problem_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> Response:
        raise ConnectionRefusedError(111, "refused")

    monkeypatch.setattr(Connection, "ask", refuse)
    for kind in (Asking, Reader):
        client = kind(1, 0, threading.Event())
        client.run()
        assert "ConnectionRefusedError" in client.seen[-1].problem


def test_too_full_a_journal_and_too_many_sandboxes_are_problems(monkeypatch: pytest.MonkeyPatch) -> None:
    class Standing:
        port = 1

        def cpu_seconds(self) -> float:
            return 0

        def memory_bytes(self) -> int:
            return 100

    held = [{"id": str(number), "counts": {"requests": number}} for number in range(9_995, 10_003)]
    answer = Response(200, (), json.dumps({"sandboxes": held}).encode())
    monkeypatch.setattr(soak, "answer_to", lambda *_: answer)
    monkeypatch.setattr(soak, "_MAX_SANDBOXES", 7)
    client = Asking(1, 0, threading.Event())
    client.seen.append(Seen(0.1, "wrong"))
    seen: dict[str, list[Seen]] = {"Asking": []}
    found, problems = soak._watch(Standing(), [client], 0, 0, None, seen)  # type: ignore[arg-type]
    assert problems == Counter(
        {
            "wrong": 1,
            "the journal of 10001 holds 10,001 requests": 1,
            "the journal of 10002 holds 10,002 requests": 1,
            "there are 8 sandboxes": 1,
        }
    )
    assert (found.requests, found.errors) == (1, 4)
    assert seen == {"Asking": [Seen(0.1, "wrong")]}
