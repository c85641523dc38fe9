"""Records that one way of reading shows otherwise than another, or than what the school entered."""

import unicodedata
from collections.abc import Callable
from datetime import timedelta
from html import escape
from typing import Any

from mock_server.service import Call
from mock_server.v1 import operations
from mock_server.v1 import records as rendering
from mock_server.v1.domain.records import Enrolment
from mock_server.v1.domain.world import World
from tests.mutation.planting import Plant, csv_text, patched
from tests.mutation.plants.v1.lying import (
    CSV_LISTS,
    DECLARATIONS,
    NEWER,
    OLDER,
    Record,
    stale,
    stale_rows,
    told,
)

_OLDER_WRITES = ("deferParticipant", "resumeParticipant", "withdrawParticipant", "changeParticipantSchedule")


def _changed(name: str, change: Callable[[Any], Any], *operations: str) -> Callable[[], None]:
    """Tells another value of an attribute, in JSON."""

    def each(attributes: Record) -> None:
        if attributes.get(name) is not None:
            attributes[name] = change(attributes[name])

    return told(each, *operations)


def _everywhere(name: str, change: Callable[[Enrolment, Any], Any]) -> Callable[[], None]:
    """Tells another value of a participant's attribute, in JSON and CSV."""
    place = rendering.PARTICIPANT_ATTRIBUTES.index(name)

    def make(original: Any) -> Any:
        def participant_values(enrolment: Enrolment) -> tuple[Any, ...]:
            values = list(original(enrolment))
            values[place] = change(enrolment, values[place])
            return tuple(values)

        return participant_values

    return patched(rendering, "participant_values", make)


def _of_declarations(name: str, change: Callable[[Any, Any], Any]) -> Callable[[], None]:
    place = rendering.DECLARATION_ATTRIBUTES.index(name)

    def make(original: Any) -> Any:
        def declaration_values(declaration: Any) -> tuple[Any, ...]:
            values = list(original(declaration))
            values[place] = change(declaration, values[place])
            return tuple(values)

        return declaration_values

    return patched(rendering, "declaration_values", make)


