"""Which declarations are sent: only those that the mock must accept."""

import json
from typing import Any, cast

from benchmarks.exchange import Connection, Request, Response
from benchmarks.servers import DECLARATIONS
from benchmarks.workloads import LARGEST_PAGE, new_declarations


def participant(name: str, **attributes: str) -> dict[str, Any]:
    return {
        "id": name,
        "attributes": {
            "participant_type": "ect",
            "cohort": "2021",
            "status": "active",
            "training_status": "active",
            "schedule_identifier": "ecf-standard-september",
        }
        | attributes,
    }


class Provider:
    """Answers both lists: one page each."""

    participants = (
        participant("gone", status="withdrawn"),
        participant("left", training_status="withdrawn"),
        participant("begun"),
        participant("mentor", participant_type="mentor", schedule_identifier="ecf-replacement-april"),
    )
    declarations = ({"attributes": {"participant_id": "begun", "declaration_type": "started"}},)

    def ask(self, request: Request) -> Response:
        assert request.path.endswith(f"={LARGEST_PAGE}")
        records = self.declarations if request.path.startswith(DECLARATIONS) else self.participants
        page = records if "page%5Bpage%5D=1&" in request.path else ()
        return Response(200, (), json.dumps({"data": page}).encode())


def sent() -> list[dict[str, str]]:
    requests = list(new_declarations(cast(Connection, Provider())))
    assert {(r.method, r.path) for r in requests} == {("POST", DECLARATIONS)}
    assert not any("\n" in request.body for request in requests)
    return [json.loads(request.body)["data"]["attributes"] for request in requests]


def test_every_free_slot_of_the_active_is_used_once() -> None:
    slots = [(attributes["participant_id"], attributes["declaration_type"]) for attributes in sent()]
    rest = ["retained-1", "retained-2", "retained-3", "retained-4", "completed"]
    assert slots == [*(("begun", kind) for kind in rest), *(("mentor", kind) for kind in ("started", *rest))]


def test_dates_lie_in_the_milestone_and_courses_fit() -> None:
    first, *_, last = sent()
    assert (first["declaration_date"], first["course_identifier"]) == ("2021-09-01T09:00:00Z", "ecf-induction")
    assert (last["declaration_date"], last["course_identifier"]) == ("2022-04-01T09:00:00Z", "ecf-mentor")


def test_evidence_comes_with_all_but_the_first_type() -> None:
    assert {a["declaration_type"] for a in sent() if "evidence_held" not in a} == {"started"}
