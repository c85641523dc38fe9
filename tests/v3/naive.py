"""v3 once more, as plainly as it can be written: no indexes, no caches, no stored values, a scan for everything.

Written from the rules and not from the code; the properties hold the one against the other. Outcomes of what a
provider asks are ("done", id), ("refused", titles of the entries in order) and ("unknown",) for a 404.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any, Final

from tests.v3.naive_records import (
    COHORTS,
    DAY,
    LIVE,
    Declaration,
    Mentorship,
    Person,
    Stay,
    Training,
    day_in,
    day_of,
    least,
    start_of,
)
from tests.v3.naive_schools import Schools
from tests.v3.naive_sheet import (
    DETAILED,
    EVIDENCE,
    FUNDED_MENTORS,
    ORDERED,
    TYPES,
    UPLIFTED,
    milestone,
    schedule_exists,
)

Outcome = tuple[Any, ...]
Given = dict[str, Any]

ROLES: Final = {"ecf-induction": "ect", "ecf-mentor": "mentor"}
WITHDRAW_REASONS: Final = (
    "left-teaching-profession moved-school mentor-no-longer-being-mentor switched-to-school-led "
    "changed-lead-provider other"
).split()
DEFER_REASONS: Final = "bereavement long-term-sickness parental-leave career-break other".split()


class Naive(Schools):
    # -- partnerships ----------------------------------------------------------------------------

    def create_partnership(self, provider: str, given: Given, now: datetime, new_id: str | None) -> Outcome:
        cohort, school, partner = (given.get(name) for name in ("cohort", "school_id", "delivery_partner_id"))
        urn = next((urn for urn, id in self.schools.items() if id == school), None)
        known = cohort in COHORTS
        refused = [
            name
            for name, value in (("cohort", cohort), ("school_id", school), ("delivery_partner_id", partner))
            if not value
        ]
        if cohort and (not known or cohort in ("2021", "2022") or start_of(date(int(cohort), 6, 1)) > now):
            refused.append("cohort")
        if school and urn is None:
            refused.append("school_id")
        if partner and (partner not in self.partners or (partner, provider, cohort) not in self.works_with):
            refused.append("delivery_partner_id")
        if urn and any(
            (each.provider, each.school, each.cohort) == (provider, urn, cohort) for each in self.partnerships.values()
        ):
            refused.append("school_id")
        if urn and known and self.choice(urn, cohort or "") == "school_led":
            refused.append("school_id")
        if refused:
            return "refused", grouped(refused)
        assert new_id is not None, "the service made no partnership where it should have"
        assert urn
        assert cohort
        assert partner
        self.add_partnership(new_id, provider, urn, cohort, partner, now)
        return "done", new_id

    def update_partnership(self, provider: str, id: str, given: Given, now: datetime) -> Outcome:
        partnership, partner = self.partnerships.get(id), given.get("delivery_partner_id")
        if partnership is None or partnership.provider != provider:
            return ("unknown",)
        taken = [
            each.partner
            for each in self.partnerships.values()
            if (each.provider, each.school, each.cohort) == (provider, partnership.school, partnership.cohort)
        ]
        fits = (partner, provider, partnership.cohort) in self.works_with
        if not partner or not fits or partner in taken:
            return "refused", ["delivery_partner_id"]
        partnership.partner, partnership.updated = partner, now
        for declaration in self.declarations.values():
            if declaration.training.partnership is partnership:
                declaration.updated = now
        self.settle(now)
        return "done", id

    # -- participants ----------------------------------------------------------------------------

    def act(self, action: str, provider: str, id: str, given: Given, now: datetime) -> Outcome:
        """withdraw, defer, resume, change_schedule."""
        person = self.people.get(id)
        if person is None or not self.sees(provider, person):
            return ("unknown",)
        role = ROLES.get(given.get("course_identifier", ""))
        latest = self.latest(provider, person, role)
        refused = ["course_identifier"] if latest is None else []
        refused += getattr(self, f"_{action}_refusals")(provider, person, role, latest, given, now)
        if action == "withdraw" and not refused and role == "ect" and given["reason"].startswith("mentor-"):
            refused.append("reason")
        if refused:
            return "refused", grouped(refused)
        getattr(self, f"_{action}")(provider, person, role, latest, given, now)
        self.settle(now)
        return "done", id

    def _withdraw_refusals(
        self, provider: str, person: Person, role: str | None, latest: Training | None, given: Given, now: datetime
    ) -> Iterator[str]:
        if given.get("reason") not in WITHDRAW_REASONS:
            yield "reason"
        if latest and (latest.status == "withdrawn" or latest.start >= day_of(now)):
            yield "participant_id"

    def _defer_refusals(
        self, provider: str, person: Person, role: str | None, latest: Training | None, given: Given, now: datetime
    ) -> Iterator[str]:
        if given.get("reason") not in DEFER_REASONS:
            yield "reason"
        if latest and (latest.status != "active" or latest.start >= day_of(now)):
            yield "participant_id"

    def _resume_refusals(
        self, provider: str, person: Person, role: str | None, latest: Training | None, given: Given, now: datetime
    ) -> Iterator[str]:
        if latest is None or role is None:
            return
        today, stay = day_of(now), latest.stay
        overlaps = any(
            each is not latest
            and (each.end is None or each.end >= today)
            and (stay.end is None or each.start <= stay.end)
            for each in self.trainings(person, role)
        )
        if latest.status == "active" or overlaps or latest.end == today or (stay.end and stay.end <= today):
            yield "participant_id"

    def _change_schedule_refusals(
        self, provider: str, person: Person, role: str | None, latest: Training | None, given: Given, now: datetime
    ) -> Iterator[str]:
        today, wanted, target = day_of(now), given.get("schedule_identifier") or "", self._target(latest, given)
        replacement, reduced = wanted.startswith("ecf-replacement-"), wanted.startswith("ecf-reduced-")
        if (
            not schedule_exists(wanted)
            or target is None
            or (latest and (target, wanted) == (latest.cohort, latest.schedule))
            or (role == "ect" and replacement)
            or (role == "mentor" and reduced)
        ):
            yield "schedule_identifier"
        elif latest and latest.start >= today:
            for declaration in self.declared(latest):
                if not fits(declaration.dated, target, wanted, declaration.type):
                    yield "schedule_identifier"
                    break
        if latest is None or role is None:
            return
        school = latest.stay.school
        there = [
            p for p in self.partnerships.values() if (p.provider, p.school, p.cohort) == (provider, school, target)
        ]
        if (target != latest.cohort and not there) or (
            self.is_frozen(target, now) and person.frozen.get(role) != target
        ):
            yield "cohort"
        finished = self._outcome(person) if role == "ect" else person.funding_end is not None
        if (
            (finished and not (role == "ect" and reduced))
            or self.status(latest, today) == "left"
            or latest.status == "withdrawn"
            or any(each.start > latest.start for each in self.trainings(person, role))
        ):
            yield "participant_id"

    def _target(self, latest: Training | None, given: Given) -> str | None:
        named = given.get("cohort")
        if named in COHORTS:
            return str(named)
        return latest.cohort if latest else None

    def _outcome(self, person: Person) -> bool:
        return any(outcome for _, _, outcome in person.inductions)

    def _withdraw(
        self, provider: str, person: Person, role: str, latest: Training, given: Given, now: datetime
    ) -> None:
        latest.withdrawal = now, given["reason"]
        self.end_training(latest, day_of(now), now)

    def _defer(self, provider: str, person: Person, role: str, latest: Training, given: Given, now: datetime) -> None:
        latest.deferral = now, given["reason"]
        self.end_training(latest, day_of(now), now)

    def _resume(self, provider: str, person: Person, role: str, latest: Training, given: Given, now: datetime) -> None:
        self.go_on(latest, day_of(now), latest.stay.end, now)

    def _change_schedule(
        self, provider: str, person: Person, role: str, latest: Training, given: Given, now: datetime
    ) -> None:
        today, target = day_of(now), self._target(latest, given) or ""
        before, end, stay = latest.cohort or "", latest.end, latest.stay
        partnership = latest.partnership
        if target != before:
            if self.is_frozen(before, now):
                person.frozen[role] = before
            if self.is_frozen(target, now):
                person.frozen.pop(role, None)
            assert partnership is not None
            there = [
                each
                for each in self.partnerships.values()
                if (each.provider, each.school, each.cohort) == (provider, stay.school, target)
            ]
            same = [each for each in there if each.partner == partnership.partner]
            partnership = (same or there)[-1]
        reduced = given["schedule_identifier"].startswith("ecf-reduced-")
        changed = latest
        if latest.start < today and not (role == "ect" and reduced and self._outcome(person)):
            self.end_training(latest, today - DAY, now)
            until = least(*(each for each in (end, stay.end) if each and each >= today))
            changed = self.go_on(latest, today, until, now)
        changed.partnership, changed.cohort, changed.schedule = partnership, target, given["schedule_identifier"]

    # -- declarations ----------------------------------------------------------------------------

    def declare(self, provider: str, given: Given, now: datetime, new_id: str | None) -> Outcome:
        """`new_id` is what the service called the new declaration, where it made one."""
        refused = self._declare_refusals(provider, given, now)
        if refused:
            return "refused", grouped(refused)
        assert new_id is not None, "the service made no declaration where it should have"
        role, type, moment = (
            ROLES[given["course_identifier"]],
            given["declaration_type"],
            read(given["declaration_date"]),
        )
        person = self.people[given["participant_id"]]
        training = self.latest(provider, person, role)
        assert training
        assert training.cohort
        assert training.partnership
        assert moment
        eligible = role in person.eligible
        dropped = training.cohort not in DETAILED and type == "started"
        self.declarations[new_id] = Declaration(
            new_id,
            training,
            person,
            role,
            provider,
            type,
            moment,
            None if dropped else given["evidence_held"],
            "eligible" if eligible else "submitted",
            None,
            type == "started"
            and training.cohort in UPLIFTED
            and self.uplifts.get((training.stay.school, training.cohort), False),
            training.partnership.partner,
            self._nearest_mentorship(training.stay, day_of(moment)) if role == "ect" else None,
            self.next_statement(provider, training.cohort, day_of(now), only_open=True) if eligible else None,
            None,
            now,
            now,
        )
        self._complete(provider, person, role, type, now)
        self.settle(now)
        return "done", new_id

    def _declare_refusals(self, provider: str, given: Given, now: datetime) -> list[str]:
        today, refused = day_of(now), list[str]()
        person = self.people.get(given.get("participant_id") or "")
        course, type, text = (given.get(name) for name in ("course_identifier", "declaration_type", "declaration_date"))
        role, moment = ROLES.get(course or "", "mentor"), read(text or "")
        training = self.latest(provider, person, role) if person else None
        cohort = training.cohort if training else None
        window = milestone(cohort, training.schedule, type) if training else None
        live = self.blocking(person, role) if person else []

        def quiet(*titles: str) -> bool:
            return not set(titles) & set(refused)

        if person is None:
            refused.append("participant_id")
        if not refused and course not in ROLES:
            refused.append("course_identifier")
        if not refused and not text:
            refused.append("declaration_date")
        if (
            quiet("course_identifier", "participant_id", "declaration_type", "declaration_date")
            and person
            and self.sees(provider, person)
            and training is None
        ):
            refused.append("course_identifier")
        if not refused and type not in TYPES:
            refused.append("declaration_type")
        if quiet("declaration_type", "declaration_date") and training and type in [each.type for each in live]:
            refused.append("declaration_type")
        if (
            quiet("declaration_date", "declaration_type", "participant_id", "course_identifier")
            and moment
            and moment > now
        ):
            refused.append("declaration_date")
        if quiet("declaration_date", "declaration_type", "cohort") and moment and window:
            first, last = window
            if moment < start_of(first) or (last and moment >= start_of(last + DAY)):
                refused.append("declaration_date")
        if quiet("declaration_date") and text and moment is None:
            refused.append("declaration_date")
        if (
            quiet("declaration_type", "cohort")
            and role == "mentor"
            and cohort in FUNDED_MENTORS
            and type not in ("started", "completed")
        ):
            refused.append("declaration_type")
        if not refused and training:
            allowed = EVIDENCE[cohort in DETAILED, role, type or ""]
            if allowed and given.get("evidence_held") not in allowed:
                refused.append("evidence_held")
        if (
            quiet("participant_id")
            and training
            and training.status == "withdrawn"
            and training.withdrawal
            and moment
            and training.withdrawal[0] <= moment
        ):
            refused.append("participant_id")
        if quiet("cohort") and person:
            for each in self.trainings(person, role):
                if day_in(each.start, each.end, today) and self.is_frozen(each.cohort, now):
                    refused.append("cohort")
                    break
        if (
            quiet("declaration_type", "cohort")
            and cohort
            and person
            and role in person.eligible
            and self.next_statement(provider, cohort, today, only_open=True) is None
        ):
            refused.append("cohort")
        if (
            quiet("declaration_date", "declaration_type", "participant_id", "course_identifier", "cohort")
            and training
            and window is None
        ):
            refused.append("declaration_type")
        if quiet("declaration_date", "declaration_type") and cohort in ORDERED and moment and type in TYPES:
            place = TYPES.index(type)
            earlier = [each.dated for each in live if TYPES.index(each.type) < place]
            later = [each.dated for each in live if TYPES.index(each.type) > place]
            if (earlier and max(earlier) > moment) or (later and min(later) < moment):
                refused.append("declaration_date")
        if quiet("participant_id") and person and not self.sees(provider, person):
            refused.append("participant_id")
        return refused

    def _nearest_mentorship(self, stay: Stay, dated: date) -> Mentorship | None:
        def distance(each: Mentorship) -> tuple[int, date]:
            ends = [each.start] if each.end is None else [each.start, each.end]
            return min(abs((dated - end).days) for end in ends), each.start

        return min((each for each in self.mentorships if each.ect is stay), key=distance, default=None)

    def void(self, provider: str, id: str, now: datetime) -> Outcome:
        declaration = self.declarations.get(id)
        if declaration is None or declaration.provider != provider:
            return ("unknown",)
        cohort = declaration.training.cohort or ""
        statement = self.next_statement(provider, cohort, day_of(now), only_open=False)
        if declaration.state not in LIVE or (declaration.state == "paid" and statement is None):
            return "refused", ["participant_declaration_id"]
        if declaration.state == "paid":
            declaration.clawback, declaration.clawback_statement = "awaiting-clawback", statement
        else:
            declaration.payment, declaration.statement = "voided", None
        declaration.updated = now
        self._complete(provider, declaration.person, declaration.role, declaration.type, now)
        self.settle(now)
        return "done", id

    def _complete(self, provider: str, person: Person, role: str, type: str, now: datetime) -> None:
        """Mentor completion (rules 5.9)."""
        latest = self.latest(provider, person, role)
        if (role, type) != ("mentor", "completed") or latest is None:
            return
        remaining = [each.dated for each in self.blocking(person, role) if each.type == "completed"]
        if remaining:
            person.funding_end, person.funding_reason = day_of(max(remaining)), "completed_declaration_received"
            if latest.end is None or latest.end > day_of(now):
                latest.end, latest.moved = max(person.funding_end, latest.start + DAY), now
            return
        person.funding_end = person.funding_reason = None
        if latest.end is not None and (latest.stay.end is None or latest.end + DAY <= latest.stay.end):
            first, last = latest.end + DAY, latest.stay.end
            if not any(
                (each.end is None or each.end >= first) and (last is None or each.start <= last)
                for each in self.trainings(person, role)
                if each is not latest
            ):
                self.go_on(latest, first, last, now)


def fits(dated: datetime, cohort: str, schedule: str, type: str) -> bool:
    window = milestone(cohort, schedule, type)
    if window is None:
        return False
    first, last = window
    return start_of(first) <= dated and (last is None or dated < start_of(last + DAY))


def grouped(titles: list[str]) -> list[str]:
    """Entries of one title together, titles in the order in which they first complained."""
    return sorted(titles, key=titles.index)


def read(text: str) -> datetime | None:
    """Of the one form that the properties use; anything else is malformed."""
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None
