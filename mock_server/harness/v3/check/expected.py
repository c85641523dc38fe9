"""What v3 must show, computed from what the control API says of the world (rules 3 and 4).

It looks at everything anew and keeps nothing, so that it shares no mistake with a server. `updated_at` is left out
where the control API doesn't say it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, Final
from zoneinfo import ZoneInfo

from mock_server.client import SandboxClient
from mock_server.rules.moments import format_moment
from mock_server.v3.control.models import Declaration, Participant, Partnership, School, Statement, Stay, Training

Record = dict[str, Any]
# A transfer: the role, the old stay and its last training, the new stay and its first training.
Move = tuple[str, Stay, Training, Stay | None, Training | None]

ROLES: Final = ("ect", "mentor")
_COURSES: Final = {"ecf-induction": "ect", "ecf-mentor": "mentor"}
_LIVE: Final = ("submitted", "eligible", "payable", "paid")
_LONDON: Final = ZoneInfo("Europe/London")
_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def _in_order(records: Iterable[Any]) -> list[Any]:
    """By creation, as lists are. Records of one moment stay in the order of the control API."""
    return sorted(records, key=lambda each: each.created_at)


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _latest(trainings: list[tuple[Stay, Training]]) -> tuple[Stay, Training] | None:
    return max(trainings, key=lambda each: each[1].started_on, default=None)


def _ongoing(start: date, end: date | None, day: date) -> bool:
    """Both ends included."""
    return start <= day and (end is None or day <= end)


@dataclass(slots=True)
class Expected:
    """One look at a sandbox. Each method gives what the provider's list of that name holds, in its order."""

    today: date
    people: dict[str, Participant]
    partnerships: dict[str, Partnership]
    schools: dict[str, School]
    statement_list: tuple[Statement, ...]
    declaration_list: list[Declaration]
    names: dict[str, str]
    uplifts: dict[str, bool]
    partner_names: dict[str, str]
    works_with: dict[str, dict[str, tuple[str, ...]]]
    partner_moments: dict[str, tuple[datetime, datetime]]

    @classmethod
    def of(cls, sandbox: SandboxClient) -> "Expected":
        control, partners = sandbox.v3, _in_order(sandbox.v3.delivery_partners())
        return cls(
            sandbox.clock().now.astimezone(_LONDON).date(),
            {each.id: each for each in _in_order(control.participants())},
            {each.id: each for each in _in_order(control.partnerships())},
            {each.urn: each for each in _in_order(control.schools())},
            control.statements(),
            _in_order(control.declarations()),
            {each.slug: each.name for each in control.providers()},
            {each.cohort: each.uplift_fees for each in control.cohorts()},
            {each.id: each.name for each in partners},
            {each.id: each.works_with for each in partners},
            {each.id: (each.created_at, each.updated_at) for each in partners},
        )

    # -- looking ---------------------------------------------------------------------------------

    def _trainings(self, person: Participant, role: str) -> list[tuple[Stay, Training]]:
        """Every training period in the role, by start."""
        found = [(stay, each) for stay in person.stays if stay.role == role for each in stay.training]
        return sorted(found, key=lambda pair: pair[1].started_on)

    def latest(self, provider: str, person: Participant, role: str) -> tuple[Stay, Training] | None:
        """L: the provider's latest training period under a partnership."""
        found = self._trainings(person, role)
        return _latest([pair for pair in found if pair[1].provider == provider and pair[1].partnership_id])

    def _sees(self, provider: str, person: Participant) -> bool:
        return any(self.latest(provider, person, role) for role in ROLES)

    def _mentor(self, stay: Stay) -> str | None:
        """The mentor whose mentorship in the stay is ongoing, or the next to begin."""
        ahead = sorted(stay.mentorships, key=lambda each: each.started_on)
        for each in ahead:
            if _ongoing(each.started_on, each.finished_on, self.today):
                return each.mentor_id
        return next((each.mentor_id for each in ahead if each.started_on > self.today), None)

    # -- participants (rules 3.1) ------------------------------------------------------------------

    def participants(self, provider: str) -> Iterator[tuple[str, Record]]:
        for person in self.people.values():
            if self._sees(provider, person):
                yield person.id, self.participant(provider, person)

    def participant(self, provider: str, person: Participant) -> Record:
        entries = ((role, self.latest(provider, person, role)) for role in ROLES)
        return {
            "full_name": person.full_name,
            "teacher_reference_number": person.teacher_reference_number,
            "updated_at": format_moment(person.updated_at),
            "ecf_enrolments": [self._enrolment(person, role, *found) for role, found in entries if found],
            "participant_id_changes": [
                {
                    "from_participant_id": each.from_participant_id,
                    "to_participant_id": each.to_participant_id,
                    "changed_at": format_moment(each.changed_at),
                }
                for each in person.id_changes
            ],
        }

    def _enrolment(self, person: Participant, role: str, stay: Stay, training: Training) -> Record:
        partnership = self.partnerships[training.partnership_id or ""]
        is_ect = role == "ect"
        status = _training_status(training)
        pauses = {"withdrawn": training.withdrawal, "deferred": training.deferral}
        row = self.schools[partnership.school_urn].uplifts.get(partnership.cohort)
        pays = self.uplifts[partnership.cohort] and row is not None
        eligibility: Any = person.eligibility.ect if is_ect else person.eligibility.mentor
        ids = person.training_record_ids
        ects = sorted((each for each in person.stays if each.role == "ect"), key=lambda each: each.started_on)
        return {
            "training_record_id": ids.ect if is_ect else ids.mentor,
            "email": stay.email,
            "mentor_id": self._mentor(stay) if is_ect else None,
            "school_urn": partnership.school_urn,
            "participant_type": role,
            "cohort": partnership.cohort,
            "training_status": status,
            "participant_status": self._participant_status(person, role, training),
            "eligible_for_funding": _eligible(eligibility),
            "pupil_premium_uplift": bool(pays and row and row.pupil_premium),
            "sparsity_uplift": bool(pays and row and row.sparsity),
            "schedule_identifier": training.schedule_identifier,
            "delivery_partner_id": partnership.delivery_partner_id,
            **{
                name: {"reason": pause.reason, "date": format_moment(pause.date)} if status == of and pause else None
                for name, of, pause in (
                    ("withdrawal", "withdrawn", pauses["withdrawn"]),
                    ("deferral", "deferred", pauses["deferred"]),
                )
            },
            "created_at": format_moment(min(each.created_at for each in person.stays if each.role == role)),
            "induction_end_date": _day(_induction_end(person)) if is_ect else None,
            "most_recent_induction_period_end_date": _day(_last_induction_end(person)) if is_ect else None,
            "overall_induction_start_date": _day(_induction_start(person)) if is_ect else None,
            "mentor_funding_end_date": None if is_ect else _day(eligibility.ineligible_from),
            "cohort_changed_after_payments_frozen": eligibility.frozen_year is not None,
            "mentor_ineligible_for_funding_reason": None if is_ect else eligibility.ineligible_reason,
            "working_pattern": ects[-1].working_pattern if is_ect else None,
        }

    def _participant_status(self, person: Participant, role: str, training: Training) -> str:
        """The five rows of rules 3.1, the first that fits."""
        end, today = training.finished_on, self.today
        ended = "leaving" if end is not None and end > today else "left"
        if training.deferral or training.withdrawal:
            return ended
        done = _induction_end(person) if role == "ect" else person.eligibility.mentor.ineligible_from
        if done is not None and (end is None or done <= end):
            return "active"
        if end is not None:
            return ended
        return "joining" if training.started_on > today else "active"

    # -- transfers (rules 3.2) ---------------------------------------------------------------------

    def transfers(self, provider: str) -> Iterator[tuple[str, Record]]:
        for person in self.people.values():
            if self._sees(provider, person) and (found := list(self._transfers(provider, person))):
                yield person.id, {"transfers": found}

    def _transfers(self, provider: str, person: Participant) -> Iterator[Record]:
        found: list[Move] = []
        for role in ROLES:
            stays = sorted((each for each in person.stays if each.role == role), key=lambda each: each.started_on)
            for place, stay in enumerate(stays):
                after = stays[place + 1] if place + 1 < len(stays) else None
                leaving = max(stay.training, key=lambda each: each.started_on, default=None)
                if stay.finished_on is None or leaving is None or leaving.finished_on is None:
                    continue
                if after is None:
                    if _induction_end(person) is None:
                        found.append((role, stay, leaving, None, None))
                elif after.school_urn != stay.school_urn:
                    joining = min(after.training, key=lambda each: each.started_on, default=None)
                    found.append((role, stay, leaving, after, joining))
        for move in sorted(found, key=lambda each: each[2].started_on):
            if provider in (_provider(move[2]), _provider(move[4])):
                yield self._transfer(person, *move)

    def _transfer(
        self,
        person: Participant,
        role: str,
        stay: Stay,
        leaving: Training,
        after: Stay | None,
        joining: Training | None,
    ) -> Record:
        ids, today = person.training_record_ids, self.today
        kind = "new_provider" if _provider(leaving) != _provider(joining) else "new_school"
        ahead = (leaving.finished_on or today) > today or (joining is not None and joining.started_on > today)
        return {
            "training_record_id": ids.ect if role == "ect" else ids.mentor,
            "transfer_type": "unknown" if joining is None else kind,
            "status": "incomplete" if ahead else "complete",
            "leaving": self._end(stay, leaving, leaving.finished_on),
            "joining": None if joining is None or after is None else self._end(after, joining, joining.started_on),
        }

    def _end(self, stay: Stay, training: Training, day: date | None) -> Record:
        provider = _provider(training)
        name = None if provider is None else self.names[provider]
        return {"school_urn": stay.school_urn, "provider": name, "date": _day(day)}

    # -- declarations (rules 3.3 and 4) --------------------------------------------------------------

    def declarations(self, provider: str) -> Iterator[tuple[str, Record]]:
        for each in self.declaration_list:
            if self._shows(provider, each):
                yield each.id, self.declaration(each)

    def declaration(self, each: Declaration) -> Record:
        return {
            "participant_id": each.participant_id,
            "declaration_type": each.declaration_type,
            "course_identifier": each.course_identifier,
            "declaration_date": format_moment(each.declaration_date),
            "mentor_id": each.mentor_id,
            "state": each.state,
            "updated_at": format_moment(each.updated_at),
            "created_at": format_moment(each.created_at),
            "delivery_partner_id": each.delivery_partner_id,
            "statement_id": each.statement_id,
            "clawback_statement_id": each.clawback_statement_id,
            "ineligible_for_funding_reason": None,
            "uplift_paid": each.uplift_paid,
            "evidence_held": each.evidence_held,
            "lead_provider_name": self.names[each.provider],
        }

    def _shows(self, provider: str, declaration: Declaration) -> bool:
        """Own ones, and others' live ones dated before the day on which the provider's own training ends."""
        if declaration.provider == provider:
            return True
        person = self.people[declaration.participant_id]
        found = self.latest(provider, person, _COURSES[declaration.course_identifier])
        if found is None or declaration.state not in _LIVE:
            return False
        end = found[1].finished_on
        return end is None or declaration.declaration_date <= datetime.combine(end, time.min, UTC)

    # -- partnerships, schools, delivery partners (rules 3.4 to 3.6) ---------------------------------

    def partnership_records(self, provider: str) -> Iterator[tuple[str, Record]]:
        for each in self.partnerships.values():
            if each.provider == provider:
                yield each.id, self._partnership(each)

    def _partnership(self, each: Partnership) -> Record:
        school = self.schools[each.school_urn]
        training = [t for person in self.people.values() for stay in person.stays for t in stay.training]
        return {
            "cohort": each.cohort,
            "urn": each.school_urn,
            "school_id": school.id,
            "delivery_partner_id": each.delivery_partner_id,
            "delivery_partner_name": self.partner_names[each.delivery_partner_id],
            "induction_tutor_name": school.induction_tutor_name,
            "induction_tutor_email": school.induction_tutor_email or school.contact_email,
            "participants_currently_training": sum(
                t.partnership_id == each.id and _ongoing(t.started_on, t.finished_on, self.today) for t in training
            ),
            "created_at": format_moment(each.created_at),
            "updated_at": format_moment(each.updated_at),
        }

    def school_records(self, provider: str, cohort: str) -> Iterator[tuple[str, Record]]:
        for school in self.schools.values():
            partnered = any((e.school_urn, e.cohort) == (school.urn, cohort) for e in self.partnerships.values())
            if not (school.eligible or partnered):
                continue
            stays = [s for person in self.people.values() for s in person.stays if s.school_urn == school.urn]
            interested = any(t.provider == provider and t.cohort == cohort for s in stays for t in s.training)
            yield (
                school.id,
                {
                    "name": school.name,
                    "urn": school.urn,
                    "cohort": cohort,
                    "in_partnership": partnered,
                    "induction_programme_choice": _choice(stays, cohort),
                    "expression_of_interest": interested,
                    "induction_tutor_name": school.induction_tutor_name if interested else None,
                    "induction_tutor_email": (
                        (school.induction_tutor_email or school.contact_email) if interested else None
                    ),
                    "created_at": format_moment(school.created_at),
                },
            )

    def delivery_partners(self, provider: str) -> Iterator[tuple[str, Record]]:
        for id, works_with in self.works_with.items():
            if cohorts := works_with.get(provider):
                created, updated = map(format_moment, self.partner_moments[id])
                name = self.partner_names[id]
                yield id, {"name": name, "created_at": created, "updated_at": updated, "cohort": list(cohorts)}

    # -- statements, unfunded mentors (rules 3.7 and 3.8) --------------------------------------------

    def statements(self, provider: str) -> Iterator[tuple[str, Record]]:
        own = [each for each in self.statement_list if each.provider == provider and each.fee_type == "output"]
        for each in sorted(own, key=lambda statement: statement.payment_date):
            yield (
                each.id,
                {
                    "month": _MONTHS[each.month - 1],
                    "year": str(each.year),
                    "cohort": each.cohort,
                    "cut_off_date": _day(each.deadline_date),
                    "payment_date": _day(each.payment_date),
                    "paid": each.status == "paid",
                    "created_at": format_moment(each.created_at),
                    "updated_at": format_moment(each.updated_at),
                },
            )

    def unfunded_mentors(self, provider: str) -> Iterator[tuple[str, Record]]:
        shown: dict[str, list[Stay]] = {}
        for person in self.people.values():
            found = self.latest(provider, person, "ect")
            mentor = self._mentor(found[0]) if found else None
            if found and mentor and not self._sees(provider, self.people[mentor]):
                shown.setdefault(mentor, []).append(found[0])
        for person in self.people.values():
            if person.id in shown:
                urns = {stay.school_urn for stay in shown[person.id]}
                stays = [each for each in person.stays if each.role == "mentor" and each.school_urn in urns]
                yield (
                    person.id,
                    {
                        "full_name": person.full_name,
                        "email": max(stays, key=lambda each: each.started_on).email,
                        "teacher_reference_number": person.teacher_reference_number,
                        "created_at": format_moment(person.created_at),
                    },
                )


