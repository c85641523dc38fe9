"""Version 3's states: the pictures have every state and move of the domain, and nothing else."""

from xml.etree import ElementTree

import pytest

from docs.generator.declaration_states import layout
from docs.generator.state_diagram import Layout
from docs.generator.v3 import states, training_states, transfer_states
from docs.generator.v3.training_states import Status
from mock_server.v3.domain.states import DECLARATION_ARROWS, STATEMENT_ARROWS, VOIDED_AS
from mock_server.v3.domain.vocabulary import PARTICIPANT_STATUSES, TRAINING_STATUSES, TRANSFER_TYPES
from tests.docs.sections import section

LAYOUTS = [
    layout(DECLARATION_ARROWS),
    states.STATEMENT_LAYOUT,
    training_states.TRAINING_LAYOUT,
    training_states.PARTICIPANT_LAYOUT,
    transfer_states.TYPE_LAYOUT,
    transfer_states.STATUS_LAYOUT,
]


def _drawn(picture: str) -> tuple[set[str | None], int, int, str]:
    """The boxes, how many arrows, how many of them dashed, and the picture in words."""
    svg = ElementTree.fromstring(picture)  # noqa: S314 - our own text
    arrows = [path for path in svg.findall("path") if "arrow" in path.attrib["class"]]
    dashed = sum("dashed" in path.attrib["class"] for path in arrows)
    return {box.text for box in svg.findall("text[@class='state']")}, len(arrows), dashed, svg.findtext("desc") or ""


@pytest.mark.parametrize(
    ("picture", "arrows"),
    [(states.declaration_diagram(), DECLARATION_ARROWS), (states.statement_diagram(), STATEMENT_ARROWS)],
    ids=["declarations", "statements"],
)
def test_every_state_of_the_table_has_a_box_and_every_arrow_is_drawn(
    picture: str, arrows: dict[str, tuple[str, ...]]
) -> None:
    boxes, drawn, dashed, described = _drawn(picture)
    assert boxes == set(arrows)
    assert drawn == sum(len(targets) for targets in arrows.values())
    assert dashed == (len(VOIDED_AS) if arrows is DECLARATION_ARROWS else 0)
    for state, targets in arrows.items():
        assert not targets or f"{state} can become {' or '.join(targets)}" in described


def test_a_declaration_begins_where_the_rules_say() -> None:
    assert states.first_states() == {"submitted", "eligible"}


def test_the_table_of_declarations_is_whole(site: dict[str, str]) -> None:
    part = section(site["v3/states.md"], "declarations", 2)
    for state in states.declaration_states():
        voided = f"`{state.voided_as}`" if state.voided_as else "refused: [void-not-"
        assert f"| `{state.name}` | {state.comes_by} | {voided}" in part
    assert [state.name for state in states.declaration_states()] == list(DECLARATION_ARROWS)
    live = [state.name for state in states.declaration_states() if state.live]
    assert live == ["submitted", "eligible", "payable", "paid"]


def test_the_table_of_statements_is_whole(site: dict[str, str]) -> None:
    part = section(site["v3/states.md"], "statements", 2)
    for state in STATEMENT_ARROWS:
        assert f"| `{state}` | " in part


# -- training --------------------------------------------------------------------------------------


def _after(act: str, before: Status) -> Status | tuple[str, ...]:
    moves = [*training_states.provider_moves(), *training_states.calendar_and_school_moves()]
    [move] = [each for each in moves if (each.act, each.before) == (act, before)]
    return move.after or move.rules


def test_every_act_is_tried_on_every_status() -> None:
    statuses = {move.before for move in training_states.provider_moves()}
    assert {status.training for status in statuses} == set(TRAINING_STATUSES)
    assert {status.participant for status in statuses} == set(PARTICIPANT_STATUSES)
    assert len(training_states.provider_moves()) == 3 * len(statuses) == 18