def _without_accents(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def _british(moment: Any) -> Any:
    """British summer time written as if it were UTC."""
    return moment + timedelta(hours=1) if moment and 4 <= moment.month <= 9 else moment


def _swapped(attributes: Record) -> None:
    if "pupil_premium_uplift" in attributes:
        uplifts = attributes["sparsity_uplift"], attributes["pupil_premium_uplift"]
        attributes["pupil_premium_uplift"], attributes["sparsity_uplift"] = uplifts


def _stale_after_void(original: Any) -> Any:
    """A void leaves `updated_at` as it was."""

    def void(self: World, declaration: Any, now: Any) -> None:
        original(self, declaration, declaration.updated_at)

    return void


def _forgotten_on_the_older_paths() -> None:
    """The older paths answer a report that isn't saved."""
    original = operations.OPERATIONS["deferParticipant"]

    def defer(call: Call) -> Any:
        enrolment = call.world.enrolment(call.slug, call.path_id)
        before = enrolment and enrolment.training_status
        answer = original(call)
        enrolment.training_status, enrolment.rendered = before, None
        return answer

    operations.OPERATIONS["deferParticipant"] = defer


def _person_kept(name: str) -> Callable[[], None]:
    """A school's correction of this fact is answered by the control API and never shown to providers."""
    seen: dict[int, Any] = {}

    def change(enrolment: Enrolment, value: Any) -> Any:
        return seen.setdefault(id(enrolment), value)

    return _everywhere(name, change)


def _quoted_never(text: str) -> str:
    return text.replace('"', "")


CONSISTENCY = tuple(
    Plant(f"record-{name}", "a record that isn't what it should be", what, plant)
    for name, what, plant in (
        ("list-schedule", "The list shows a stale schedule.", stale("schedule_identifier", NEWER, OLDER)),
        ("list-training", "The list shows a stale training status.", stale("training_status", NEWER, OLDER)),
        ("list-moment", "The list shows a stale updated_at.", stale("updated_at", NEWER)),
        ("older-stale", "The older list shows a stale training status.", stale("training_status", OLDER)),
        ("older-moment", "The older list shows a stale updated_at.", stale("updated_at", OLDER)),
        ("list-state", "The list shows a stale state.", stale("state", DECLARATIONS)),
        ("list-voided", "The list shows a stale voided.", stale("voided", DECLARATIONS)),
        ("list-payable", "The list shows a stale eligible_for_payment.", stale("eligible_for_payment", DECLARATIONS)),
        ("list-declared", "The list shows a stale updated_at of declarations.", stale("updated_at", DECLARATIONS)),
        ("single-status", "The single GET shows a stale status.", stale("status", "getEcfParticipant")),
        ("single-mentor", "The single GET shows a stale mentor.", stale("mentor_id", "getEcfParticipant")),
        (
            "single-declared",
            "The single GET shows a stale updated_at.",
            stale("updated_at", "getParticipantDeclaration"),
        ),
        ("csv-stale", "CSV shows stale participants.", stale_rows(CSV_LISTS[0])),
        ("csv-stale-older", "The older CSV shows stale participants.", stale_rows(CSV_LISTS[1])),
        ("csv-stale-declarations", "CSV shows stale declarations.", stale_rows(CSV_LISTS[2])),
        (
            "answer-schedule",
            "An action on an older path answers with a stale schedule.",
            stale("schedule_identifier", *_OLDER_WRITES, "getEcfParticipant"),
        ),
        (
            "answer-moment",
            "An action on an older path answers with a stale moment.",
            _changed("updated_at", lambda _: "2021-09-08T09:00:00Z", *_OLDER_WRITES),
        ),
        ("older-forgets", "A deferral on the older path isn't saved.", _forgotten_on_the_older_paths),
        ("void-moment", "A void doesn't move updated_at.", patched(World, "void", _stale_after_void)),
        ("uplifts-swapped", "The two uplifts are swapped.", told(_swapped)),
        (
            "uplifts-csv",
            "CSV shows no sparsity uplift.",
            csv_text(lambda text: text.replace(",true,true,", ",true,false,")),
        ),
        ("uplift-stale", "A change of uplifts isn't shown.", _person_kept("sparsity_uplift")),
        (
            "false-null",
            "A false eligible_for_funding is null.",
            _everywhere("eligible_for_funding", lambda _, value: value or None),
        ),
        (
            "unvalidated-null",
            "A false teacher_reference_number_validated is null.",
            _everywhere("teacher_reference_number_validated", lambda _, value: value or None),
        ),
        (
            "null-false",
            "An undecided eligible_for_funding is false.",
            _everywhere("eligible_for_funding", lambda _, value: bool(value)),
        ),
        (
            "email-hidden",
            "The email of somebody whom the school removed is hidden.",
            _everywhere("email", lambda enrolment, value: None if enrolment.status == "withdrawn" else value),
        ),
        (
            "email-withdrawn",
            "The email of somebody who left the course is hidden.",
            _everywhere("email", lambda enrolment, value: None if enrolment.training_status == "withdrawn" else value),
        ),
        ("email-lower", "Emails are in lower case.", _everywhere("email", lambda _, value: value and value.lower())),
        ("name-cut", "Names are cut after 40 characters.", _everywhere("full_name", lambda _, value: value[:40])),
        ("name-accents", "Names lose their accents.", _everywhere("full_name", lambda _, v: _without_accents(v))),
        (
            "name-decomposed",
            "Accents come as characters of their own.",
            _everywhere("full_name", lambda _, value: unicodedata.normalize("NFD", value)),
        ),
        ("name-comma", "Names lose what follows a comma.", _everywhere("full_name", lambda _, v: v.partition(",")[0])),
        ("name-escaped", "Names are escaped for HTML.", _changed("full_name", escape)),
        ("name-csv", "CSV loses the quotes in names.", csv_text(_quoted_never)),
        ("name-latin", "CSV replaces what isn't ASCII.", csv_text(lambda t: t.encode("ascii", "replace").decode())),
        ("name-title", "Names are written in title case.", _everywhere("full_name", lambda _, value: value.title())),
        (
            "trn-number",
            "A TRN loses its leading zero.",
            _everywhere("teacher_reference_number", lambda _, v: v and v.lstrip("0").rjust(7, "1")),
        ),
        ("urn-first", "Everybody is at the same school.", _everywhere("school_urn", lambda *_: "123456")),
        (
            "mentor-course",
            "A mentor's declarations are for the ECTs' course.",
            _of_declarations("course_identifier", lambda *_: "ecf-induction"),
        ),
        (
            "declared-midnight",
            "declaration_date loses its time.",
            _of_declarations("declaration_date", lambda _, value: value.replace(hour=0, minute=0, second=0)),
        ),
        (
            "declared-summer",
            "declaration_date is British time in summer.",
            _of_declarations("declaration_date", lambda _, value: _british(value)),
        ),
        (
            "changed-summer",
            "A participant's updated_at is British time in summer.",
            _everywhere("updated_at", lambda _, value: _british(value)),
        ),
        (
            "payable-unpaid",
            "A payable declaration isn't eligible for payment.",
            _of_declarations("eligible_for_payment", lambda declaration, _: declaration.state == "eligible"),
        ),
        (
            "voided-clawback",
            "A declaration awaiting clawback counts as voided.",
            _of_declarations("voided", lambda d, _: d.state in ("voided", "awaiting-clawback", "clawed-back")),
        ),
        (
            "cohort-year",
            "The single GET shows the current year for the cohort.",
            _changed("cohort", lambda _: "2022", "getEcfParticipant"),
        ),
    )
)
