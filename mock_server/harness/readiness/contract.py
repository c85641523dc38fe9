"""Does the client keep the contract, and how much of the contract has it used?"""

from collections.abc import Callable, Collection

from mock_server.harness.readiness.access import carries_token
from mock_server.harness.readiness.judgement import Judgement, failed, not_seen, passed, passed_if_any
from mock_server.harness.readiness.traffic import Observation, Traffic
from mock_server.http.contract import operations
from mock_server.http.request_check import NO_BEARER_TOKEN
from mock_server.service import Service

# A share of the operations that aren't deprecated. It is below 1, because a client needs no CSV.
ENOUGH = 0.75


def requests_but(trial: str) -> Callable[[Traffic[Observation]], Judgement]:
    """The requirement that requests keep the contract. The first refused one for this purpose may be a trial."""

    def judge(traffic: Traffic[Observation]) -> Judgement:
        tried = [seen for seen in traffic.observations if seen.kind == trial and seen.heard and seen.status == 422]
        return requests(traffic, tried[:1])

    return judge


def requests(traffic: Traffic[Observation], trials: Collection[Observation] = ()) -> Judgement:
    # access.authenticated and access.token-not-in-url already report these, so this requirement doesn't.
    judged = [seen for seen in traffic.observations if carries_token(seen) and not seen.token_in_url]
    # The services take the scheme `Token` like `Bearer`, so it is no fault of a client.
    problems = {seen.id: [each for each in seen.problems if each != NO_BEARER_TOKEN] for seen in judged}
    trial_ids = {seen.id for seen in trials}
    broke = [seen for seen in judged if problems[seen.id] and seen.id not in trial_ids]
    if broke:
        first = broke[0]
        return failed(
            f"Correct what the contract doesn't allow, for instance in {first.method} {first.path}: "
            f"{'; '.join(problems[first.id])}.",
            broke,
        )
    return passed_if_any(judged)


def coverage(service: Service) -> Callable[[Traffic[Observation]], Judgement]:
    """The requirement that the client used most operations of `service`."""

    def judge(traffic: Traffic[Observation]) -> Judgement:
        current = {
            operation.id: tuple(operation.definition["responses"])
            for operation in operations(service.contract)
            if not operation.definition.get("deprecated", False)
        }
        documented = {(id, status) for id, statuses in current.items() for status in statuses}
        succeeded: dict[str, Observation] = {}
        met: dict[tuple[str, str], Observation] = {}
        for seen in traffic.observations:
            if seen.operation_id is not None and seen.operation_id in current:
                if seen.succeeded:
                    succeeded.setdefault(seen.operation_id, seen)
                met.setdefault((seen.operation_id, str(seen.status)), seen)
        figure = (
            f"{len(succeeded)} of {len(current)} operations succeeded; "
            f"{len(documented & met.keys())} of {len(documented)} documented statuses were met."
        )
        if len(succeeded) >= ENOUGH * len(current):
            return passed(met.values(), figure)
        missing = ", ".join(id for id in current if id not in succeeded)
        return not_seen(f"{figure} Not used yet: {missing}.", met.values())

    return judge
