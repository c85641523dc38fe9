"""Does the client report what happens to its participants, once and in the current format?"""

from collections.abc import Callable, Hashable, Mapping
from typing import Any

from mock_server.harness.readiness.errors import REFUSALS
from mock_server.harness.readiness.judgement import Judgement, failed, passed_if_any
from mock_server.harness.v1.readiness.knowledge import slot_of, writes_with_knowledge
from mock_server.harness.v1.readiness.traffic import Observation, Traffic, purposes


def accepted(action: str) -> Callable[[Traffic], Judgement]:
    """The requirement that the service accepted `action` once."""

    def judge(traffic: Traffic) -> Judgement:
        return passed_if_any(seen for seen in traffic.of_kind(action) if seen.accepted)

    return judge


def cohort_sent(traffic: Traffic) -> Judgement:
    requests = traffic.of_kind("change-schedule")
    without = [seen for seen in requests if not seen.attributes.get("cohort")]
    if without:
        return failed(
            'Name the participant\'s cohort in every change of schedule, such as `"cohort": "2021"`: left out, it '
            "counts as the present academic year, and a participant's cohort can't change.",
            without,
        )
    wrong = [
        seen
        for observations in traffic.by_provider.values()
        for seen, known in writes_with_knowledge(observations)
        if seen.kind == "change-schedule"
        and "schedule-cohort-unchanged" in seen.rules
        and not seen.accepted
        and not traffic.changed_by_school(seen.subject, known.seen_at.get(seen.subject, 0.0), seen.began)
    ]
    # A single refusal may be a trial.
    refused = {seen.identity for seen in traffic.observations if seen.status in REFUSALS and seen.heard}
    if wrong and len(refused) > 1:
        return failed(
            "Send the cohort that the participant's record shows: these requests named another one, and a "
            "participant's cohort can't change.",
            wrong,
        )
    return passed_if_any(requests)


def not_repeated(traffic: Traffic) -> Judgement:
    accepted_once: list[Observation] = []
    repeated: list[Observation] = []
    for observations in traffic.by_provider.values():
        latest: dict[Hashable, tuple[Observation, Hashable]] = {}
        for seen in observations:
            if not seen.writes:
                continue
            place, content = _asked_for(seen)
            before, same = latest.get(place, (None, None))
            if (
                before
                and same == content
                and seen.began > before.ended
                and not traffic.changed_by_school(seen.subject, before.ended, seen.began)
            ):
                repeated += [before, seen]
            if seen.succeeded:
                accepted_once.append(seen)
                latest[place] = seen, content
            # A client may make a voided declaration again.
            if seen.kind == "void" and seen.accepted:
                latest.pop(_declared_slot(seen.record), None)
    if repeated:
        return failed(
            "Keep note of what was accepted, and send it only once: these were sent again although the first answer "
            "had said yes.",
            repeated,
        )
    return passed_if_any(accepted_once)


def _declared_slot(attributes: Mapping[str, Any]) -> Hashable:
    return "declare", *slot_of(attributes)


def _asked_for(seen: Observation) -> tuple[Hashable, Hashable]:
    """What the request would change, and to what. Two equal values in a row mean a repetition."""
    if seen.kind == "declare":
        return _declared_slot(seen.attributes), repr(seen.attributes.get("declaration_date"))
    if seen.kind == "void":
        return ("void", seen.subject), None
    return ("action", seen.subject), (seen.kind, repr(sorted(seen.attributes.items())))


def current_paths(traffic: Traffic) -> Judgement:
    renamed = {purpose.kind for purpose in purposes().values() if purpose.deprecated}
    concerned = [seen for seen in traffic.observations if seen.kind in renamed]
    old = [seen for seen in concerned if seen.purpose and seen.purpose.deprecated]
    if old:
        return failed(
            "Write `/api/v1/participants/ecf` where these requests have `/api/v1/participants`: the older paths are "
            "deprecated.",
            old,
        )
    return passed_if_any(concerned)