@pytest.mark.parametrize(
    ("act", "before", "after"),
    [
        # Rules 6.3.
        ("the day comes", Status("active", "joining"), Status("active", "active")),
        ("the school reports a last day", Status("active", "active"), Status("active", "leaving")),
        ("the day comes", Status("active", "leaving"), Status("active", "left")),
        ("the school changes to another provider", Status("active", "active"), Status("active", "left")),
        ("defer", Status("active", "active"), Status("deferred", "left")),
        ("withdraw", Status("active", "active"), Status("withdrawn", "left")),
        ("withdraw", Status("deferred", "left"), Status("withdrawn", "left")),
        ("resume", Status("deferred", "left"), Status("active", "active")),
        ("resume", Status("withdrawn", "left"), Status("active", "active")),
        ("a school registers the person with you again", Status("withdrawn", "left"), Status("active", "active")),
        ("the induction is passed, by the end of the training", Status("active", "left"), Status("active", "active")),
        ("defer", Status("active", "joining"), ("defer-training-begun",)),
        ("defer", Status("withdrawn", "left"), ("defer-not-withdrawn",)),
        ("resume", Status("active", "leaving"), ("resume-not-active",)),
        ("withdraw", Status("withdrawn", "left"), ("withdraw-not-withdrawn",)),
    ],
)
def test_acts_do_what_the_rules_say(act: str, before: Status, after: Status | tuple[str, ...]) -> None:
    assert _after(act, before) == after


def test_every_move_of_the_training_status_is_drawn() -> None:
    boxes, drawn, _, described = _drawn(training_states.training_diagram())
    assert boxes == set(TRAINING_STATUSES)
    assert drawn == len(training_states.training_moves()) == 5
    assert "resume makes withdrawn active" in described


def test_every_move_of_the_participant_status_is_drawn() -> None:
    boxes, drawn, _, described = _drawn(training_states.participant_diagram())
    assert boxes == set(PARTICIPANT_STATUSES)
    assert drawn == len(training_states.participant_moves()) == 6
    assert "leaving becomes left by: defer, withdraw, the day comes" in described
    assert "left becomes active by: resume, a school registers the person with you again" in described


def test_every_try_is_in_a_table(site: dict[str, str]) -> None:
    part = section(site["v3/states.md"], "training-status", 2)
    for status, moves in training_states.provider_table():
        results = [str(move.after) if move.after else f"refused: [{move.rules[0]}]" for move in moves]
        [row] = [line for line in part.splitlines() if line.startswith(f"| {status} |")]
        assert [cell.strip().partition("(")[0] for cell in row.split("|")[2:5]] == results
    part = section(site["v3/states.md"], "participant-status", 2)
    for move in training_states.calendar_and_school_moves():
        assert f"| {move.act} | {move.before} | {move.after} |" in part


# -- transfers -------------------------------------------------------------------------------------


def test_transfers_move_as_the_rules_say() -> None:
    moves = {(move.before, move.after) for move in transfer_states.transfer_moves()}
    assert moves >= {
        (None, ("unknown", "incomplete")),
        (("unknown", "incomplete"), ("unknown", "complete")),
        (("unknown", "complete"), ("new_school", "complete")),
        (("unknown", "complete"), ("new_provider", "complete")),
        (("unknown", "complete"), ("new_school", "incomplete")),
        (("new_school", "incomplete"), ("new_school", "complete")),
        (("unknown", "complete"), None),
    }


def test_the_pictures_of_transfers_have_every_type_and_status(site: dict[str, str]) -> None:
    assert _drawn(transfer_states.type_diagram())[:2] == (set(TRANSFER_TYPES), 2)
    assert _drawn(transfer_states.status_diagram())[:2] == ({"incomplete", "complete"}, 2)
    part = section(site["v3/states.md"], "transfers", 2)
    for move in transfer_states.transfer_moves():
        assert f"| {move.event} | " in part


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: " ".join(layout.places))
def test_pictures_fit_on_a_phone(layout: Layout) -> None:
    assert layout.width <= 328


def test_every_picture_is_on_the_page(site: dict[str, str]) -> None:
    pictures = [
        states.declaration_diagram(),
        states.statement_diagram(),
        training_states.training_diagram(),
        training_states.participant_diagram(),
        transfer_states.status_diagram(),
        transfer_states.type_diagram(),
    ]
    assert [picture for picture in pictures if picture not in site["v3/states.md"]] == []
