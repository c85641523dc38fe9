"""Our prose is easy to read: short sentences, as plain English asks for. Code is left out.

No test can see whether a sentence is in its natural order: read each page aloud.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from statistics import median
from typing import Any, Final

import pytest
import yaml

from docs.generator.settings import settings
from mock_server.harness.v1.readiness import KIT as V1_GRADING
from mock_server.harness.v3.readiness import KIT as V3_GRADING
from mock_server.resources import resource
from mock_server.services import SERVICES

ROOT = resource("docs").parent
KITS: Final = {"v1": V1_GRADING, "v3": V3_GRADING}
MOST_WORDS, USUAL_WORDS, FEW_SENTENCES = 30, 15, 5
_INTRODUCTIONS = ROOT / "docs" / "templates" / "introductions"
PROSE = sorted(
    [
        *ROOT.glob("*.md"),
        *(ROOT / "docs" / "pages").rglob("*.md"),
        *_INTRODUCTIONS.rglob("*.md"),
        *ROOT.glob("scenarios/*.md"),
        *ROOT.glob("changes/*.md"),
    ]
)
STORIES = sorted(story for service in SERVICES for story in (ROOT / "scenarios" / service.name).glob("*.yaml"))

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


def too_long(text: str) -> list[str]:
    """What is wrong with the sentences of a text in Markdown."""
    found = list(sentences(text))
    wrong = [f"{words(each)} words: {each}" for each in found if words(each) > MOST_WORDS]
    # A page that is made from data has too little prose of its own.
    usual = median(words(each) for each in found) if len(found) >= FEW_SENTENCES else 0
    return wrong + ([f"half of the sentences have {usual:g} words or more"] if usual > USUAL_WORDS else [])


def told(story: Path) -> str:
    """What a scenario says to readers, in paragraphs."""
    written = yaml.load(story.read_text(), yaml.CSafeLoader)
    steps = [*written.get("given", ()), *written["steps"]]
    return "\n\n".join([written["title"], written["text"], *(step["text"] for step in steps if "text" in step)])


@pytest.mark.parametrize("file", PROSE, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_sentences_are_short(file: Path) -> None:
    assert too_long(file.read_text()) == []


def test_sentences_of_scenarios_are_short() -> None:
    assert len(STORIES) >= 100
    assert {story.stem: wrong for story in STORIES if (wrong := too_long(told(story)))} == {}


def test_each_text_of_a_step_is_whole_sentences() -> None:
    # A request and its answer stand between two of them, so a sentence can't go on in the next.
    whole = re.compile(r"[A-Z0-9`“\"(*].*[.:?!)]", re.DOTALL)
    broken = {
        story.stem: [step["text"] for step in steps if "text" in step and not whole.fullmatch(step["text"].strip())]
        for story in STORIES
        if (steps := yaml.load(story.read_text(), yaml.CSafeLoader)["steps"])
    }
    assert {story: texts for story, texts in broken.items() if texts} == {}


def described(document: Any) -> Iterator[str]:
    """The descriptions and summaries of a contract."""
    if isinstance(document, dict):
        for name, value in document.items():
            if isinstance(value, str) and name in ("description", "summary"):
                yield value
            elif name not in ("example", "examples"):
                yield from described(value)
    elif isinstance(document, list):
        for value in document:
            yield from described(value)


def tables() -> Iterator[tuple[str, Iterable[str]]]:
    """What the pages take from contracts, rules, requirements and settings, by its source."""
    for file in sorted((ROOT / "openapi").glob("*.yaml")):
        yield file.name, described(yaml.load(file.read_text(), yaml.CSafeLoader))
    for service in SERVICES:
        rules = service.catalogue.values()
        yield f"rules of {service.name}", [text for rule in rules for text in (rule.means, rule.remedy)]
    for name, kit in KITS.items():
        yield (
            f"requirements of {name}",
            [text for each in kit.catalogue for text in (each.sentence, each.why, each.how)],
        )
    yield "settings", [setting.description for setting in settings()]


def test_sentences_that_pages_take_from_tables_are_short() -> None:
    wrong = {source: too_long("\n\n".join(texts)) for source, texts in tables()}
    assert len(wrong) >= 10
    assert {source: found for source, found in wrong.items() if found} == {}


def test_code_and_tables_don_t_count_as_long_sentences() -> None:
    long = " ".join(["word"] * 31)
    assert list(sentences(f"```\n{long}\n```\nShort and `{long}` good. So is this one.\n")) == [
        "Short and x good.",
        "So is this one.",
    ]
    assert [words(each) for each in sentences(f"- {long}\n\n| {long} | a b c |\n")] == [31, 31, 3]
