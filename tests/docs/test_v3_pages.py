"""Version 3's pages of facts: evidence, standing, differences."""

import re

from docs.generator.guide import GUIDES
from docs.generator.site import DOCS
from docs.generator.v3.evidence import evidence_tables
from mock_server.v3.domain.evidence import evidence_allowed
from mock_server.v3.domain.schedules import FLAGS
from mock_server.v3.domain.vocabulary import COURSES, DECLARATION_TYPES, EVIDENCE_HELD, FUNDED_MENTOR_TYPES, ROLES
from mock_server.v3.service import V3
from tests.docs.sections import section


def test_every_cell_of_the_evidence_rule_is_on_its_page(site: dict[str, str]) -> None:
    found = {}
    for anchor, detailed in (("simple", False), ("detailed", True)):
        rows = re.findall(r"^\| (`ecf.+?) \| (.+?) \| (.+?) \|$", section(site["v3/evidence.md"], anchor, 2), re.M)
        for courses, kinds, values in rows:
            for course in re.findall("`(.+?)`", courses):
                for kind in re.findall("`(.+?)`", kinds):
                    found[detailed, course, kind] = tuple(re.findall("`(.+?)`", values))
    assert found == {
        (detailed, COURSES[role], kind): evidence_allowed(detailed=detailed, role=role, declaration_type=kind)
        for detailed in (False, True)
        for role in ROLES
        for kind in (FUNDED_MENTOR_TYPES if detailed and role == "mentor" else DECLARATION_TYPES)
    }
    assert {value for values in found.values() for value in values} == set(EVIDENCE_HELD)


def test_the_evidence_tables_name_the_cohorts_with_the_flag() -> None:
    assert [(table.detailed, table.cohorts) for table in evidence_tables()] == [
        (False, tuple(year for year, flags in FLAGS.items() if not flags.detailed_evidence)),
        (True, tuple(year for year, flags in FLAGS.items() if flags.detailed_evidence)),
    ]


def test_every_rule_of_v3_says_what_it_rests_on(site: dict[str, str]) -> None:
    rows = re.findall(r"^\| \[([a-z-]+)\]\(errors\.md#\1\) \| (\w+) \| (.+) \|$", site["v3/standing.md"], re.M)
    assert rows == [(rule.id, rule.standing, rule.means) for rule in V3.catalogue.values()]
    assert {standing for _, standing, _ in rows} >= {"documented", "observed"}


# What the guidance says, and what it is about, in the order of the fact sheet.
DISAGREEMENTS = [
    "Sending a declaration twice",
    "State `ineligible`",
    "Declaring for a deferred participant",
    "`participant_status` | may be `withdrawn`",
    "Evidence for `started` before 2025",
    "Order of types before 2025",
    "Dates of later types, from 2025 on",
    "Voiding in a closed cohort",
    "Leaving and joining dates that clash",
    "Errors of January 2026",
    "Changing the cohort of a participant",
    "Uplifts for mentors",
    "`eligible_for_funding`",
    "`training_record_id` after a merge",
    "The rate limit",
    "`expression_of_interest` of a school",
    "Moments, and `created_at` of a transfer",
    "Path of the list of participants",
    "Names of schedules",
    "Withdraw, defer and resume | POST",
    "Pages of a list",
    "A date alone in `X-With-Server-Date`",
    "Resuming a `leaving` participant",
    "`extended-…` declarations of ECTs",
    "ECTs of a frozen cohort at a new school",
]


def test_every_disagreement_of_guidance_and_source_is_on_the_page(site: dict[str, str]) -> None:
    part = section(site["v3/differences.md"], "disagree", 2)
    places = [part.find(f"| {subject}") for subject in DISAGREEMENTS]
    assert places == sorted(places)
    assert places[0] > 0
    assert len(DISAGREEMENTS) == 25


def test_every_section_of_the_guide_has_an_introduction_above_its_stories(site: dict[str, str]) -> None:
    guide = GUIDES["v3"]
    introductions = DOCS / "templates" / "introductions" / "v3"
    assert {file.stem for file in introductions.iterdir()} == {section.anchor for section in guide.sections}
    for each in guide.sections:
        page = site[guide.page_of(each)]
        first = guide.first(each).scenario
        before = page.partition(f"## {first.title} {{ #{first.id}")[0]
        lead = (introductions / f"{each.anchor}.md").read_text("utf-8").splitlines()[0]
        assert lead.startswith('<p class="lead">')
        assert lead in before, each.anchor


def test_the_words_of_the_guide_are_explained_on_its_first_page(site: dict[str, str]) -> None:
    for word in ("Participant", "Enrolment", "Cohort", "Partnership", "Declaration", "Statement"):
        assert re.search(rf"^{word}\n:   ", site["v3/usage/index.md"], re.MULTILINE), word
