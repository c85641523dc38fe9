"""What v1 says of its lists, and the changes that a provider can make and undo (rules 5 and 6)."""

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
from mock_server.harness.v1.check.bench import body
from mock_server.rules.moments import format_moment, parse_rfc3339
from mock_server.v1.domain.schedules import schedule

_PARTICIPANTS, _DECLARATIONS = "participants", "declarations"
_NOBODY = "00000000-0000-4000-8000-000000000000"


def _attribute(name: str) -> Callable[[Record], Sequence[str]]:
    return lambda record: [str(record["attributes"][name])]


def _row(record: Record) -> list[str]:
    return [record["id"], *(_cell(value) for value in record["attributes"].values())]


def _cell(value: object) -> str:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _changed(record: Record) -> str:
    return str(record["attributes"]["updated_at"])


def _since(*, inclusive: bool, sorts: bool) -> Since:
    return Since("filter[updated_since]", _changed, inclusive, sorts)


_LISTINGS = (
    CheckedList(
        name=_PARTICIPANTS,
        operation="listEcfParticipants",
        same=("listParticipants",),
        csv=("listEcfParticipantsCsv", "listParticipantsCsv"),
        row=_row,
        one="getEcfParticipant",
        one_knows_all=True,
        one_is_filtered=True,
        filters=(ListFilter("filter[cohort]", _attribute("cohort"), unknown="1999", several=True),),
        since=_since(inclusive=True, sorts=True),
    ),
    CheckedList(
        name=_DECLARATIONS,
        operation="listParticipantDeclarations",
        same=(),
        csv=("listParticipantDeclarationsCsv",),
        row=_row,
        one="getParticipantDeclaration",
        # The list alone shows what earlier providers declared.
        one_knows_all=False,
        one_is_filtered=False,
        filters=(ListFilter("filter[participant_id]", _attribute("participant_id"), unknown=_NOBODY),),
        since=_since(inclusive=False, sorts=False),
    ),
)


def _course(record: Record) -> dict[str, str]:
    mentor = record["attributes"]["participant_type"] == "mentor"
    return {"course_identifier": "ecf-mentor" if mentor else "ecf-induction"}


def _active(kind: str) -> Callable[[Record, Lists], bool]:
    def fits(record: Record, lists: Lists) -> bool:
        found = record["attributes"]
        return bool(found["participant_type"] == kind and found["status"] == found["training_status"] == "active")

    return fits


def _undeclared(kind: str) -> Callable[[Record, Lists], bool]:
    """A declaration would bind the schedule."""

    def fits(record: Record, lists: Lists) -> bool:
        declared = {each["attributes"]["participant_id"] for each in lists[_DECLARATIONS]}
        return _active(kind)(record, lists) and record["id"] not in declared

    return fits


def _nothing(record: Record) -> Mapping[str, Any]:
    return {}


def _report(name: str, **attributes: Any) -> Callable[[Record], Any]:
    return lambda record: body(f"participant-{name}", **_course(record), **attributes)


def _training(status: str) -> Callable[[Record], Mapping[str, Any]]:
    return lambda record: {"training_status": status}


_DEFER = RecordRequest(
    ("deferEcfParticipant", "deferParticipant"),
    _report("defer", reason="career-break"),
    _training("deferred"),
    ("defer-not-deferred",),
)
_RESUME = RecordRequest(
    ("resumeEcfParticipant", "resumeParticipant"), _report("resume"), _training("active"), ("resume-not-active",)
)


def _breaks(kind: str, who: str) -> Act:
    return Act(f"A break of {who} and its end show in every view.", _PARTICIPANTS, _active(kind), _DEFER, _RESUME)


def _other_than(identifier: str) -> str:
    """Another schedule, without milestone dates, so that no declaration keeps anybody from it."""
    return "ecf-reduced-september" if identifier == "ecf-extended-september" else "ecf-extended-september"


def _reschedules(kind: str, who: str) -> Act:
    # Undoing needs the first schedule: each body is made from the record as it was.
    before: dict[str, str] = {}

    def to_another(record: Record) -> Any:
        before.setdefault(record["id"], record["attributes"]["schedule_identifier"])
        # A number counts as its text.
        cohort = int(record["attributes"]["cohort"])
        other = _other_than(before[record["id"]])
        return body("participant-change-schedule", **_course(record), schedule_identifier=other, cohort=cohort)

    def back(record: Record) -> Any:
        cohort = record["attributes"]["cohort"]
        return body(
            "participant-change-schedule", **_course(record), schedule_identifier=before[record["id"]], cohort=cohort
        )

    operations = ("changeEcfParticipantSchedule", "changeParticipantSchedule")

    def shows(make: Callable[[Record], Any]) -> Callable[[Record], Mapping[str, Any]]:
        return lambda record: {"schedule_identifier": make(record)["data"]["attributes"]["schedule_identifier"]}

    return Act(
        f"A change of {who}'s schedule and the change back show in every view.",
        _PARTICIPANTS,
        _undeclared(kind),
        RecordRequest(operations, to_another, shows(to_another), ("schedule-differs",)),
        RecordRequest(operations, back, shows(back), ("schedule-differs",)),
    )


def _declarations(record: Record, lists: Lists) -> list[Any]:
    """A declaration of each type that the participant's schedule has and that nobody has declared yet."""
    found = record["attributes"]
    its = schedule(int(found["cohort"]), found["schedule_identifier"])
    taken = {
        each["attributes"]["declaration_type"]
        for each in lists[_DECLARATIONS]
        if each["attributes"]["participant_id"] == record["id"]
    }
    newest = max(_changed(each) for each in lists[_PARTICIPANTS])
    made = []
    for kind, milestone in its.milestones.items() if its else ():
        date = f"{milestone.start + timedelta(days=1)}T10:30:00Z"
        if kind not in taken and date < newest:
            evidence = {} if kind == "started" else {"evidence_held": "other"}
            made.append(
                body(
                    "participant-declaration",
                    participant_id=record["id"],
                    declaration_type=str(kind),
                    declaration_date=date,
                    **_course(record),
                    **evidence,
                )
            )
    return made


