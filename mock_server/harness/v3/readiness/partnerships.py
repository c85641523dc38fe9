"""Does the client look at a school before it makes a partnership with it?"""

from bisect import bisect_left

from mock_server.harness.readiness.judgement import Judgement, failed, passed_if_any
from mock_server.harness.readiness.observation import Observation
from mock_server.harness.v3.readiness.traffic import Traffic


def checked_first(traffic: Traffic) -> Judgement:
    made: list[Observation] = []
    blindly: list[Observation] = []
    for observations in traffic.by_provider.values():
        read = sorted(seen.ended for seen in observations if seen.kind in ("schools", "school") and seen.succeeded)
        for seen in observations:
            if seen.kind == "create-partnership" and seen.accepted:
                made.append(seen)
                if bisect_left(read, seen.began) == 0:
                    blindly.append(seen)
    if blindly:
        return failed("Read the schools of the cohort before you make partnerships with them.", blindly)
    return passed_if_any(made)
