"""What the servers are asked to do, and how far the mock means to reach."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from benchmarks.exchange import Connection, Request
from benchmarks.peers import PRISM
from benchmarks.servers import BARE, DECLARATIONS, FIRST_PAGE, PARTICIPANTS
from mock_server.v1.domain.schedules import schedule
from mock_server.v1.domain.vocabulary import COURSES, DECLARATION_TYPES, EVIDENCE_HELD

LARGEST_PAGE = 3000


@dataclass(frozen=True)
class Workload:
    """`requests` are sent in order; those that `create` work only once, so the state grows with each."""

    name: str
    title: str
    requests: tuple[Request, ...]
    create: bool = False
    # Requests per second of the mock over those of another server: what it means to reach, at least.
    reach: tuple[tuple[str, float], ...] = ()

    def reach_against(self, server: str) -> float | None:
        return dict(self.reach).get(server)


NAMES = ("list", "page", "one", "post")
REACH_P99_MS = 10.0


def page(number: int, size: int) -> Request:
    return Request("GET", f"{PARTICIPANTS}?page%5Bpage%5D={number}&page%5Bper_page%5D={size}")


def filtered(name: str, value: str) -> Request:
    return Request("GET", f"{PARTICIPANTS}?filter%5B{name}%5D={value}")


def workloads(participant_id: str, declarations: tuple[Request, ...]) -> tuple[Workload, ...]:
    """The four workloads that every server is compared by."""
    one = Request("GET", f"{PARTICIPANTS}/{participant_id}")
    return (
        Workload("list", "List of 100 records", (FIRST_PAGE,), reach=((PRISM, 7), (BARE, 0.4))),
        Workload(
            "page",
            "List of 100 records, with page[page] and page[per_page]",
            (page(1, 100),),
            reach=((BARE, 0.25),),
        ),
        Workload("one", "One record", (one,), reach=((PRISM, 4), (BARE, 0.35))),
        Workload("post", "POST of a new declaration", declarations, True, reach=((PRISM, 3.5), (BARE, 0.3))),
    )


def all_participants(connection: Connection) -> Iterator[dict[str, Any]]:
    """Every record that the provider sees, read page by page."""
    number = 1
    while records := connection.ask(page(number, LARGEST_PAGE)).json()["data"]:
        yield from records
        number += 1


def new_declarations(connection: Connection) -> Iterator[Request]:
    """Declarations that the mock must accept, each a different one: active participants, free slots.

    Each participant is declared for from `started` to `completed`, so that the types change all the time.
    """
    taken = {(attributes["participant_id"], attributes["declaration_type"]) for attributes in _declared(connection)}
    for record in all_participants(connection):
        attributes = record["attributes"]
        on = schedule(int(attributes["cohort"]), attributes["schedule_identifier"])
        if on is None or (attributes["training_status"], attributes["status"]) != ("active", "active"):
            continue
        for declaration_type, milestone in on.milestones.items():
            if (record["id"], declaration_type) in taken:
                continue
            body = {
                "participant_id": record["id"],
                "declaration_type": declaration_type,
                "declaration_date": f"{milestone.opens:%Y-%m-%dT09:00:00Z}",
                "course_identifier": COURSES[attributes["participant_type"]],
            }
            # The contract has no evidence in the first of the types.
            if declaration_type != DECLARATION_TYPES[0]:
                body["evidence_held"] = EVIDENCE_HELD[0]
            yield Request("POST", DECLARATIONS, _json(body))


def _declared(connection: Connection) -> Iterator[dict[str, Any]]:
    number = 1
    while True:
        path = f"{DECLARATIONS}?page%5Bpage%5D={number}&page%5Bper_page%5D={LARGEST_PAGE}"
        records = connection.ask(Request("GET", path)).json()["data"]
        if not records:
            return
        yield from (record["attributes"] for record in records)
        number += 1


def _json(attributes: dict[str, str]) -> str:
    return json.dumps({"data": {"type": "participant-declaration", "attributes": attributes}})
