"""JUnit XML: what CI systems find in it."""

from pathlib import Path
from xml.etree import ElementTree

from lxml import etree  # type: ignore[import-untyped]  # it has no types

from mock_server.harness.junit import JUnitCase, Suite, junit

CASES = [
    JUnitCase("group", "good", "passed", seconds=0.5),
    JUnitCase("group", "bad", "failed", "a & b\x00", "line 1\n<line 2>\x1b", seconds=0.25),
    JUnitCase("group", "left out", "skipped", "not here"),
]


def test_cases_are_counted_and_say_what_came_of_them() -> None:
    root = ElementTree.fromstring(junit([Suite("one", CASES), Suite("none", [], seconds=2)]).encode())  # noqa: S314
    one, none = root
    assert (root.tag, one.attrib) == (
        "testsuites",
        {"name": "one", "tests": "3", "failures": "1", "skipped": "1", "errors": "0", "time": "0.750"},
    )
    assert (none.get("tests"), none.get("time")) == ("0", "2.000")
    good, bad, left_out = one
    assert len(good) == 0
    assert (bad[0].tag, bad[0].get("message"), bad[0].text) == ("failure", "a & b�", "line 1\n<line 2>�")
    assert (left_out[0].tag, left_out[0].get("message"), left_out[0].text) == ("skipped", "not here", None)


def test_the_document_is_one_that_jenkins_reads() -> None:
    """`junit-10.xsd` is the schema of Jenkins's xUnit plugin, which pytest holds its own reports to."""
    schema = etree.XMLSchema(etree.parse(Path(__file__).with_name("junit-10.xsd")))
    written = junit([Suite("one", CASES), Suite("none", [], seconds=1234.5)])
    schema.assertValid(etree.fromstring(written.encode()))
    # The schema tells something else from it.
    assert not schema.validate(etree.fromstring(written.replace("skipped message", "skipped reason").encode()))
