"""What v3 reads from a body, rules 2.3: which attributes count, and what is a 400."""

import orjson
import pytest

from mock_server.http.bodies import UnreadableBody, read_attributes
from mock_server.http.contract import operations
from mock_server.resources import specification
from mock_server.v3.checks import MEDIA_TYPES, known_attributes

KNOWN = {o.id: known_attributes(specification("v3"), o) for o in operations(specification("v3"))}


def read(document: object, content_type: bytes = b"application/json") -> dict[str, object]:
    return read_attributes(orjson.dumps(document), content_type, MEDIA_TYPES, KNOWN["deferParticipant"])


def test_the_known_attributes_are_those_of_the_contract() -> None:
    """Rules 5: the attributes that each write has."""
    assert {id: names for id, names in KNOWN.items() if names} == {
        "createPartnership": {"cohort", "school_id", "delivery_partner_id"},
        "updatePartnership": {"delivery_partner_id"},
        "withdrawParticipant": {"reason", "course_identifier"},
        "deferParticipant": {"reason", "course_identifier"},
        "resumeParticipant": {"course_identifier"},
        "changeScheduleParticipant": {"schedule_identifier", "course_identifier", "cohort"},
        "createDeclaration": {
            *("participant_id", "declaration_type", "declaration_date", "course_identifier", "evidence_held")
        },
    }


@pytest.mark.parametrize(
    "document",
    [
        {},
        [],
        "text",
        {"data": None},
        {"data": {}},
        {"data": "text"},
        {"data": [1]},
        {"data": {"type": "participant-defer"}},
        {"data": {"attributes": None}},
        {"data": {"attributes": {}}},
        {"data": {"attributes": []}},
        {"data": {"attributes": "reason"}},
        {"data": {"attributes": {"foo": 1}}},
        {"data": {"attributes": {"reason": {}, "course_identifier": ["ecf-induction"]}}},
    ],
    ids=repr,
)
def test_a_body_without_a_known_attribute_is_unreadable(document: object) -> None:
    """Rules 2.3: a known name whose value is an object or a list counts as not sent."""
    with pytest.raises(UnreadableBody):
        read(document)


@pytest.mark.parametrize("body", [b"", b"{", b'{"data": NaN}', b"\xff"])
def test_malformed_json_is_unreadable(body: bytes) -> None:
    """Rules 2.3: the mock's decision."""
    with pytest.raises(UnreadableBody):
        read_attributes(body, b"application/json", MEDIA_TYPES, KNOWN["deferParticipant"])


@pytest.mark.parametrize("content_type", [b"text/plain", b"application/x-www-form-urlencoded", b""])
def test_another_content_type_counts_as_no_body(content_type: bytes) -> None:
    """Rules 2.3."""
    with pytest.raises(UnreadableBody):
        read({"data": {"attributes": {"reason": "other"}}}, content_type)


@pytest.mark.parametrize("content_type", [b"application/json", b"application/vnd.api+json; charset=utf-8"])
@pytest.mark.parametrize(
    ("attributes", "kept"),
    [
        ({"reason": "other"}, {"reason": "other"}),
        # It goes on to the rules, which complain of the blank reason.
        ({"reason": None}, {"reason": None}),
        ({"reason": 7, "foo": "bar"}, {"reason": 7, "foo": "bar"}),
        ({"reason": "other", "course_identifier": {}}, {"reason": "other"}),
    ],
)
def test_one_known_attribute_is_enough(
    content_type: bytes, attributes: dict[str, object], kept: dict[str, object]
) -> None:
    """Rules 2.3: `type` is never looked at."""
    assert read({"data": {"attributes": attributes}}, content_type) == kept
    assert read({"data": {"type": "nonsense", "attributes": attributes}}, content_type) == kept
