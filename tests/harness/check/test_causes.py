"""Findings of one fault are told as one; those of two are told as two."""

from mock_server.harness.check.causes import causes, likewise
from mock_server.harness.check.outcome import Finding, finding
from mock_server.harness.exchange import Request, Response
from tests.mutation.__main__ import report_on

GET = Request("GET", "/api/v1/participants/ecf", (), {}, None)
PUT = Request("PUT", "/api/v1/participants/ecf/1/defer", (), {}, "{}")
DENIED = Response(403, {}, "no")
OK = Response(200, {}, "{}")


def found(
    what: str,
    operation: str = "list",
    stage: str = "behaviour",
    request: Request = GET,
    response: Response = OK,
    wanted: int | None = None,
    scenario: str | None = None,
) -> Finding:
    return finding(
        stage,
        operation,
        what,
        "it is right",
        request=request,
        response=response,
        base_url="http://x",
        wanted=wanted,
        scenario=scenario,
    )


def told(*findings: Finding) -> list[list[str]]:
    """The sentences, cause by cause."""
    return [[each.what for each in cause.findings] for cause in causes(findings)]


def test_the_same_sentence_about_several_operations_is_one_cause() -> None:
    assert told(found("a", "list"), found("a", "defer", request=PUT)) == [["a", "a"]]


def test_a_record_alone_and_in_a_list_break_alike() -> None:
    one = found("/data/attributes of 200 isn't as documented", "get", request=PUT)
    many = found("/data/…/attributes of 200 isn't as documented")
    assert len(causes([one, many])) == 1


def test_what_is_wrong_with_one_exchange_is_one_cause() -> None:
    assert told(found("a", response=DENIED), found("b", response=DENIED, stage="scenarios")) == [["a", "b"]]


def test_two_sentences_about_different_exchanges_are_two_causes() -> None:
    assert told(found("a"), found("b", request=PUT)) == [["a"], ["b"]]


def test_the_same_wrong_status_of_an_operation_is_one_cause() -> None:
    other = Request("PUT", "/api/v1/participants/ecf/2/defer", (), {}, "{}")
    first = found("a", "defer", request=PUT, wanted=422)
    assert told(first, found("b", "defer", request=other, wanted=422)) == [["a", "b"]]
    assert told(first, found("b", "resume", request=other, wanted=422)) == [["a"], ["b"]]
    assert told(first, found("b", "defer", request=other, wanted=404)) == [["a"], ["b"]]


def test_a_scenario_that_went_wrong_is_one_cause_and_joins_what_its_steps_share_with_others() -> None:
    step_2, step_3 = found("a", scenario="s"), found("b", request=PUT, scenario="s")
    assert told(step_2, found("c", request=PUT), step_3) == [["a", "c", "b"]]


def test_the_others_are_told_by_sentence_with_their_operations() -> None:
    [cause] = causes([found("a", "list"), found("a", "defer"), found("a", "resume"), found("a", stage="isolation")])
    assert list(likewise(cause)) == ["behaviour: defer, resume: a", "isolation: list: a"]


def test_a_wrong_content_type_is_one_cause_with_every_status() -> None:
    assert len(causes([found("answers 200 as text/html"), found("answers 404 as text/html", "get", request=PUT)])) == 1
    assert len(causes([found("answers 200 as text/html"), found("answers 404 as text/css", "get", request=PUT)])) == 2


def test_one_planted_fault_is_one_cause() -> None:
    """A renamed attribute shows in every answer with a participant, and in every story that looks at it."""
    report = report_on("shape-renamed", every_stage=True, stages=("scenarios",))
    assert len(report.findings) > 10
    assert len(causes(report.findings)) == 1
