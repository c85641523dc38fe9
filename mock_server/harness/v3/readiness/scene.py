"""The sandbox of a drill for clients of v3, and what its events do there."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Final

import httpx

from mock_server.harness.readiness.drills import Watched
from mock_server.harness.readiness.kit import Stage
from mock_server.harness.readiness.scene import Declared, DrillScene
from mock_server.v3.control.client import V3Client
from mock_server.v3.control.models import Declaration, Participant
from mock_server.v3.domain.states import DECLARATION_ARROWS
from mock_server.v3.domain.vocabulary import COURSES, DECLARATION_TYPES, Role

# The provider whose client does the drill, and the one from which participants come.
PROVIDER: Final = "alder"
ANOTHER: Final = "birch"
COHORT: Final = "2025"
# A cohort with delivery partners of its own.
BEFORE: Final = "2024"
STARTED: Final = "2025-09-01"
# When the person whom a school registered twice left, and came back under another id.
LEFT, CAME_BACK = "2025-12-19", "2026-01-05"
# More than one page holds, unless a client asks for longer pages.
PARTICIPANTS: Final = 120
# One participant of so many comes from the other provider, with all its declarations. So there is more than a page of
# declarations, too.
ONE_TAKEN_OVER_OF: Final = 6
# A participant at one of these places in each ten is a mentor, on an extended schedule, or deferred already.
MENTOR, EXTENDED, DEFERRED = 7, 5, 6
# The place from the end of somebody who was withdrawn already.
WITHDRAWN: Final = 8

CREATE_DECLARATION: Final = "createDeclaration"

# What a declaration of the standard schedule needs: its type, its date and its evidence (rules 5.8).
DECLARATIONS: Final = (
    ("started", "2025-10-01T09:00:00Z", "training-event-attended"),
    ("retained-1", "2026-01-10T09:00:00Z", "training-event-attended"),
    ("retained-2", "2026-03-10T09:00:00Z", "75-percent-engagement-met"),
    ("retained-3", "2026-05-10T09:00:00Z", "training-event-attended"),
    ("retained-4", "2026-07-10T09:00:00Z", "training-event-attended"),
    ("completed", "2026-09-10T09:00:00Z", "75-percent-engagement-met"),
)


@dataclass(slots=True)
class V3Scene(DrillScene):
    """The sandbox of a drill for clients of v3, with those who are there at the start.

    `taken_over` are the declarations that the other provider made for participants who are here now.
    """

    participants: Sequence[Participant] = ()
    taken_over: list[Declaration] = field(default_factory=list)
    # The school of the provider, and that of the other one.
    school_urn: str = ""
    afar_urn: str = ""
    # One person whom a school has registered twice.
    twice: Sequence[Participant] = ()

    participant_lists = ("getParticipants",)
    declaration_lists = ("getDeclarations",)
    declaration_readings = ("getDeclaration",)
    void_path = "/api/v3/participant-declarations/{id}/void"
    void_refusal: ClassVar[Any] = {
        "errors": [{"title": "participant_declaration_id", "detail": "This can't be done any more."}]
    }
    content_type = "application/json; charset=utf-8"
    declaration_types = DECLARATION_TYPES

    def new_declarations(self) -> list[Declaration]:
        return [each for each in self.sandbox.v3.declarations() if each.provider == PROVIDER]

    def change_something(self, turn: int) -> None:
        v3 = self.sandbox.v3
        # Not the last four: other events are about them.
        others = self.participants[len(self.participants) // 2 : -4]
        somebody = others[turn % len(others)]
        v3.change_details(somebody.id, full_name=f"{somebody.full_name} {turn}")
        if turn % 2 == 0 and self.taken_over:
            v3.set_declaration_state(self.taken_over.pop(0).id, "payable")

    def move(self, declaration: Declared, state: str) -> bool:
        way = _way(declaration.state, state)
        for each in way:
            self.sandbox.v3.set_declaration_state(declaration.id, each)
        return bool(way)


def _way(state: str, wanted: str) -> list[str]:
    """The states on the way from `state` to `wanted`; empty when none leads there."""
    for following in DECLARATION_ARROWS[state]:
        if following == wanted:
            return [following]
        if way := _way(following, wanted):
            return [following, *way]
    return []


def set_scene(stage: Stage) -> V3Scene:
    """Fills the sandbox of a drill."""
    v3, number = stage.sandbox.v3, stage.participants
    school = v3.add_school(induction_tutor_name="Iris Bell", induction_tutor_email="i.bell@hillside.example")
    afar = v3.add_school(induction_tutor_name="Alma Reyes", induction_tutor_email="a.reyes@afar.example")
    for provider, whose in ((PROVIDER, school), (ANOTHER, afar)):
        partner = _delivery_partner(v3, provider)
        v3.partnership(provider=provider, school_urn=whose.urn, delivery_partner_id=partner, cohort=COHORT)
    elsewhere = max(1, number // ONE_TAKEN_OVER_OF)
    here = [_somebody(v3, place, school.urn) for place in range(number - elsewhere)]
    there = [_ect(v3, ANOTHER, afar.urn) for _ in range(elsewhere)]
    for participant in there:
        for each in DECLARATIONS:
            _send(stage, ANOTHER, "POST", "/participant-declarations", _declaration(participant, *each))
    for participant in there:
        _move(v3, participant, PROVIDER, school.urn)
    twice = [_ect(v3, PROVIDER, school.urn), _ect(v3, PROVIDER, school.urn, started_on=CAME_BACK)]
    v3.depart(twice[0].id, role="ect", on=LEFT)
    long_ago = (datetime.now(UTC) - timedelta(days=30)).strftime("%Y-%m-%d")
    for place, participant in enumerate(here):
        if place % 10 == DEFERRED:
            body = {"reason": "career-break", "course_identifier": COURSES["ect"]}
            _send(stage, PROVIDER, "PUT", f"/participants/{participant.id}/defer", body, long_ago)
    body = {"reason": "left-teaching-profession", "course_identifier": COURSES["ect"]}
    _send(stage, PROVIDER, "PUT", f"/participants/{here[-WITHDRAWN].id}/withdraw", body, long_ago)
    _other_schools(v3, number)
    # A school that has named the provider, and waits for a partnership.
    waiting = v3.add_school(induction_tutor_name="Omar Lund", induction_tutor_email="o.lund@meadow.example")
    v3.register(
        role="ect",
        provider=PROVIDER,
        partnership="none",
        school_urn=waiting.urn,
        cohort=COHORT,
        started_on=STARTED,
    )
    of = {participant.id for participant in there}
    declarations = [each for each in v3.declarations() if each.participant_id in of]
    return V3Scene(stage.sandbox, here, declarations, school.urn, afar.urn, twice)


def _other_schools(v3: V3Client, number: int) -> None:
    """So many schools that have nothing to do with the provider, and partners that it can't choose."""
    schools = [v3.add_school() for _ in range(number)]
    v3.register(role="ect", provider=None, school_urn=schools[0].urn, cohort=COHORT, started_on=STARTED)
    v3.add_delivery_partner(works_with={PROVIDER: [BEFORE]})


