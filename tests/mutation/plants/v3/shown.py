"""Attributes whose value is wrong, though it fits the schema (rules 3)."""

import unicodedata
from collections.abc import Callable
from typing import Any

from mock_server.v3 import operations
from mock_server.v3 import records as rendering
from mock_server.v3.domain import derived, settling
from mock_server.v3.domain.records import Declaration, School
from tests.mutation.planting import Plant, patched, records
from tests.mutation.plants.v3.answers import of


def _swapped(attributes: dict[str, Any]) -> None:
    for entry in attributes.get("ecf_enrolments", ()):
        names = "pupil_premium_uplift", "sparsity_uplift"
        entry[names[0]], entry[names[1]] = entry[names[1]], entry[names[0]]


def _plain(name: str) -> str:
    decomposed = unicodedata.normalize("NFKD", name)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def _entry(change: Callable[[dict[str, Any]], None]) -> Callable[[], None]:
    def changed(attributes: dict[str, Any]) -> None:
        for entry in attributes.get("ecf_enrolments", ()):
            change(entry)

    return records(changed)


def _paused(entry: dict[str, Any]) -> None:
    """A withdrawal doesn't hide what the deferral was."""
    if entry["withdrawal"]:
        entry["deferral"] = {"reason": "other", "date": entry["withdrawal"]["date"]}


def _underscores(entry: dict[str, Any]) -> None:
    if entry["deferral"]:
        entry["deferral"]["reason"] = "career-break"


def _record(kind: str, change: Callable[[dict[str, Any]], None]) -> Callable[[], None]:
    """Plants a change in records that have the attribute `kind`."""
    return records(lambda attributes: change(attributes) if kind in attributes else None)


def _current_partner(original: Any) -> Any:
    def declaration_values(world: Any, declaration: Declaration) -> dict[str, Any]:
        values: dict[str, Any] = original(world, declaration)
        partnership = declaration.training.partnership
        if partnership is not None:
            values["delivery_partner_id"] = partnership.delivery_partner.id
        return values

    return declaration_values


def _own_stay(original: Any) -> Any:
    """The working pattern of the first stay and not of the latest."""

    def working_pattern(teacher: Any) -> Any:
        stays = teacher.stays_as("ect")
        return stays[0].working_pattern if stays else None

    return working_pattern


def _latest_creation(original: Any) -> Any:
    return lambda teacher, role: max(stay.created_at for stay in teacher.stays if stay.role == role)


def _no_fallback(original: Any) -> Any:
    return property(lambda self: self.induction_tutor_email)


def _told_anyway(original: Any) -> Any:
    return lambda record, interested: original(record, interested=True)


def _of_all_schools(original: Any) -> Any:
    """Uplifts of cohorts that pay none, too."""

    def uplifts(partnership: Any, cohort: Any) -> tuple[bool, bool]:
        row = partnership.school.uplifts.get(partnership.cohort)
        return (False, False) if row is None else (row.pupil_premium, row.sparsity)

    return uplifts


def _outcome_only(original: Any) -> Any:
    return lambda teacher: next((each.finished_on for each in teacher.inductions if each.outcome), None)


def _running_end(original: Any) -> Any:
    """The last end that there is, though another period runs."""
    return lambda teacher: max((each.finished_on for each in teacher.inductions if each.finished_on), default=None)


def _any_mentor(original: Any) -> Any:
    return lambda stay, today: stay.mentorships[0] if stay.mentorships else None


def _withdrawn_first(original: Any) -> Any:
    return lambda training: "deferred" if training.deferred_at is not None else original(training)


def _school_of_transfer(attributes: dict[str, Any]) -> None:
    for each in attributes["transfers"]:
        if each["joining"]:
            each["joining"]["school_urn"] = each["leaving"]["school_urn"]


