"""The state diagrams: every state and every move of the tables, and nothing else."""

from xml.etree import ElementTree

import pytest

from docs.generator.declaration_states import layout
from docs.generator.state_diagram import Arrow, Layout, draw
from docs.generator.v1.states import (
    TRAINING_LAYOUT,
    TrainingMove,
    declaration_diagram,
    declaration_states,
    first_states,
    training_diagram,
    training_moves,
)
from mock_server.v1.domain.states import TRANSITIONS, VOIDED_AS
from mock_server.v1.domain.vocabulary import TRAINING_STATUSES


def test_every_state_of_a_declaration_has_a_box_and_every_move_an_arrow() -> None:
    picture = ElementTree.fromstring(declaration_diagram())  # noqa: S314 - our own text
    assert {box.text for box in picture.findall("text[@class='state']")} == set(TRANSITIONS)
    arrows = [path for path in picture.findall("path") if "arrow" in path.attrib["class"]]
    assert len(arrows) == sum(len(targets) for targets in TRANSITIONS.values())
    assert sum("dashed" in path.attrib["class"] for path in arrows) == len(VOIDED_AS)


def test_the_picture_says_in_words_what_it_draws() -> None:
    described = ElementTree.fromstring(declaration_diagram()).findtext("desc") or ""  # noqa: S314
    assert "A new declaration is submitted or eligible or ineligible." in described
    for state, targets in TRANSITIONS.items():
        if targets:
            assert f"{state} can become {' or '.join(targets)}" in described


def test_a_declaration_begins_where_the_rules_say() -> None:
    assert first_states() == {"submitted", "eligible", "ineligible"}
    picture = ElementTree.fromstring(declaration_diagram())  # noqa: S314
    assert len(picture.findall("circle")) == 3


def test_the_table_of_states_is_whole() -> None:
    states = {state.name: state for state in declaration_states()}
    assert list(states) == list(TRANSITIONS)
    assert states["paid"].voided_as == "awaiting-clawback"
    assert states["voided"].voided_as is None
    assert [name for name, state in states.items() if state.live] == ["submitted", "eligible", "payable", "paid"]


def test_every_action_is_tried_on_every_training_status() -> None:
    moves = training_moves()
    assert {(move.action, move.before) for move in moves} == {
        (action, status) for action in ("defer", "resume", "withdraw") for status in TRAINING_STATUSES
    }
    assert TrainingMove("defer", "active", "deferred", ()) in moves
    assert TrainingMove("resume", "withdrawn", None, ("resume-not-withdrawn",)) in moves


def test_the_picture_of_training_has_the_moves_that_are_made() -> None:
    picture = ElementTree.fromstring(training_diagram())  # noqa: S314
    labels = ["".join(label.itertext()) for label in picture.findall("text[@class='label']")]
    assert sorted(labels) == ["defer", "resume", "withdraw", "withdraw"]


def test_pictures_fit_on_a_phone() -> None:
    assert layout(TRANSITIONS).width <= 328
    assert TRAINING_LAYOUT.width <= 328


def test_a_state_without_a_place_is_an_error() -> None:
    with pytest.raises(KeyError):
        draw("x", "X", "", Layout({"a": (0, 0)}, 100, 20), [Arrow("a", "b")])
