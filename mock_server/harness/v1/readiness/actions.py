"""Does the client report what happens to its participants in the current format?"""

from mock_server.harness.readiness.errors import REFUSALS
from mock_server.harness.readiness.judgement import Judgement, failed, passed_if_any
from mock_server.harness.v1.readiness.knowledge import writes_with_knowledge
from mock_server.harness.v1.readiness.traffic import Traffic, purposes


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
