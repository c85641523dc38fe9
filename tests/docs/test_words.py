"""Our prose is easy to read: short sentences, as plain English asks for. Code is left out.

No test can see whether a sentence is in its natural order: read each page aloud.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest

from mock_server.resources import resource

ROOT = resource("docs").parent
MOST_WORDS, USUAL_WORDS, FEW_SENTENCES = 30, 15, 5
# Prose with longer sentences. Shorten them, and take the page out of this list.
STILL_TO_SHORTEN = {"README.md", "SECURITY.md", "check-a-server.md"}
PROSE = sorted([*ROOT.glob("*.md"), *(ROOT / "docs" / "pages").rglob("*.md")])

# Code, comments, what fills a template in, and the markup around words.
_LEFT_OUT = re.compile(
    r"\A---\n.*?\n---\n|```.*?```|\{%.*?%\}|\{#.*?#\}|<!--.*?-->|<(style|svg|script)\b.*?</\1>", re.DOTALL
)
_BLOCKS = re.compile(r"\n\s*\n|\n(?=\s*(?:[-*]|\d+\.|#+|\||>|:|///|\?\?\?|!!!)\s)")
_ENDS = re.compile(r"(?<=[.!?:])\s+(?=[A-Z“\"(*…]|x\b)")
_WORD = re.compile(r"[\w’'…/-]+")


def sentences(text: str) -> Iterator[str]:
    """Each sentence of three words or more, with an `x` for each piece of code."""
    text = re.sub(r"\{\{.*?\}\}", "x", _LEFT_OUT.sub("", text), flags=re.DOTALL)
    for block in _BLOCKS.split(text):
        for cell in block.split("|") if block.lstrip().startswith("|") else [block]:
            plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", re.sub(r"`[^`]*`", "x", cell))
            plain = re.sub(r"^\s*(?:[-*]|\d+\.|#+)\s+", "", re.sub(r"<[^>]+>", "", plain).strip())
            yield from (each for each in _ENDS.split(" ".join(plain.split())) if words(each) >= 3)


def words(sentence: str) -> int:
    return len(_WORD.findall(sentence))


def too_long(file: Path) -> list[str]:
    """What is wrong with a file's sentences."""
    found = list(sentences(file.read_text()))
    wrong = [f"{words(each)} words: {each}" for each in found if words(each) > MOST_WORDS]
    # A page that is made from data has too little prose of its own.
    usual = median(words(each) for each in found) if len(found) >= FEW_SENTENCES else 0
    return wrong + ([f"half of the sentences have {usual:g} words or more"] if usual > USUAL_WORDS else [])


@pytest.mark.parametrize("file", PROSE, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_sentences_are_short(file: Path) -> None:
    wrong = too_long(file)
    if file.name in STILL_TO_SHORTEN:
        assert wrong, f"{file.name} is fine now: take it out of the list"
    else:
        assert wrong == []


def test_code_and_tables_don_t_count_as_long_sentences() -> None:
    long = " ".join(["word"] * 31)
    assert list(sentences(f"```\n{long}\n```\nShort and `{long}` good. So is this one.\n")) == [
        "Short and x good.",
        "So is this one.",
    ]
    assert [words(each) for each in sentences(f"- {long}\n\n| {long} | a b c |\n")] == [31, 31, 3]
