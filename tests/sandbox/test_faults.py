"""Injected faults: which requests they strike, and what can't be injected."""

from random import Random
from typing import Any

import pytest

from mock_server.control.models import plain
from mock_server.sandbox.faults import BadFault, Faults

RESPOND = {"status": 500}


def faults(*given: dict[str, Any], seed: int = 1) -> Faults:
    made = Faults(Random(seed))  # noqa: S311 - meant to repeat
    made.replace(given)
    return made


def strikes(made: Faults, method: str = "GET", path: str = "/p", operation_id: str | None = None) -> str | None:
    fault = made.strike("v1", method, path, lambda: operation_id)
    return fault.id if fault else None


def test_without_faults_nothing_is_active() -> None:
    made = faults()
    assert not made.active
    assert strikes(made) is None
    made.replace([{"match": {}, "respond": RESPOND}])
    assert made.active
    made.clear()
    assert not made.active


@pytest.mark.parametrize(
    ("match", "struck"),
    [
        ({}, True),
        ({"method": "GET"}, True),
        ({"method": "PUT"}, False),
        ({"path": "/participants/*"}, True),
        ({"path": "/declarations/*"}, False),
        ({"operation_id": "getOne"}, True),
        ({"operation_id": "getAnother"}, False),
        ({"method": "GET", "path": "*/1", "operation_id": "getOne"}, True),
        ({"method": "GET", "path": "*/2", "operation_id": "getOne"}, False),
    ],
)
def test_a_fault_strikes_what_has_all_that_it_asks_for(match: dict[str, str], struck: bool) -> None:
    made = faults({"match": match, "respond": RESPOND})
    assert (strikes(made, "GET", "/participants/1", "getOne") is not None) == struck


def test_the_first_that_matches_and_is_not_used_up_strikes() -> None:
    made = faults(
        {"match": {"method": "PUT"}, "respond": RESPOND},
        {"match": {}, "respond": RESPOND, "times": 2},
        {"match": {}, "delay_ms": 5},
    )
    assert [strikes(made) for _ in range(4)] == ["fault-2", "fault-2", "fault-3", "fault-3"]
    assert [record.struck for record in made.records()] == [0, 2, 2]


def test_chance_is_the_same_for_the_same_seed_and_passes_on_to_the_next_fault() -> None:
    def outcome(seed: int) -> list[str | None]:
        made = faults({"match": {}, "respond": RESPOND, "probability": 0.3}, {"match": {}, "delay_ms": 1}, seed=seed)
        return [strikes(made) for _ in range(300)]

    assert outcome(1) == outcome(1) != outcome(2)
    assert 50 < outcome(1).count("fault-1") < 130
    assert outcome(1).count(None) == 0


@pytest.mark.parametrize(("probability", "struck"), [(0, 0), (1, 100)])
def test_the_ends_of_chance_are_never_and_always(probability: float, struck: int) -> None:
    made = faults({"match": {}, "respond": RESPOND, "probability": probability})
    assert sum(strikes(made) is not None for _ in range(100)) == struck


def test_replacing_starts_the_counts_anew_under_new_ids() -> None:
    made = faults({"match": {}, "respond": RESPOND})
    strikes(made)
    made.replace([{"match": {}, "respond": RESPOND}])
    assert [(record.id, record.struck) for record in made.records()] == [("fault-2", 0)]


def test_a_fault_is_shown_with_everything_it_left_out() -> None:
    made = faults(
        {
            "match": {"operation_id": "getOne"},
            "respond": {"status": 504, "headers": {"Retry-After": "2"}, "body": {"a": 1}},
            "apply": "after",
        },
        {"match": {"path": "/a*"}, "delay_ms": 3},
    )
    assert [plain(record) for record in made.records()] == [
        {
            "id": "fault-1",
            "match": {"api": None, "method": None, "path": None, "operation_id": "getOne"},
            "respond": {"status": 504, "headers": {"Retry-After": "2"}, "body": {"a": 1}},
            "delay_ms": 0,
            "times": None,
            "probability": 1,
            "apply": "after",
            "struck": 0,
        },
        {
            "id": "fault-2",
            "match": {"api": None, "method": None, "path": "/a*", "operation_id": None},
            "respond": None,
            "delay_ms": 3,
            "times": None,
            "probability": 1,
            "apply": "before",
            "struck": 0,
        },
    ]


@pytest.mark.parametrize(
    ("respond", "body", "content_type"),
    [
        ({"status": 500}, b"", None),
        ({"status": 500, "body": "ø"}, "ø".encode(), "text/plain"),
        ({"status": 500, "body": ""}, b"", "text/plain"),
        ({"status": 500, "body": {"a": None}}, b'{"a":null}', "application/json"),
        ({"status": 500, "body": []}, b"[]", "application/json"),
        ({"status": 500, "body": "<p>", "headers": {"Content-Type": "text/html"}}, b"<p>", "text/html"),
        ({"status": 204}, b"", None),
    ],
)
def test_the_answer_has_the_content_type_that_fits_its_body(
    respond: dict[str, Any], body: bytes, content_type: str | None
) -> None:
    fault = faults({"match": {}, "respond": respond}).strike("v1", "GET", "/", lambda: None)
    assert fault is not None
    assert fault.answer is not None
    assert (fault.answer.body, fault.answer.content_type) == (body, content_type)


@pytest.mark.parametrize(
    ("respond", "pointer"),
    [
        ({"status": 204, "body": "x"}, "/1/respond/body"),
        ({"status": 500, "headers": {"a b": "x"}}, "/1/respond/headers"),
        ({"status": 500, "headers": {"a\r\nb": "x"}}, "/1/respond/headers"),
        ({"status": 500, "headers": {"": "x"}}, "/1/respond/headers"),
        ({"status": 500, "headers": {"Content-Length": "1"}}, "/1/respond/headers"),
        ({"status": 500, "headers": {"transfer-encoding": "chunked"}}, "/1/respond/headers"),
    ],
)
def test_an_answer_that_http_has_no_form_for_is_refused_and_the_present_faults_stay(
    respond: dict[str, Any], pointer: str
) -> None:
    made = faults({"match": {"method": "PUT"}, "respond": RESPOND})
    with pytest.raises(BadFault) as refused:
        made.replace([{"match": {}, "respond": RESPOND}, {"match": {}, "respond": respond}])
    assert refused.value.pointer == pointer
    assert [record.id for record in made.records()] == ["fault-1"]
