"""Requirements about the contract."""

import httpx

from mock_server.app import build_app
from mock_server.settings import Settings
from tests.harness.readiness.builders import Story

CURRENT = (
    *("listEcfParticipants", "getEcfParticipant", "listParticipantDeclarations", "getParticipantDeclaration"),
    *("deferEcfParticipant", "resumeEcfParticipant", "withdrawEcfParticipant", "changeEcfParticipantSchedule"),
    *("createParticipantDeclaration", "voidParticipantDeclaration"),
)


def test_a_request_that_breaks_the_contract_is_named_with_what_is_wrong() -> None:
    story = Story()
    assert story.verdict("contract.requests") == "not_seen"
    story.page(3)
    assert story.verdict("contract.requests") == "passed"
    story.declare(problems=("/data/attributes has an unknown attribute, course_identifer",))
    judgement = story.judge("contract.requests")
    assert (judgement.verdict, judgement.evidence) == ("failed", (2,))
    assert "POST /api/v1/participant-declarations" in str(judgement.advice)
    assert "course_identifer" in str(judgement.advice)


def test_what_another_requirement_complains_of_is_not_complained_of_twice() -> None:
    story = Story()
    story.page(3)
    story.page(3, credentials=b"", provider=None, status=401, problems=("no token",))
    story.page(3, token_in_url=True, problems=("an unknown parameter",))
    assert story.verdict("contract.requests") == "passed"


async def test_a_body_that_nobody_read_breaks_no_contract() -> None:
    """A request with a wrong token is refused before its body is read."""
    transport = httpx.ASGITransport(build_app(Settings()))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
        sent = {"data": {"type": "participant-declaration", "attributes": {}}}
        wrong = {"Authorization": "Bearer wrong-token.default"}
        await http.post("/api/v1/participant-declarations", json=sent, headers=wrong)
        found = (await http.get("/_mock/sandboxes/default/requests")).json()["requests"]
    assert [(entry["status"], entry["contract"]) for entry in found] == [(401, [])]


def test_coverage_is_a_figure_and_most_of_it_is_enough() -> None:
    story = Story()
    judgement = story.judge("contract.coverage")
    assert judgement.verdict == "not_seen"
    assert str(judgement.advice).startswith("0 of 12 operations succeeded; 0 of ")
    for operation_id in CURRENT[:8]:
        story.request(operation_id)
    assert story.verdict("contract.coverage") == "not_seen"
    assert "createParticipantDeclaration" in str(story.judge("contract.coverage").advice)
    story.declare(status=422)
    assert story.verdict("contract.coverage") == "not_seen"
    story.declare()
    judgement = story.judge("contract.coverage")
    assert judgement.verdict == "passed"
    assert str(judgement.advice).startswith("9 of 12 operations succeeded; 10 of ")


def test_deprecated_operations_and_unknown_ones_cover_nothing() -> None:
    story = Story()
    story.request("listParticipants", listed=[])
    story.request(None, status=404)
    assert str(story.judge("contract.coverage").advice).startswith("0 of 12 operations succeeded; 0 of ")
