"""What v3 says of its lists, and the changes that a provider can make and undo on one day (rules 3 to 5)."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from mock_server.harness.check.records import (
    Act,
    CheckedList,
    Creation,
    ListFilter,
    Lists,
    Record,
    RecordRequest,
    Records,
    Refusal,
    Since,
)
from mock_server.harness.check.transport import UNKNOWN_ID
from mock_server.harness.v3.check.behaviour.acts import RESCHEDULE
from mock_server.harness.v3.check.behaviour.milestones import evidence_of
from mock_server.harness.v3.check.bench import COURSES, DECLARE, VOID, body
from mock_server.rules.moments import format_moment, parse_rfc3339
from mock_server.v3.domain.schedules import COHORTS, schedules_of
from mock_server.v3.domain.vocabulary import DECLARATION_TYPES

_PARTICIPANTS, _DECLARATIONS = "participants", "declarations"
# Cohorts in which declarations are made and nobody froze the payments (schedules 1).
_OPEN: Final = ("2023", "2024", "2025", "2026")


def _attribute(name: str) -> Callable[[Record], Sequence[str]]:
    return lambda record: [str(record["attributes"][name])]


def _entries(record: Record) -> list[dict[str, Any]]:
    return list(record["attributes"]["ecf_enrolments"])


def _cohorts(record: Record) -> list[str]:
    return list(dict.fromkeys(entry["cohort"] for entry in _entries(record)))


_SINCE: Final = Since(
    "filter[updated_since]",
    lambda record: str(record["attributes"]["updated_at"]),
    inclusive=True,
    sorts=False,
    decoded_twice=True,
)


def _listing(name: str, many: str, one: str, *filters: ListFilter) -> CheckedList:
    return CheckedList(
        name=name,
        operation=many,
        same=(),
        csv=(),
        row=lambda record: [],
        one=one,
        one_knows_all=True,
        one_is_filtered=False,
        filters=filters,
        since=_SINCE,
    )


_BY_PARTNER: Final = ListFilter(
    "filter[delivery_partner_id]", _attribute("delivery_partner_id"), unknown=UNKNOWN_ID, several=True
)
_BY_COHORT: Final = ListFilter("filter[cohort]", _attribute("cohort"), unknown="1999", several=True)

_LISTINGS: Final = (
    _listing(
        _PARTICIPANTS,
        "getParticipants",
        "getParticipant",
        ListFilter("filter[cohort]", _cohorts, unknown="1999", several=True),
    ),
    _listing(
        _DECLARATIONS,
        "getDeclarations",
        "getDeclaration",
        ListFilter("filter[participant_id]", _attribute("participant_id"), unknown=UNKNOWN_ID, several=True),
        _BY_PARTNER,
    ),
    _listing("partnerships", "getPartnerships", "getPartnership", _BY_COHORT, _BY_PARTNER),
    # One cohort's, which the query must name.
    _listing("schools", "getSchools", "getSchool", ListFilter("filter[urn]", _attribute("urn"), unknown="999999")),
    _listing("statements", "getStatements", "getStatement", _BY_COHORT),
    _listing("transfers", "getTransfers", "getTransfer"),
    _listing("unfunded mentors", "getUnfundedMentors", "getUnfundedMentor"),
)


# -- changes that a provider can undo on the same day ------------------------------------------------


def _only(role: str) -> Callable[[Record, Lists], bool]:
    """Somebody in training in this role alone, in an open cohort."""

    def fits(record: Record, lists: Lists) -> bool:
        entries = _entries(record)
        return len(entries) == 1 and _trains(entries[0], role)

    return fits


def _trains(entry: Mapping[str, Any], role: str) -> bool:
    return bool(
        entry["participant_type"] == role
        and entry["training_status"] == entry["participant_status"] == "active"
        and entry["cohort"] in _OPEN
        and entry["induction_end_date"] is None
        and entry["mentor_funding_end_date"] is None
    )


def _undeclared(role: str) -> Callable[[Record, Lists], bool]:
    """On the first day of a training period its declarations would bind the schedule (rules 5.6, row 8)."""

    def fits(record: Record, lists: Lists) -> bool:
        declared = {each["attributes"]["participant_id"] for each in lists[_DECLARATIONS]}
        return _only(role)(record, lists) and record["id"] not in declared

    return fits


def _course(record: Record) -> str:
    return COURSES[_entries(record)[0]["participant_type"]]


def _other_than(identifier: str) -> str:
    return "ecf-standard-january" if identifier == "ecf-extended-september" else "ecf-extended-september"


def _reschedules(role: str, who: str) -> Act:
    # Undoing needs the first schedule.
    before: dict[str, str] = {}

    def other(record: Record) -> str:
        first = before.setdefault(record["id"], _entries(record)[0]["schedule_identifier"])
        return _other_than(first)

    def back(record: Record) -> str:
        return before[record["id"]]

    def call(identifier: Callable[[Record], str]) -> RecordRequest:
        return RecordRequest(
            (RESCHEDULE,),
            lambda record: body(schedule_identifier=identifier(record), course_identifier=_course(record)),
            lambda record: {"ecf_enrolments": [{**_entries(record)[0], "schedule_identifier": identifier(record)}]},
            ("schedule-differs",),
        )

    says = f"A change of {who}'s schedule and the change back show in every view."
    return Act(says, _PARTICIPANTS, _undeclared(role), call(other), call(back))


def _declarations(record: Record, lists: Lists) -> list[Any]:
    """A declaration of each type that the participant's schedule has and that nobody has declared yet."""
    entry = _entries(record)[0]
    role, cohort = entry["participant_type"], entry["cohort"]
    if cohort not in COHORTS:
        return []
    own = [each["attributes"] for each in lists[_DECLARATIONS] if each["attributes"]["participant_id"] == record["id"]]
    newest = max(str(each["attributes"]["updated_at"]) for each in lists[_PARTICIPANTS])
    made = []
    for kind, milestone in schedules_of(cohort)[entry["schedule_identifier"]].milestones.items():
        date = f"{milestone.start + timedelta(days=1)}T10:30:00Z"
        allowed = role == "ect" or cohort < "2025" or kind in ("started", "completed")
        # A mentor's completion would end the training.
        declared = {each["declaration_type"] for each in own}
        fits = date < newest and _in_order(kind, date, own)
        if allowed and fits and kind not in declared and kind != "completed":
            made.append(
                body(
                    participant_id=record["id"],
                    declaration_type=kind,
                    declaration_date=date,
                    course_identifier=_course(record),
                    evidence_held=evidence_of(cohort, kind),
                )
            )
    return made


