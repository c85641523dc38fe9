"""Which declarations are sent to v3: only those that it must accept."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, ClassVar, cast
from urllib.parse import urlsplit

import pytest

from benchmarks.exchange import Connection, Request, Response, ask
from benchmarks.peers import PRISM
from benchmarks.servers import BARE, V3_DECLARATIONS, V3_PARTICIPANTS
from benchmarks.v3_workloads import BESIDE, CLOCK, NAMES, new_declarations, page, workloads
from benchmarks.workloads import NAMES as NAMES_OF_V1
from mock_server.own_server import own_server
from mock_server.settings import GivenSettings

NOW = datetime(2026, 2, 1, tzinfo=UTC)


def enrolment(**attributes: str) -> dict[str, Any]:
    return {
        "participant_type": "ect",
        "cohort": "2025",
        "training_status": "active",
        "participant_status": "active",
        "schedule_identifier": "ecf-standard-september",
    } | attributes


def participant(name: str, *enrolments: dict[str, Any]) -> dict[str, Any]:
    return {"id": name, "attributes": {"ecf_enrolments": list(enrolments)}}


def statement(cohort: str, cut_off_date: str) -> dict[str, Any]:
    return {"attributes": {"cohort": cohort, "cut_off_date": cut_off_date}}


class Provider:
    """Answers the three lists: one page each."""

    lists: ClassVar = {
        V3_PARTICIPANTS: (
            participant("left", enrolment(participant_status="left")),
            participant("withdrawn", enrolment(training_status="withdrawn")),
            participant("declared", enrolment()),
            participant("both", enrolment(), enrolment(participant_type="mentor")),
            participant("unpaid", enrolment(cohort="2023")),
            participant("frozen", enrolment(cohort="2022")),
            participant("ect", enrolment()),
            participant("mentor", enrolment(participant_type="mentor")),
            participant("earlier", enrolment(cohort="2024")),
        ),
        V3_DECLARATIONS: ({"attributes": {"participant_id": "declared"}},),
        "/api/v3/statements": (
            statement("2025", "2026-03-31"),
            statement("2024", "2026-02-02"),
            statement("2023", "2026-02-01"),
            statement("2022", "2026-03-31"),
        ),
    }

    def ask(self, request: Request) -> Response:
        path, _, query = request.path.partition("?")
        records = self.lists[path] if "page%5Bpage%5D=1&" in query else ()
        return Response(200, (), json.dumps({"data": records}).encode())


@pytest.fixture
def sent() -> list[dict[str, str]]:
    requests = list(new_declarations(cast(Connection, Provider()), NOW))
    assert {(r.method, r.path) for r in requests} == {("POST", V3_DECLARATIONS)}
    assert not any("\n" in request.body for request in requests)
    return [json.loads(request.body)["data"]["attributes"] for request in requests]


def test_declarations_are_for_the_active_of_paid_cohorts_whom_nobody_has_declared_for(
    sent: list[dict[str, str]],
) -> None:
    assert Counter(each["participant_id"] for each in sent) == {"ect": 6, "mentor": 2, "earlier": 5}


def test_only_types_whose_milestone_has_begun_are_declared_at_its_first_moment(sent: list[dict[str, str]]) -> None:
    dates = {each["declaration_type"]: each["declaration_date"] for each in sent if each["participant_id"] == "earlier"}
    # London's midnights, an hour earlier in summer.
    assert dates == {
        "started": "2024-05-31T23:00:00Z",
        "retained-1": "2025-01-01T00:00:00Z",
        "retained-2": "2025-03-31T23:00:00Z",
        "retained-3": "2025-07-31T23:00:00Z",
        "retained-4": "2026-01-01T00:00:00Z",
    }


def test_evidence_is_left_out_only_where_the_cohort_needs_none(sent: list[dict[str, str]]) -> None:
    without = {(each["participant_id"], each["declaration_type"]) for each in sent if "evidence_held" not in each}
    assert without == {("earlier", "started")}


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    settings = GivenSettings(participants=150, rate_limit="off", clock=f"{CLOCK:%Y-%m-%dT%H:%M:%SZ}")
    with own_server(settings) as url:
        found = urlsplit(url).port
        assert found is not None
        yield found


def test_the_mock_accepts_each_of_them(port: int) -> None:
    with Connection(port) as connection:
        declarations = list(new_declarations(connection))
        refused = [answer.body for answer in map(connection.ask, declarations) if answer.status != 200]
    assert len(declarations) > 150
    assert refused == []


def test_each_workload_stands_beside_one_of_v1_and_has_a_reach_against_the_bare_callable() -> None:
    made = workloads("someone", (Request("POST", V3_DECLARATIONS, "{}"),))
    assert tuple(each.name for each in made) == NAMES == tuple(BESIDE)
    assert set(BESIDE.values()) <= set(NAMES_OF_V1)
    reaches = {each.name: (each.reach_against(BARE), each.reach_against(PRISM)) for each in made}
    assert reaches == {"list-v3": (0.4, 6), "one-v3": (0.35, None), "post-v3": (0.25, None)}


def test_a_page_joins_the_query_that_the_path_has(port: int) -> None:
    request = page(f"{V3_PARTICIPANTS}?sort=-updated_at", 2, 10)
    assert request.path == f"{V3_PARTICIPANTS}?sort=-updated_at&page%5Bpage%5D=2&page%5Bper_page%5D=10"
    assert len(ask(port, request).json()["data"]) == 10
