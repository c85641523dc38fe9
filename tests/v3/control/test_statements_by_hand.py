"""control-api-v3 "Sandbox" and "Clock": a sandbox's `statements` says whether dates pay v3's statements."""

from collections.abc import Iterator

import httpx
import pytest

from mock_server.client import ControlClient, SandboxClient
from mock_server.control.models import NewSandbox
from tests.v3.control.refusals import refusal

CLOCK = "2026-02-10T09:00:00Z"
NEXT_STATEMENT = {"month": 4, "year": 2026, "cohort": "2025", "provider": "alder"}


@pytest.fixture(params=["by_date", "by_hand", None])
def statements(request: pytest.FixtureRequest) -> str | None:
    value: str | None = request.param
    return value


@pytest.fixture
def made(client: ControlClient, statements: str | None) -> Iterator[SandboxClient]:
    setting: NewSandbox = {"seed": "empty", "clock": {"now": CLOCK, "running": False}}
    if statements is not None:
        setting["statements"] = statements  # type: ignore[typeddict-item]
    sandbox = client.sandbox(client.create_sandbox(**setting).id)
    yield sandbox
    sandbox.delete()


def declare(sandbox: SandboxClient, base_url: str) -> None:
    """A mentor of alder, whom registration made eligible, is declared `started`."""
    mentor = sandbox.v3.register(role="mentor", provider="alder", partnership="new", started_on="2025-09-01")
    attributes = {
        "participant_id": mentor.id,
        "declaration_type": "started",
        "declaration_date": "2025-10-01T09:00:00Z",
        "course_identifier": "ecf-mentor",
        "evidence_held": "other",
    }
    headers = {"Authorization": f"Bearer {sandbox.get().tokens['alder']}"}
    url = f"{base_url}/api/v3/participant-declarations"
    answer = httpx.post(url, json={"data": {"attributes": attributes}}, headers=headers)
    assert answer.status_code == 200, answer.text


def status_after_its_payment_date(sandbox: SandboxClient, base_url: str) -> str:
    """How the statement with the declaration stands two months after its payment date."""
    declare(sandbox, base_url)
    sandbox.advance("P135D")
    [status] = {
        each.status
        for each in sandbox.v3.statements()
        if {name: getattr(each, name) for name in NEXT_STATEMENT} == NEXT_STATEMENT
    }
    return status


def test_dates_pay_unless_the_sandbox_pays_by_hand(
    made: SandboxClient, mock: tuple[object, str], statements: str | None
) -> None:
    """Section "Sandbox": `by_date` is the default; "Clock": the payments run with `by_date`."""
    paid = status_after_its_payment_date(made, mock[1])
    assert paid == ("payable" if statements == "by_hand" else "paid")


def test_a_reset_sandbox_pays_as_it_did_before(
    made: SandboxClient, mock: tuple[object, str], statements: str | None
) -> None:
    """Section "Sandbox": a reset goes back to the settings of the creation."""
    made.v3.schools()
    made.reset()
    paid = status_after_its_payment_date(made, mock[1])
    assert paid == ("payable" if statements == "by_hand" else "paid")


def test_another_way_of_paying_is_refused(client: ControlClient) -> None:
    assert refusal(client.create_sandbox, statements="by_moon") == (422, ["/statements"])