def _in_order(kind: str, date: str, own: Sequence[Mapping[str, Any]]) -> bool:
    """Whether no earlier type is dated later, and no later type earlier (rules 5.8, row 18)."""
    place = DECLARATION_TYPES.index(kind)
    others = [(DECLARATION_TYPES.index(each["declaration_type"]), str(each["declaration_date"])) for each in own]
    return all(at <= date if other < place else at >= date for other, at in others)


def _declared(sent: Any) -> Mapping[str, Any]:
    shown = ("participant_id", "declaration_type", "course_identifier", "declaration_date")
    return {name: sent["data"]["attributes"][name] for name in shown} | {"ineligible_for_funding_reason": None}


def _with(sent: Any, **attributes: Any) -> Any:
    return {"data": {**sent["data"], "attributes": {**sent["data"]["attributes"], **attributes}}}


def _a_second_later(sent: Any) -> Any:
    at = parse_rfc3339(sent["data"]["attributes"]["declaration_date"])
    assert at is not None  # noqa: S101 - made above
    return _with(sent, declaration_date=format_moment(at + timedelta(seconds=1)))


def _declares(role: str, who: str) -> Creation:
    return Creation(
        f"A declaration for {who} and its end show in every view, and it is made once.",
        _DECLARATIONS,
        _PARTICIPANTS,
        DECLARE,
        _only(role),
        _declarations,
        _declared,
        _a_second_later,
        ("declaration-type-free",),
        RecordRequest(
            (VOID,),
            lambda record: None,
            lambda record: {"state": "voided", "statement_id": None},
            ("void-not-voided",),
        ),
    )


def _first(record: Record, lists: Lists, **attributes: Any) -> Any:
    made = _declarations(record, lists)
    return _with(made[0], **attributes) if made else None


def _in_2025(role: str) -> Callable[[Record, Lists], bool]:
    return lambda record, lists: _only(role)(record, lists) and _cohorts(record) == ["2025"]


def _refused(says: str, fits: Callable[[Record, Lists], bool], rule: str, **attributes: Any) -> Refusal:
    return Refusal(
        says, _PARTICIPANTS, (DECLARE,), fits, lambda record, lists: _first(record, lists, **attributes), (rule,)
    )


_REFUSALS: Final = (
    _refused(
        "From 2025 on every declaration needs evidence.",
        _in_2025("ect"),
        "declaration-evidence-held",
        evidence_held=None,
    ),
    _refused("So does a mentor's.", _in_2025("mentor"), "declaration-evidence-held", evidence_held=None),
    _refused("Evidence comes from the list.", _in_2025("ect"), "declaration-evidence-held", evidence_held="letter"),
    _refused(
        "A declaration can't be dated before the first day of its milestone.",
        _only("ect"),
        "declaration-date-in-milestone",
        declaration_date="2020-05-31T23:59:59Z",
    ),
    _refused(
        "A declaration date has a time.", _only("ect"), "declaration-date-well-formed", declaration_date="2025-09-15"
    ),
    _refused("A type is one of nine.", _only("mentor"), "declaration-type-listed", declaration_type="finished"),
    Refusal(
        "An ECT can't follow a replacement schedule.",
        _PARTICIPANTS,
        (RESCHEDULE,),
        _undeclared("ect"),
        lambda record, lists: body(schedule_identifier="ecf-replacement-september", course_identifier=_course(record)),
        ("schedule-no-replacement-for-ect",),
    ),
    *(
        Refusal(
            f"The reason to {what} comes from the list.",
            _PARTICIPANTS,
            (f"{what}Participant",),
            _only("ect"),
            lambda record, lists: body(reason="holiday", course_identifier=_course(record)),
            (f"{what}-reason-listed",),
        )
        for what in ("defer", "withdraw")
    ),
)

RECORDS: Final = Records(
    listings=_LISTINGS,
    acts=(_reschedules("ect", "an ECT"), _reschedules("mentor", "a mentor")),
    creations=(_declares("ect", "an ECT"), _declares("mentor", "a mentor")),
    refusals=_REFUSALS,
    # Training with another provider, a frozen cohort or a funding contract that has ended are in no list.
    not_this_one=(("participant_id",), ("cohort",)),
)
