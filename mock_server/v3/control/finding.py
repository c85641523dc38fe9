"""Finds the records that a control call names.

An unknown id in the path gives a 404. In the body it gives a 422 with a pointer to it.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, Final, TypeVar

from mock_server.control.problems import ControlCall, Problem, invalid, not_found
from mock_server.http.json_schema import listed
from mock_server.rules.moments import parse_rfc3339
from mock_server.v3.domain.records import Declaration, DeliveryPartner, School, Statement, Teacher
from mock_server.v3.domain.world import World

Found = TypeVar("Found")
Body = Mapping[str, Any]

# Days outside these years are mistakes, and too near the ends of the calendar.
FIRST_DAY: Final = date(1950, 1, 1)
LAST_DAY: Final = date(2199, 12, 31)


def _named(records: Mapping[str, Found], what: str, id: str) -> Found:
    found = records.get(id.lower())
    if found is None:
        raise not_found(what, id)
    return found


def teacher(world: World, call: ControlCall) -> Teacher:
    return _named(world.teachers, "participant", call.path_params["id"])


def declaration(world: World, call: ControlCall) -> Declaration:
    return _named(world.declarations, "declaration", call.path_params["id"])


def delivery_partner(world: World, call: ControlCall) -> DeliveryPartner:
    return _named(world.delivery_partners, "delivery partner", call.path_params["id"])


def statement(world: World, call: ControlCall) -> Statement:
    return _named(world.statements, "statement", call.path_params["id"])


def school(world: World, call: ControlCall) -> School:
    return _named(world.schools_by_urn, "school", call.path_params["urn"])


def _given(body: Body, name: str, find: Callable[[str], Found | None], what: str) -> Found | None:
    """The record that a member of the body names. None if the member is missing or null."""
    named = body.get(name)
    if named is None:
        return None
    found = find(named)
    if found is None:
        raise invalid(f"/{name}", f"there is no {what} {named!r} here")
    return found


def given_teacher(world: World, body: Body, name: str) -> Teacher | None:
    return _given(body, name, lambda id: world.teachers.get(id.lower()), "participant")


def given_delivery_partner(world: World, body: Body) -> DeliveryPartner | None:
    return _given(body, "delivery_partner_id", lambda id: world.delivery_partners.get(id.lower()), "delivery partner")


def given_school(world: World, body: Body) -> School | None:
    return _given(body, "school_urn", world.school_by_urn, "school")


def given_provider(world: World, body: Body) -> str | None:
    """The slug of an existing provider."""
    slug: str | None = body.get("provider")
    if slug is not None and slug not in world.providers:
        raise invalid("/provider", f"there is no provider {slug!r}, only {listed(list(world.providers), 'and')}")
    return slug


def given_cohort(world: World, body: Body, name: str = "cohort") -> str | None:
    """The year of an existing cohort."""
    found = _given(body, name, world.cohorts.get, "cohort")
    return None if found is None else found.year


def day(text: str, pointer: str) -> date:
    """The day in the text, whose form the contract has checked."""
    found = date.fromisoformat(text)
    if not FIRST_DAY <= found <= LAST_DAY:
        raise invalid(pointer, f"must be a day from {FIRST_DAY} to {LAST_DAY}")
    return found


def given_day(body: Body, name: str, pointer: str = "") -> date | None:
    """The day in a member of the body. None if the member is missing or null."""
    text = body.get(name)
    return None if text is None else day(text, f"{pointer}/{name}")


def given_moment(body: Body, name: str) -> datetime | None:
    text = body.get(name)
    if text is None:
        return None
    moment = parse_rfc3339(text)
    if moment is None:
        raise invalid(f"/{name}", "must be a moment such as 2026-02-10T09:00:00Z")
    return moment


def conflict(reason: str) -> Problem:
    return Problem(409, "Conflict", reason)