def _delivery_partner(v3: V3Client, provider: str) -> str:
    return next(each.id for each in v3.delivery_partners() if COHORT in each.works_with.get(provider, ()))


def _somebody(v3: V3Client, place: int, school_urn: str) -> Participant:
    kind = place % 10
    if kind == MENTOR:
        return v3.register(
            role="mentor",
            provider=PROVIDER,
            partnership="existing",
            school_urn=school_urn,
            cohort=COHORT,
            started_on=STARTED,
        )
    return _ect(v3, PROVIDER, school_urn, "ecf-extended-september" if kind == EXTENDED else "ecf-standard-september")


def _ect(
    v3: V3Client,
    provider: str,
    school_urn: str,
    schedule: str = "ecf-standard-september",
    started_on: str = STARTED,
) -> Participant:
    made = v3.register(
        role="ect",
        provider=provider,
        partnership="existing",
        school_urn=school_urn,
        cohort=COHORT,
        schedule_identifier=schedule,
        started_on=started_on,
    )
    return v3.change_induction(made.id, started_on=started_on)


def _move(v3: V3Client, participant: Participant, provider: str, school_urn: str) -> None:
    """Another school registers the participant from today on, with its own provider."""
    v3.register(
        participant_id=participant.id, role="ect", provider=provider, partnership="existing", school_urn=school_urn
    )


def _declaration(participant: Participant, declaration_type: str, date: str, evidence: str) -> dict[str, str]:
    return {
        "participant_id": participant.id,
        "declaration_type": declaration_type,
        "declaration_date": date,
        "course_identifier": COURSES["ect"],
        "evidence_held": evidence,
    }


def _send(
    stage: Stage, provider: str, method: str, path: str, attributes: dict[str, str], server_date: str | None = None
) -> None:
    """What a provider did before the drill, through the API."""
    headers = {"Authorization": f"Bearer {stage.tokens[provider]}"}
    if server_date:
        headers["X-With-Server-Date"] = server_date
    body = {"data": {"type": "x", "attributes": attributes}}
    url = f"{stage.base_url}/api/v3{path}"
    httpx.request(method, url, headers=headers, json=body, trust_env=False, verify=False).raise_for_status()  # noqa: S501


def _role(participant: Participant) -> Role:
    return "mentor" if participant.stays[0].role == "mentor" else "ect"


def schools_change(scene: V3Scene, _watched: Watched) -> str:
    v3, (moving, leaving, corrected, mentored) = scene.sandbox.v3, scene.participants[-4:]
    v3.change_details(corrected.id, full_name="Rosa Lindqvist")
    v3.depart(leaving.id, role=_role(leaving))
    _move(v3, moving, ANOTHER, scene.afar_urn)
    added = _ect(v3, PROVIDER, scene.school_urn)
    if _role(mentored) == "ect":
        mentor = v3.register(role="mentor", provider=None, school_urn=scene.school_urn)
        v3.change_mentor(mentored.id, mentor.id)
    gone, survivor = scene.twice
    v3.merge(gone.id, survivor.id)
    return (
        f"a school corrected a name to Rosa Lindqvist, reported that {leaving.full_name} left and added "
        f"{added.full_name}; {moving.full_name} moved to a school with another provider, {mentored.full_name} has a "
        f"new mentor, and the department merged {gone.full_name} into {survivor.full_name}"
    )
