"""Shows how to test a client with the fixtures of ecf-mock. Every test here runs, and the documentation shows it.

`ParticipantList` represents your client.
"""

import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from mock_server.testing import EcfSandbox


class ParticipantList:
    """Keeps a list of participants in step with the service, and declares that a participant has started."""

    def __init__(self, http: httpx.Client) -> None:
        self.http = http
        self.names: dict[str, str] = {}
        self.since: str | None = None

    def sync(self) -> None:
        query = {"page[per_page]": "3000"}
        if self.since:
            query["filter[updated_since]"] = self.since
        records = self.send("GET", "/api/v1/participants/ecf", params=query).json()["data"]
        for record in records:
            self.names[record["id"]] = record["attributes"]["full_name"]
            # The newest change that we have seen. The next poll begins there.
            self.since = max(self.since or "", record["attributes"]["updated_at"])

    def declare_started(self, id: str, date: str) -> str:
        attributes = {
            "participant_id": id,
            "declaration_type": "started",
            "declaration_date": date,
            "course_identifier": "ecf-induction",
        }
        body = {"data": {"type": "participant-declaration", "attributes": attributes}}
        return str(self.send("POST", "/api/v1/participant-declarations", json=body).json()["data"]["id"])

    def send(self, method: str, path: str, **content: Any) -> httpx.Response:
        for pause in (0.01, 0.02, 0.04):
            response = self.http.request(method, path, **content)
            if response.status_code == 429:
                time.sleep(float(response.headers["Retry-After"]))
            elif response.status_code >= 500:
                time.sleep(pause)
            else:
                break
        return response.raise_for_status()


# [a fresh world]
@pytest.fixture
def client(ecf_sandbox: EcfSandbox) -> Iterator[ParticipantList]:
    headers = {"Authorization": f"Bearer {ecf_sandbox.token}"}
    with httpx.Client(base_url=ecf_sandbox.base_url, headers=headers) as http:
        yield ParticipantList(http)


def test_a_school_s_new_participant_is_found_by_the_next_poll(client: ParticipantList, ecf_sandbox: EcfSandbox) -> None:
    client.sync()
    grace = ecf_sandbox.v1.add_participant(provider="alder", participant_type="ect", full_name="Grace Okafor")
    client.sync()
    assert client.names[grace.id] == "Grace Okafor"


# [a fresh world]


# [a seed and a clock]
@pytest.mark.ecf_mock(seed="empty", clock="2021-11-20T09:00:00Z")
def test_a_declaration_is_paid_in_time(client: ParticipantList, ecf_sandbox: EcfSandbox) -> None:
    ada = ecf_sandbox.v1.add_participant(provider="alder", participant_type="ect", eligible_for_funding=True)
    declaration_id = client.declare_started(ada.id, "2021-11-19T10:00:00Z")
    [made] = ecf_sandbox.v1.declarations()
    assert (made.id, made.state) == (declaration_id, "eligible")
    ecf_sandbox.advance("P14D")
    [paid] = ecf_sandbox.v1.declarations()
    assert paid.state == "paid"


# [a seed and a clock]


# [faults]
@pytest.mark.ecf_mock(clock="2021-11-20T09:00:00Z")
def test_a_lost_answer_makes_no_second_declaration(client: ParticipantList, ecf_sandbox: EcfSandbox) -> None:
    ada = ecf_sandbox.v1.add_participant(provider="alder", participant_type="ect")
    # The mock makes the declaration, and then loses the answer.
    ecf_sandbox.add_fault(match={"method": "POST"}, respond={"status": 504}, times=1, apply="after")
    client.declare_started(ada.id, "2021-11-19T10:00:00Z")
    assert len([made for made in ecf_sandbox.v1.declarations() if made.participant_id == ada.id]) == 1


@pytest.mark.ecf_mock(rate_limit=(1, 1))
def test_the_rate_limit_is_waited_for(client: ParticipantList, ecf_sandbox: EcfSandbox) -> None:
    client.sync()
    client.sync()
    assert [entry.status for entry in ecf_sandbox.all_requests()] == [200, 429, 200]


# [faults]


# [readiness]
def test_the_client_polls_as_it_should(client: ParticipantList, ecf_sandbox: EcfSandbox) -> None:
    for _ in range(3):
        client.sync()
        ecf_sandbox.v1.add_participant(provider="alder", participant_type="mentor")
    verdicts = {each.id: each for each in ecf_sandbox.readiness().requirements}
    for requirement in ("sync.full-pull", "sync.pages-followed", "sync.polls", "sync.no-gap", "sync.sees-changes"):
        assert verdicts[requirement].verdict == "passed", verdicts[requirement].advice


# [readiness]


# [breaking the contract]
@pytest.mark.ecf_mock(allow_breaches=True)
def test_a_misspelt_attribute_is_noticed(client: ParticipantList, ecf_sandbox: EcfSandbox) -> None:
    client.http.put("/api/v1/participants/ecf/x/defer", json={"data": {"attributes": {"raeson": "other"}}})
    [entry] = ecf_sandbox.breaches()
    assert any("raeson" in problem for problem in entry.contract)


# [breaking the contract]