def _declared(sent: Any) -> Mapping[str, Any]:
    shown = ("participant_id", "declaration_type", "course_identifier", "declaration_date")
    return {name: sent["data"]["attributes"][name] for name in shown} | {"voided": False, "has_passed": None}


def _with(sent: Any, **attributes: Any) -> Any:
    return {"data": {**sent["data"], "attributes": {**sent["data"]["attributes"], **attributes}}}


def _a_second_later(sent: Any) -> Any:
    at = parse_rfc3339(sent["data"]["attributes"]["declaration_date"])
    assert at is not None  # noqa: S101 - made above
    return _with(sent, declaration_date=format_moment(at + timedelta(seconds=1)))


_VOID = RecordRequest(
    ("voidParticipantDeclaration",),
    lambda record: None,
    lambda record: {"state": "voided", "voided": True, "eligible_for_payment": False},
    ("declaration-voidable",),
)


def _declares(kind: str, who: str) -> Creation:
    return Creation(
        f"A declaration for {who} and its end show in every view, and it is made once.",
        _DECLARATIONS,
        _PARTICIPANTS,
        "createParticipantDeclaration",
        _active(kind),
        _declarations,
        _declared,
        _a_second_later,
        ("declaration-slot-free",),
        _VOID,
    )


def _one(record: Record, lists: Lists, **attributes: Any) -> Any:
    made = _declarations(record, lists)
    return _with(made[0], **attributes) if made else None


def _later_one(record: Record, lists: Lists, **attributes: Any) -> Any:
    """Of a type that needs evidence."""
    made = [
        each for each in _declarations(record, lists) if each["data"]["attributes"]["declaration_type"] != "started"
    ]
    return _with(made[0], **attributes) if made else None


def _refused_declaration(says: str, kind: str, make: Any, *rules: str, **headers: str) -> Refusal:
    return Refusal(says, _PARTICIPANTS, ("createParticipantDeclaration",), _active(kind), make, rules, headers)


def _for_no_reason(what: str) -> Callable[[Record, Lists], Any]:
    return lambda record, lists: body(f"participant-{what}", **_course(record), reason="holiday")


_RESCHEDULE = ("changeEcfParticipantSchedule", "changeParticipantSchedule")

_REFUSALS = (
    *(
        _refused_declaration(
            f"A declaration for {who} needs evidence, if it isn't the first.",
            kind,
            lambda record, lists: _later_one(record, lists, evidence_held=None),
            "declaration-evidence-held",
        )
        for kind, who in (("ect", "an ECT"), ("mentor", "a mentor"))
    ),
    _refused_declaration(
        "Evidence comes from the list.",
        "mentor",
        lambda record, lists: _later_one(record, lists, evidence_held="letter"),
        "declaration-evidence-held",
    ),
    *(
        _refused_declaration(
            f"A declaration for {who} can't be dated before the first day of its milestone.",
            kind,
            lambda record, lists: _one(record, lists, declaration_date="2021-05-31T23:59:59Z"),
            "declaration-date-in-milestone",
        )
        for kind, who in (("ect", "an ECT"), ("mentor", "a mentor"))
    ),
    _refused_declaration(
        "A declaration can't be dated after the server's clock, which X-With-Server-Date sets.",
        "ect",
        _one,
        "declaration-date-not-future",
        **{"x-with-server-date": "2021-06-01T00:00:00Z"},
    ),
    _refused_declaration(
        "A declaration date is a text.",
        "ect",
        lambda record, lists: _one(record, lists, declaration_date=20211120),
        "declaration-date-well-formed",
    ),
    Refusal(
        "An ECT can't follow a replacement schedule.",
        _PARTICIPANTS,
        _RESCHEDULE,
        _undeclared("ect"),
        lambda record, lists: body(
            "participant-change-schedule",
            **_course(record),
            schedule_identifier="ecf-replacement-september",
            cohort=record["attributes"]["cohort"],
        ),
        ("schedule-permitted-for-course",),
    ),
    Refusal(
        "A participant can't change the cohort.",
        _PARTICIPANTS,
        _RESCHEDULE,
        _undeclared("ect"),
        lambda record, lists: body(
            "participant-change-schedule",
            **_course(record),
            schedule_identifier=_other_than(record["attributes"]["schedule_identifier"]),
            cohort=str(int(record["attributes"]["cohort"]) + 1),
        ),
        ("schedule-cohort-unchanged",),
    ),
    *(
        Refusal(
            f"The reason for a {what} comes from the list.",
            _PARTICIPANTS,
            operations,
            _active("mentor"),
            _for_no_reason(what),
            (f"{what}-reason-listed",),
        )
        for what, operations in (
            ("defer", ("deferEcfParticipant", "deferParticipant")),
            ("withdraw", ("withdrawEcfParticipant", "withdrawParticipant")),
        )
    ),
)

RECORDS: Final = Records(
    listings=_LISTINGS,
    acts=(
        _breaks("ect", "an ECT"),
        _breaks("mentor", "a mentor"),
        _reschedules("ect", "an ECT"),
        _reschedules("mentor", "a mentor"),
    ),
    creations=(_declares("ect", "an ECT"), _declares("mentor", "a mentor")),
    refusals=_REFUSALS,
    dated_by="X-With-Server-Date",
    # The school has removed the participant where they are now, which no record shows.
    not_this_one=(("participant_id", "course_identifier"), ("course_identifier", "participant_id")),
)
