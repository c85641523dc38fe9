"""What Schemathesis is fed with: ids that exist, dates that can be declared, and its configuration."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mock_server.harness.check.bench import CLOCK, OWN, Sender, World
from mock_server.harness.scenarios.target import TIMEOUT_SECONDS
from mock_server.http.contract import operations
from mock_server.resources import specification
from mock_server.v1.domain.schedules import DEFAULT_SCHEDULE, FIRST_COHORT, schedule

_MOST_IDS = 40
OPEN_ENDED = "ecf-extended-september"
OWN_USER, PEER_USER = "own", "peer"


@dataclass(frozen=True, slots=True)
class Feed:
    """Values for parameters and attributes, by the name of what they are."""

    values: Mapping[str, list[str]]


def gather(world: World) -> Feed:
    """What the own provider's lists show at present."""
    participants = sorted(_records(world.own, "listEcfParticipants"), key=_hopeless)
    declarations = _records(world.own, "listParticipantDeclarations")
    teachers = [r["id"] for r in participants if r["attributes"]["participant_type"] == "ect"]
    mentors = [r["id"] for r in participants if r["attributes"]["participant_type"] == "mentor"]
    found = {
        # One mentor in five, as many as requests for the mentors' course.
        "participants": teachers[:32] + mentors[:8],
        "declarations": [r["id"] for r in declarations][-_MOST_IDS:],
        "courses": ["ecf-induction"] * 4 + ["ecf-mentor"],
        "cohorts": sorted({r["attributes"]["cohort"] for r in participants}),
        "declaration_dates": _declaration_dates(),
        # Who comes back must be on a break.
        "deferred": [r["id"] for r in participants if r["attributes"]["training_status"] == "deferred"],
        "moments": sorted({r["attributes"]["updated_at"] for r in participants})[-_MOST_IDS:],
        # The contract's pattern lets days through that no month has.
        "server_dates": [CLOCK, "2023-04-15T10:30:00+01:00", "2023-03-20T12:00:00.5Z"],
    }
    return Feed({name: values for name, values in found.items() if values})


def _hopeless(participant: dict[str, Any]) -> bool:
    """Whether fewer requests about the participant are accepted than about others."""
    found = participant["attributes"]
    active = found["status"] == found["training_status"] == "active"
    return not active or found["schedule_identifier"] != OPEN_ENDED


def populate(world: World) -> None:
    """Adds people for whom most of what is made up can be declared: their milestones have no end."""
    for training_status, count in (("active", 6), ("deferred", 2)):
        for kind in ("ect", "ect", "ect", "ect", "mentor") * count:
            world.control.v1.add_participant(
                provider=OWN,
                participant_type=kind,
                cohort=str(FIRST_COHORT),
                schedule_identifier=OPEN_ENDED,
                training_status=training_status,
                eligible_for_funding=True,
            )


def _records(own: Sender, operation: str) -> list[dict[str, Any]]:
    return own.records(operation, page__per_page=200)


def _declaration_dates() -> list[str]:
    """A date in each milestone of the schedule that most participants are on."""
    found = schedule(FIRST_COHORT, DEFAULT_SCHEDULE)
    assert found is not None  # noqa: S101 - the first cohort is published
    dates = {f"{milestone.start.replace(day=20)}T09:00:00Z" for milestone in found.milestones.values()}
    return sorted(dates)


_SERVER_DATE = "header.X-With-Server-Date"

# Where the values go, and how often they are taken instead of something made up. `[parameters]` of Schemathesis.
_EVERYWHERE = {
    "query.filter[cohort]": ("cohorts", 0.6),
    "query.filter[updated_since]": ("moments", 0.6),
    "query.filter[participant_id]": ("participants", 0.8),
    _SERVER_DATE: ("server_dates", 1.0),
    "body.data.attributes.participant_id": ("participants", 0.9),
    "body.data.attributes.course_identifier": ("courses", 0.9),
    "body.data.attributes.cohort": ("cohorts", 0.9),
    "body.data.attributes.declaration_date": ("declaration_dates", 0.9),
}


def configuration(
    feed: Feed, world: World, folder: Path, *, phase: str, seed: int, max_examples: int
) -> dict[str, Any]:
    """The configuration of one phase, in the shape of `schemathesis.toml`. `folder` takes the tokens."""
    return {
        "seed": seed,
        "continue-on-failure": True,
        "request-timeout": TIMEOUT_SECONDS,
        "cache": {"enabled": False},
        # Whole answers, for our own checks as well.
        "output": {"truncation": {"max-recorded-payload-size": 0}},
        "phases": {
            **{name: {"enabled": name == phase} for name in ("examples", "coverage", "fuzzing")},
            # The contract's own links, not those that could be guessed from its names.
            "stateful": {"enabled": phase == "stateful", "inference": {"algorithms": []}},
        },
        "generation": {"max-examples": max_examples, "database": "none", "no-shrink": False},
        # 401, 403, 409 and 429 are no answers to a good request with a good token; for 422 see `verdicts`.
        "checks": {"positive_data_acceptance": {"expected-statuses": ["2xx", "404"]}},
        "auth": {"wfc": {"path": str(_users(world, folder)), "user": OWN_USER, **_peers(world)}},
        "dictionaries": {name: {"values": values} for name, values in feed.values.items()},
        "parameters": _bound(_EVERYWHERE, feed) | _server_date(phase),
        "operations": [
            {
                "include-operation-id": operation.id,
                "parameters": _bound({"path.id": (_who(operation.path), 0.9)}, feed),
            }
            for operation in operations(specification("v1"))
            if "{id}" in operation.path
        ],
    }


def _server_date(phase: str) -> dict[str, str]:
    """In the phase `coverage` a dictionary isn't asked, and `0` is what it makes of the pattern."""
    return {_SERVER_DATE: CLOCK} if phase == "coverage" else {}


def _who(path: str) -> str:
    if "declarations" in path:
        return "declarations"
    return "deferred" if path.endswith("/resume") else "participants"


def _bound(bindings: Mapping[str, tuple[str, float]], feed: Feed) -> dict[str, Any]:
    return {
        key: {"dictionary": name, "probability": probability}
        for key, (name, probability) in bindings.items()
        if name in feed.values
    }


def _peers(world: World) -> dict[str, list[str]]:
    return {"peers": [OWN_USER, PEER_USER]} if world.peer else {}


def _users(world: World, folder: Path) -> Path:
    """A file with the tokens, in the form that Schemathesis compares two users by (Web Fuzzing Commons)."""
    senders = {OWN_USER: world.own, PEER_USER: world.peer}
    document = {
        "auth": [
            {"name": name, "fixedHeaders": [{"name": "Authorization", "value": f"Bearer {sender.token}"}]}
            for name, sender in senders.items()
            if sender is not None
        ]
    }
    file = folder / "users.json"
    file.write_text(json.dumps(document), "utf-8")
    return file
