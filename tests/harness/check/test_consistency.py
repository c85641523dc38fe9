"""The stage `consistency`: the order of what it tries, and the declarations that it makes."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from mock_server.app import build_app
from mock_server.harness.check.kit import check_kit
from mock_server.harness.check.records import Lists, Record, Records
from mock_server.harness.check.run import Plan, check
from mock_server.own_server import own_server
from mock_server.service import Service
from mock_server.services import SERVICES
from mock_server.settings import Settings
from mock_server.v3.service import V3
from tests.harness.check.conftest import Listener
from tests.live import listening

SAME = "The list is the same whatever the size of its pages."
ALONE = "A record read alone is the record in the list."


class Enough(Exception):
    """Ends the check: what came so far is all that the test asks about."""


@dataclass
class UntilTheFirstChange(Listener):
    texts: list[str] = field(default_factory=list)

    def step(self, text: str) -> None:
        self.texts.append(text.partition(": ")[2])
        if "and its end show in every view" in text:
            raise Enough


def records_of(service: Service) -> Records:
    kit = check_kit(service)
    assert kit
    assert kit.records
    return kit.records


@pytest.mark.parametrize("service", SERVICES, ids=[service.name for service in SERVICES])
def test_a_short_check_looks_at_every_list_and_then_at_changes(deployment: str, service: Service) -> None:
    """A server with a rate limit gets few requests in the time. Each list's cheapest check comes before all others."""
    listener = UntilTheFirstChange()
    with suppress(Enough):
        check(Plan(service, deployment, "alder-token", stages=["consistency"]), listener, own_server)
    *first, change = listener.texts
    lists = len(records_of(service).listings)
    assert first[:lists] == [SAME] * lists
    assert set(first[lists:]) == {ALONE}
    assert len(first) <= 2 * lists
    assert change.startswith("A declaration for an ECT")


def test_no_declaration_of_v3_is_dated_before_an_earlier_type() -> None:
    records = records_of(V3)
    [creation] = [each for each in records.creations if each.says.startswith("A declaration for an ECT")]
    settings = Settings.model_validate({"rate_limit": "off", "clock": "2026-02-10T09:00:00Z,still"})
    headers = {"authorization": "Bearer alder-token"}
    paths = {creation.about: "/api/v3/participants", creation.listing: "/api/v3/participant-declarations"}
    with listening(build_app(settings)) as base_url, httpx.Client(base_url=base_url, headers=headers) as client:

        def lists() -> Lists:
            answers = {name: client.get(path, params={"page[per_page]": 3000}) for name, path in paths.items()}
            return {name: answer.json()["data"] for name, answer in answers.items()}

        def declared(attributes: Mapping[str, Any]) -> int:
            body = {"data": {"type": "participant-declaration", "attributes": attributes}}
            return client.post(paths[creation.listing], json=body).status_code

        def possible(participant: Record) -> list[Any]:
            return [body["data"]["attributes"] for body in creation.bodies(participant, lists())]

        there = lists()
        participant = next(each for each in there[creation.about] if creation.fits(each, there) and _new_in_2025(each))
        first, second, *_ = possible(participant)
        assert declared({**first, "declaration_date": "2026-02-03T09:00:00Z"}) == 200
        assert declared(second) == 422
        assert second not in possible(participant)


def _new_in_2025(participant: Record) -> bool:
    [entry] = participant["attributes"]["ecf_enrolments"]
    return (entry["cohort"], entry["schedule_identifier"]) == ("2025", "ecf-standard-september")
