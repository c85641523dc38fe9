"""Rules 2.7: the forms in which v3 takes an id."""

import pytest

from mock_server.v3.domain.identifiers import canonical_id

ID = "0f8fad5b-d9cb-469f-a165-70867728950e"


@pytest.mark.parametrize("text", [ID, ID.upper(), f"{{{ID}}}", ID.replace("-", "")])
def test_capitals_braces_and_missing_hyphens_are_tolerated(text: str) -> None:
    assert canonical_id(text) == ID


@pytest.mark.parametrize("text", ["", "abc", ID[:-1], ID + "0", f" {ID}", f"{ID}\n", "1" * 37, ID.replace("0", "g")])
def test_everything_else_is_no_id(text: str) -> None:
    assert canonical_id(text) == ""
