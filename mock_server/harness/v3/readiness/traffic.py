"""The journal as the requirements of v3 see it."""

from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from typing import Final

from mock_server.harness.readiness import observation, traffic
from mock_server.harness.readiness.bodies import attributes_of, record_in
from mock_server.harness.readiness.observation import Observation
from mock_server.harness.readiness.shown import Asked, Name, ShownRecord, shown_in
from mock_server.http.contract import operations
from mock_server.http.exchange import Refused
from mock_server.sandbox.journal import Entry, Journal
from mock_server.v3.domain.lists import Sort
from mock_server.v3.queries import NO_QUERY, SERVER_DATE, Documented, documented, read_query
from mock_server.v3.service import V3

# The purpose of each operation.
KINDS: Final = {
    "getParticipants": "participants",
    "getParticipant": "participant",
    "changeScheduleParticipant": "change-schedule",
    "deferParticipant": "defer",
    "resumeParticipant": "resume",
    "withdrawParticipant": "withdraw",
    "getTransfers": "transfers",
    "getTransfer": "transfer",
    "createDeclaration": "declare",
    "getDeclarations": "declarations",
    "getDeclaration": "declaration",
    "voidDeclaration": "void",
    "getPartnerships": "partnerships",
    "getPartnership": "partnership",
    "createPartnership": "create-partnership",
    "updatePartnership": "change-partnership",
    "getSchools": "schools",
    "getSchool": "school",
    "getDeliveryPartners": "delivery-partners",
    "getDeliveryPartner": "delivery-partner",
    "getStatements": "statements",
    "getStatement": "statement",
    "getUnfundedMentors": "unfunded-mentors",
    "getUnfundedMentor": "unfunded-mentor",
}
LISTS: Final = (
    *("participants", "transfers", "declarations", "partnerships", "schools"),
    *("delivery-partners", "statements", "unfunded-mentors"),
)
ACTIONS: Final = ("defer", "resume", "change-schedule", "withdraw")
WRITES: Final = frozenset({*ACTIONS, "declare", "void", "create-partnership", "change-partnership"})
# Requests whose path ends with what is done to the record, after its id.
_WITH_SUFFIX: Final = frozenset({*ACTIONS, "void", "transfer"})
_WITHOUT_ID: Final = frozenset({*LISTS, "declare", "create-partnership"})

# The list whose records the answer to a request for one of these purposes shows.
LIST_OF: Final = {
    **{each: each for each in LISTS},
    **{each.removesuffix("s"): each for each in LISTS},
    **dict.fromkeys(ACTIONS, "participants"),
    **dict.fromkeys(("declare", "void"), "declarations"),
    **dict.fromkeys(("create-partnership", "change-partnership"), "partnerships"),
}

# The members of enrolments, id changes and transfers that requirements look at.
ENROLMENT: Final = (
    *("participant_type", "cohort", "schedule_identifier", "training_status", "participant_status", "school_urn"),
    *("deferral.date", "withdrawal.date", "induction_end_date", "mentor_funding_end_date"),
)
ID_CHANGE: Final = ("from_participant_id", "to_participant_id")
TRANSFER: Final = ("transfer_type", "status", "leaving.date")

# The attributes of all kinds of records that requirements look at.
FACTS: Final[tuple[Name, ...]] = (
    *("participant_id", "course_identifier", "declaration_type", "declaration_date", "state"),
    *("school_id", "urn", "cohort", "delivery_partner_id", "induction_programme_choice"),
    ("ecf_enrolments", ENROLMENT),
    ("participant_id_changes", ID_CHANGE),
    ("transfers", TRANSFER),
)

Traffic = traffic.Traffic[Observation]


@cache
def _documented() -> Mapping[str, Documented]:
    return {operation.id: documented(operation) for operation in operations(V3.contract)}


def observe(entry: Entry, journal: Journal) -> Observation:
    """Reads one entry of `journal`."""
    real = entry.unheard or entry.answer
    kind = KINDS.get(entry.operation_id or "")
    shifted = dict(entry.headers).get(SERVER_DATE)
    found = observation.observed(entry, journal)
    attributes = attributes_of(entry.body) if entry.body else {}
    subject = _path_id(kind, found["path"])
    if kind == "declare":
        subject = str(attributes.get("participant_id", "")).lower()
    if kind == "create-partnership":
        subject = str(attributes.get("school_id", "")).lower()
    return Observation(
        **{**found, "identity": (*found["identity"], shifted)},
        kind=kind,
        writes=kind in WRITES,
        subject=subject,
        shifted=shifted is not None,
        asked=_asked(entry.operation_id or "", kind, entry.query) if kind in LISTS else None,
        shown=_shown(entry) if kind else (),
        attributes=attributes,
        record=record_in(real) if kind and real.listed is None else {},
    )


def _path_id(kind: str | None, path: str) -> str:
    if kind is None or kind in _WITHOUT_ID:
        return ""
    return path.split("/")[-2 if kind in _WITH_SUFFIX else -1].lower()


def _asked(operation_id: str, kind: str, query: bytes) -> Asked:
    read = NO_QUERY
    # The server answered an unreadable request with 400. Its content doesn't matter.
    with suppress(Refused):
        read = read_query(query, _documented()[operation_id])
    # Schools are lists of one cohort each.
    narrowed = frozenset([read.cohort]) if kind == "schools" else read.cohorts
    others = (read.urn, read.training_status, read.from_participant_id, read.participant_ids, read.delivery_partner_ids)
    return Asked(
        list=kind,
        since=read.updated_since,
        narrowed=narrowed,
        page=read.page,
        per_page=read.per_page,
        by_change=read.sort[:1] == (Sort("updated_at", descending=False),),
        lookup=any(other is not None for other in others),
    )


def _shown(entry: Entry) -> tuple[ShownRecord, ...]:
    """The records that the client could read in the answer."""
    if entry.unheard is not None or entry.answer.status != 200 or entry.method == "HEAD":
        return ()
    return shown_in(entry.answer.body, FACTS)
