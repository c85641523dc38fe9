"""What each operator of a check asks for."""

from typing import Any

import pytest

from mock_server.harness.scenarios.checks import OPERATORS, failures
from mock_server.http.json_pointer import NOTHING, at

RECORDS = [{"id": "a", "n": 1}, {"id": "b", "n": 1}]


@pytest.mark.parametrize(
    ("check", "good", "bad"),
    [
        ("active", ["active"], ["Active", "", None, NOTHING]),
        (None, [None], ["", 0, False, NOTHING]),
        (True, [True], [1, "true"]),
        (1, [1], [True, "1", 2]),
        ([], [[]], [{}, None, [1]]),
        ({"equals": {"a": 1, "b": [2]}}, [{"b": [2], "a": 1}], [{"a": 1}, {"a": 1, "b": [2], "c": 3}]),
        ({"not": "a"}, ["b", None, 1], ["a", NOTHING]),
        ({"contains": "ar"}, ["bar"], ["ba", None, NOTHING, 1]),
        ({"contains": {"a": 1}}, [[{"a": 1}, 2]], [[{"a": 2}], [], {"a": 1}]),
        ({"matches": "^[0-9]+$"}, ["12"], ["", "x1", 12, NOTHING]),
        ({"length": 2}, ["ab", [1, 2]], ["a", [], None, {"a": 1, "b": 2}, NOTHING]),
        ({"at_least": 1}, ["a", [1, 2]], ["", [], NOTHING]),
        ({"at_most": 1}, ["", [1]], ["ab", [1, 2], NOTHING, None]),
        ({"absent": True}, [NOTHING], [None, "", []]),
        ({"each": {"/n": 1}}, [RECORDS, []], [[*RECORDS, {"n": 2}], [{}], None, NOTHING]),
        ({"some": {"/id": "b", "/n": 1}}, [RECORDS], [RECORDS[:1], [], [{"id": "b"}], NOTHING]),
        ({"some": [{"/id": "a"}, {"/id": "b"}]}, [RECORDS], [RECORDS[:1], RECORDS[1:], [], NOTHING]),
        ({"length": 2, "each": {"/n": {"not": 2}}}, [RECORDS], [RECORDS[:1]]),
    ],
)
def test_a_check_takes_what_it_should_and_nothing_else(check: Any, good: list[Any], bad: list[Any]) -> None:
    assert [found for found in good if list(failures("it", check, found))] == []
    assert [found for found in bad if not list(failures("it", check, found))] == []


def test_every_operator_is_tried_here() -> None:
    marks = test_a_check_takes_what_it_should_and_nothing_else.pytestmark
    tried = {operator for check, _, _ in marks[0].args[1] if isinstance(check, dict) for operator in check}
    assert tried == OPERATORS


def test_a_failure_says_what_was_asked_and_what_came() -> None:
    (failure,) = failures("/data/id", {"not": "a"}, "a")
    assert (failure.requirement, failure.expected, failure.actual) == ('/data/id is anything but "a"', '"a"', '"a"')
    (failure,) = failures("/data", None, NOTHING)
    assert (failure.requirement, failure.expected, failure.actual) == ("/data is null", "null", "nothing")


def test_a_failure_names_the_one_that_no_item_passes() -> None:
    (failure,) = failures("/data", {"some": [{"/id": "a"}, {"/id": "c"}]}, RECORDS)
    assert failure.expected == '{"/id": {"equals": "c"}}'


def test_kept_values_stand_in_for_their_names() -> None:
    kept = {"id": "a", "record": {"length": 3}}
    assert not list(failures("it", "${id}", "a", kept))
    assert not list(failures("it", {"contains": "<${id}>"}, "b<a>b", kept))
    # An object that was kept is a value, whatever its members are called.
    assert not list(failures("it", "${record}", {"length": 3}, kept))
    assert not list(failures("it", {"each": {"": "${record}"}}, [{"length": 3}], kept))
    assert list(failures("it", "${record}", "abc", kept))


def test_a_kept_value_in_a_regular_expression_is_plain_text() -> None:
    check = {"matches": "^id ${id}$"}
    assert not list(failures("it", check, "id a[(b", {"id": "a[(b"}))
    assert list(failures("it", check, "id aXb", {"id": "a.b"}))


@pytest.mark.parametrize(
    ("pointer", "found"),
    [
        ("", {"a/b": {"~": [10, None]}}),
        ("/a~1b/~0/0", 10),
        ("/a~1b/~0/1", None),
        ("/a~1b/~0/2", NOTHING),
        ("/a~1b/~0/-1", NOTHING),
        ("/a~1b/~0/x", NOTHING),
        ("/a~1b/~0/0/deeper", NOTHING),
        ("/a", NOTHING),
        ("/", NOTHING),
    ],
)
def test_a_pointer_leads_to_what_rfc_6901_says(pointer: str, found: Any) -> None:
    led = at(pointer, {"a/b": {"~": [10, None]}})
    assert led is found if found is NOTHING else led == found