def _training_status(training: Training) -> str:
    withdrawal, deferral = training.withdrawal, training.deferral
    if withdrawal and (not deferral or withdrawal.date >= deferral.date):
        return "withdrawn"
    return "deferred" if deferral else "active"


def _eligible(eligibility: Any) -> bool | None:
    start, end = eligibility.eligible_from, eligibility.ineligible_from
    if start is None:
        return None if end is None else False
    return bool(end is None or start.astimezone(_LONDON).date() <= end)


def _induction_end(person: Participant) -> date | None:
    return next((i.finished_on for i in person.inductions if i.outcome), person.register.completed_on)


def _last_induction_end(person: Participant) -> date | None:
    last = max(person.inductions, key=lambda each: each.started_on, default=None)
    return None if last is None else last.finished_on


def _induction_start(person: Participant) -> date | None:
    return min((each.started_on for each in person.inductions), default=person.register.started_on)


def _provider(training: Training | None) -> str | None:
    """The provider that trains. School-led training and expressions of interest count as none."""
    return training.provider if training is not None and training.partnership_id else None


def _choice(stays: list[Stay], cohort: str) -> str:
    """`induction_programme_choice` (rules 3.5)."""
    if any(t.cohort == cohort for stay in stays if stay.role == "mentor" for t in stay.training):
        return "provider_led"
    first, last = date(int(cohort), 6, 1), date(int(cohort) + 1, 5, 31)
    concerned = [
        stay
        for stay in stays
        if stay.role == "ect"
        and any(t.cohort == cohort if t.provider else first <= t.started_on <= last for t in stay.training)
    ]
    if any(t.provider for stay in concerned for t in stay.training):
        return "provider_led"
    return "school_led" if concerned else "not_yet_known"
