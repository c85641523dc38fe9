"""What counts as missing, and what as text (the fact sheets of both services say the same)."""

import pytest

from mock_server.rules.attributes import as_text


@pytest.mark.parametrize("value", [None, False, {}, {"a": 1}, [], ["x"], "", " ", "\t\n"])
def test_null_false_blank_text_objects_and_lists_count_as_missing(value: object) -> None:
    assert as_text(value) == ""


@pytest.mark.parametrize(
    ("value", "text"), [("2021", "2021"), (2021, "2021"), (True, "True"), (0, "0"), (1.5, "1.5"), (" x ", " x ")]
)
def test_everything_else_is_its_text(value: object, text: str) -> None:
    assert as_text(value) == text
