"""The pictures of schedules: every date of the tables is in them, and where it should be."""

import re
from datetime import date
from xml.etree import ElementTree

import pytest

from docs.generator.timeline import Bar, draw, written, written_span
from docs.generator.v1.schedules import SHOWN, cohorts
from docs.generator.v1.schedules import picture as drawn
from docs.generator.v3 import schedules as v3_schedules
from mock_server.v1.domain.schedules import SCHEDULE_IDENTIFIERS, Schedule, schedule

STANDARD = [each for cohort in cohorts() for each in cohort.standard]


def _named(each: Schedule) -> str:
    return f"{each.identifier} {each.cohort}"


def _percent(element: ElementTree.Element, name: str) -> float:
    return float(element.attrib[name].removesuffix("%"))


def test_every_schedule_of_every_cohort_is_shown() -> None:
    for cohort in cohorts():
        shown = [each.identifier for each in cohort.standard]
        shown += [each.identifier for _, listed in cohort.open for each in listed]
        assert sorted(shown) == sorted(SCHEDULE_IDENTIFIERS)
        assert [each for each in SCHEDULE_IDENTIFIERS if f">{each}</tspan>" not in cohort.open_picture] == [
            each.identifier for each in cohort.standard
        ]
    assert [cohort.year for cohort in cohorts()] == list(SHOWN)


@pytest.mark.parametrize("each", STANDARD, ids=_named)
def test_a_timeline_tells_every_date_in_words(each: Schedule) -> None:
    picture = ElementTree.fromstring(drawn(each))  # noqa: S314 - our own text
    described = picture.findtext("desc") or ""
    for milestone in each.milestones.values():
        assert milestone.milestone_date is not None
        assert (
            f"{milestone.declaration_type}: from {written(milestone.start)} to {written(milestone.milestone_date)}, "
            f"paid on {written(milestone.payment)}"
        ) in described


@pytest.mark.parametrize("each", STANDARD, ids=_named)
def test_bars_stand_as_far_apart_as_their_dates(each: Schedule) -> None:
    picture = ElementTree.fromstring(drawn(each))  # noqa: S314
    bars, milestones = picture.findall("rect"), list(each.milestones.values())
    assert len(bars) == len(milestones) == len(picture.findall("circle"))
    first = min(milestone.start for milestone in milestones)
    # One day's share of the width, from the first bar; every other bar must agree with it.
    for bar, milestone in zip(bars, milestones, strict=True):
        assert milestone.milestone_date is not None
        days = (milestone.milestone_date - milestone.start).days + 1
        share = _percent(bar, "width") / days
        assert _percent(bar, "x") == pytest.approx((milestone.start - first).days * share, abs=0.2)
        assert _percent(bar, "x") + _percent(bar, "width") <= 100


def test_a_bar_without_an_end_goes_on_to_the_edge() -> None:
    picture = ElementTree.fromstring(draw("x", "X", [Bar("open", date(2021, 9, 1), None)]))  # noqa: S314
    (bar,) = picture.findall("rect")
    assert _percent(bar, "x") + _percent(bar, "width") == 100
    assert picture.findtext("desc") == "open: from 1 Sep 2021, without an end."


def test_labels_keep_inside_the_picture() -> None:
    # A letter is about 7.4 pixels wide at the size that the style sheet gives; a phone has 328 to offer.
    pictures = [drawn(each) for each in STANDARD] + [cohort.open_picture for cohort in cohorts()]
    for cohort in v3_schedules.cohorts():
        pictures += [v3_schedules.picture(each) for each in cohort.standard]
        pictures.append(cohort.open_picture)
    for picture in pictures:
        for label in ElementTree.fromstring(picture).findall("text[@class='narrow']"):  # noqa: S314
            width = 7.4 * len("".join(label.itertext()))
            place, anchor = 3.28 * _percent(label, "x"), label.attrib["text-anchor"]
            left = {"start": place, "middle": place - width / 2, "end": place - width}[anchor]
            assert left >= -1
            assert left + width <= 329


def test_a_span_names_a_shared_year_once() -> None:
    assert written_span(date(2021, 9, 1), date(2021, 11, 30)) == "1 Sep – 30 Nov 2021"
    assert written_span(date(2021, 9, 1), date(2022, 1, 31)) == "1 Sep 2021 – 31 Jan 2022"


def test_ids_differ_between_pictures() -> None:
    pictures = [drawn(each) for each in STANDARD] + [cohort.open_picture for cohort in cohorts()]
    ids = [name for picture in pictures for name in re.findall(r' id="([^"]+)"', picture)]
    assert len(ids) == len(set(ids)) == 2 * len(pictures)


def test_the_picture_is_of_the_table() -> None:
    found = schedule(2022, "ecf-standard-april")
    assert found is not None
    assert "1 Apr – 31 Jul 2023" in drawn(found)
