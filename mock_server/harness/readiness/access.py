"""Does the client identify itself correctly?"""

from mock_server.harness.readiness.judgement import NOT_SEEN, Judgement, failed, passed, passed_if_any
from mock_server.harness.readiness.traffic import Observation, Traffic
from mock_server.http.exchange import bearer_token


def carries_token(seen: Observation) -> bool:
    return bool(bearer_token(seen.credentials))


def authenticated(traffic: Traffic[Observation]) -> Judgement:
    # A browser requests this by itself when somebody opens the address (/favicon.ico). The client didn't.
    without = [seen for seen in traffic.observations if not carries_token(seen) and seen.path.startswith("/api/")]
    if without:
        return failed("Send `Authorization: Bearer TOKEN` with every request; these came without it.", without)
    return passed_if_any(traffic.observations)


def token_not_in_url(traffic: Traffic[Observation]) -> Judgement:
    shown = [seen for seen in traffic.observations if seen.token_in_url]
    if shown:
        return failed(
            "Take the token out of the address: send it in the header Authorization only. Addresses end up in the "
            "logs of every machine on the way.",
            shown,
        )
    return passed_if_any(traffic.observations)


def stops_on_401(traffic: Traffic[Observation]) -> Judgement:
    refused: dict[bytes, Observation] = {}
    later: dict[bytes, list[Observation]] = {}
    for seen in traffic.observations:
        if seen.credentials in refused:
            later.setdefault(seen.credentials, []).append(seen)
        elif seen.status == 401 and carries_token(seen):
            refused[seen.credentials] = seen
    went_on: list[Observation] = []
    for credentials, sent in later.items():
        if knowing := sent[traffic.place_of_first_knowing(refused[credentials], sent) :]:
            went_on += [refused[credentials], *knowing]
    if went_on:
        return failed(
            "Stop at the first 401 and tell somebody: the token is wrong, and it stays wrong however often it is sent.",
            went_on,
        )
    return passed(refused.values()) if refused else NOT_SEEN