VALUES = tuple(
    Plant(f"value-{name}", "a record that isn't what it should be", what, plant)
    for name, what, plant in (
        ("uplifts", "The two uplifts are swapped.", records(_swapped)),
        ("uplift-cohort", "Cohorts that pay no uplifts show them.", patched(derived, "uplifts", _of_all_schools)),
        ("eligible", "eligible_for_funding is false where it is null.", of("eligible_for_funding", bool)),
        ("email", "Addresses are hidden.", of("email", lambda _: None)),
        ("name-cut", "Names end after 40 characters.", of("full_name", lambda name: name[:40])),
        ("name-plain", "Names lose their accents.", of("full_name", _plain)),
        (
            "mentor-first",
            "mentor_id is the first mentor whom the ECT had.",
            patched(settling, "shown_mentorship", _any_mentor),
        ),
        ("deferral", "A withdrawal shows a deferral, too.", _entry(_paused)),
        ("reason", "Every deferral is a career break.", _entry(_underscores)),
        (
            "deferred",
            "Who was deferred before the withdrawal is deferred.",
            patched(derived, "training_status", _withdrawn_first),
        ),
        (
            "created",
            "An entry is as old as the latest stay.",
            patched(derived, "enrolment_created_at", _latest_creation),
        ),
        ("pattern", "The working pattern is that of the first stay.", patched(derived, "working_pattern", _own_stay)),
        (
            "induction-end",
            "The register's completed day is left out.",
            patched(derived, "induction_end_date", _outcome_only),
        ),
        (
            "induction-last",
            "An induction that runs shows the end of the one before.",
            patched(derived, "most_recent_induction_period_end_date", _running_end),
        ),
        ("funding-end", "A mentor's funding end is left out.", of("mentor_funding_end_date", lambda _: None)),
        ("frozen", "Nobody came from a frozen cohort.", of("cohort_changed_after_payments_frozen", lambda _: False)),
        (
            "partner",
            "A declaration shows the delivery partner of today.",
            patched(rendering, "declaration_values", _current_partner),
        ),
        ("statement", "A declaration hides its statement.", of("statement_id", lambda _: None)),
        ("clawback", "A declaration hides its clawback statement.", of("clawback_statement_id", lambda _: None)),
        ("uplift-paid", "uplift_paid is never true.", of("uplift_paid", lambda _: False)),
        ("evidence", "evidence_held is always other.", of("evidence_held", lambda held: held and "other")),
        ("declarer", "Everybody seems to have declared.", of("lead_provider_name", lambda _: "Alder Teaching Network")),
        (
            "tutor",
            "The tutor is told without an expression of interest.",
            patched(operations, "school_json", _told_anyway),
        ),
        ("address", "The school's own address is never shown.", patched(School, "shown_email", _no_fallback)),
        ("in-partnership", "Every school is in partnership.", of("in_partnership", lambda _: True)),
        (
            "choice",
            "A school-led school has not chosen yet.",
            of("induction_programme_choice", lambda choice: "not_yet_known" if choice == "school_led" else choice),
        ),
        ("interest", "Nobody has an expression of interest.", of("expression_of_interest", lambda _: False)),
        (
            "training-count",
            "One participant more is in training.",
            of("participants_currently_training", lambda n: n + 1 if n > 1 else n),
        ),
        (
            "paid",
            "Payable statements count as paid.",
            patched(
                operations,
                "statement_json",
                lambda original: (
                    lambda s: (
                        original(s).replace(b'"paid":false', b'"paid":true') if s.status == "payable" else original(s)
                    )
                ),
            ),
        ),
        ("month", "April is called May.", of("month", lambda month: "May" if month == "April" else month)),
        (
            "transfer-type",
            "A transfer to another provider is one to another school.",
            of("transfer_type", lambda kind: "new_school" if kind == "new_provider" else kind),
        ),
        ("transfer-school", "A transfer joins the school that it leaves.", _record("transfers", _school_of_transfer)),
        ("id-changes", "Merges aren't told.", of("participant_id_changes", lambda _: [])),
        (
            "partner-cohorts",
            "A delivery partner has its latest cohort only.",
            of("cohort", lambda c: c[-1:] if isinstance(c, list) else c),
        ),
    )
)
