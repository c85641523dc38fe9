"""The Markdown that the build writes: what the code has is on the pages, and what the pages say is in the code."""

import inspect
import json
import re
from pathlib import Path

import pytest
import yaml

from docs.generator import guide
from docs.generator.command_line import commands
from docs.generator.contract import Contract, operation_anchor, schema_anchor
from docs.generator.examples import example
from docs.generator.rules import V1_RULES, V3_RULES, Rules
from docs.generator.settings import settings, written
from docs.generator.site import DOCS, pages, write
from docs.generator.snippets import LANGUAGES
from mock_server import pytest_plugin
from mock_server.control.contract import control_contract
from mock_server.harness.exchange import Response
from mock_server.harness.scenarios.loader import load_scenarios
from mock_server.harness.v1.readiness.catalogue import CATALOGUE as REQUIREMENTS
from mock_server.harness.v1.readiness.drills import EXERCISES
from mock_server.harness.v1.scenarios.sections import USAGE
from mock_server.http.contract import Routes
from mock_server.resources import specification
from mock_server.rules.moments import parse_rfc3339
from mock_server.services import SERVICES
from mock_server.settings import ClockSetting, Settings
from mock_server.v1.domain.commands import CATALOGUE
from mock_server.v1.service import V1
from mock_server.v3.service import V3

ROOT = DOCS.parent


def anchors(text: str, level: int) -> list[str]:
    return re.findall(rf"^{'#' * level} .*?\{{ #(\S+) \}}$", text, re.MULTILINE)


def test_pages_come_out_the_same_at_each_build(site: dict[str, str]) -> None:
    guide.results.cache_clear()
    again = pages()
    assert [name for name in site if site[name] != again[name]] == []


def test_the_guide_has_exactly_its_ten_sections(site: dict[str, str]) -> None:
    assert anchors(site["ecf-usage.md"], 2) == [section.anchor for section in USAGE]
    assert len(re.findall(r"^## ", site["ecf-usage.md"], re.MULTILINE)) == 10


def test_the_guide_begins_as_readers_of_the_original_expect(site: dict[str, str]) -> None:
    page = site["ecf-usage.md"]
    beginning = page.partition("\n## ")[0]
    assert re.search(r"^# ECF usage$", beginning, re.MULTILINE)
    contents = re.findall(r"^- \[(.+)\]\(#(.+)\)$", beginning, re.MULTILINE)
    assert contents == [(section.title, section.anchor) for section in USAGE]
    assert len(contents) == 10
    assert re.findall(r"^## (.+) \{ #.+ \}$", page, re.MULTILINE) == [section.heading for section in USAGE]
    assert "## Notifying that an ECF participant is taking a break from their course { #notifying-of-deferral }" in page
    assert "replaced on 28 April 2026" in beginning


def test_the_first_story_has_its_three_parts_and_the_four_facts(site: dict[str, str]) -> None:
    story = site["ecf-usage.md"].partition("{ #registration }")[2].partition("\n### ")[0]
    assert re.findall(r"^#### (.+) \{ #registration-\S+ \}$", story, re.MULTILINE) == [
        "Provider retrieves ECF participant records",
        "ECF participant enters registration details",
        "Provider refreshes ECF participant records",
    ]
    facts = re.findall(r"^- (.+)$", story, re.MULTILINE)
    assert [fact.partition(":")[0] for fact in facts if not fact.startswith("[")][:2] == [
        "the email address is validated",
        "the TRN is valid",
    ]
    assert "Version 1 has no attribute of its own for it" in story
    assert len(facts) == 4


def test_the_request_of_the_original_is_sent_and_answered(site: dict[str, str]) -> None:
    [refresh] = [
        step
        for step in guide.results()["registration"].steps
        if step.request.query == (("filter[updated_since]", "2021-05-13T11:21:55Z"),)
    ]
    assert (refresh.request.method, refresh.request.path) == ("GET", "/api/v1/participants/ecf")
    assert refresh.response is not None
    assert refresh.response.status == 200


@pytest.mark.parametrize("name", ["ecf-usage.md", "running-an-integration.md"])
def test_every_list_or_record_links_to_its_schema_and_its_endpoint(site: dict[str, str], name: str) -> None:
    described = [
        (step, shown)
        for result in guide.results().values()
        if guide.page_of(result.scenario.section) == name
        for step, shown in zip(guide.answered(result), guide.shown_steps(name, result), strict=True)
        if shown.described
    ]
    assert described
    for (step, response), shown in described:
        assert response.json is not None or response.headers["content-type"] == "text/csv"
        assert shown.described is not None
        assert shown.described.operation.id == step.step.operation
        link = f"[{shown.described.schema}](api-reference/reference-v1.md#{shown.described.schema_anchor})"
        assert link in site[name]
        assert f"reference-v1.md#{shown.described.operation.anchor})" in site[name]
    schemas = {shown.described.schema_anchor for _, shown in described if shown.described}
    assert "schema-multipleecfparticipantsresponse" in schemas or name != "ecf-usage.md"


def test_every_section_links_to_its_operations_in_the_reference(site: dict[str, str]) -> None:
    for section in re.split(r"^## ", site["ecf-usage.md"], flags=re.MULTILINE)[1:]:
        assert "](api-reference/reference-v1.md#api-v1-participant" in section.partition("\n### ")[0]


def test_every_scenario_is_told(site: dict[str, str]) -> None:
    for scenario in load_scenarios(V1):
        page = site[guide.page_of(scenario.section)]
        opening = f"### {scenario.title} {{ #{scenario.id} }}"
        if scenario.kind == "refusal":
            opening = f"//// html | details.refusal#{scenario.id}"
        assert f"{opening}\n" in page
        assert f"ecf-mock scenarios run {scenario.id}<" in page


def test_the_stories_that_run_anywhere_are_listed_and_a_failed_one_is_shown(site: dict[str, str]) -> None:
    page = site["testing/scenarios.md"]
    listed = re.findall(r"^- `([a-z-]+)`: \[(.+)\]\(\.\./([a-z-]+\.md)#\1\)$", page, re.MULTILINE)
    portable = [scenario for scenario in load_scenarios(V1) if scenario.portable]
    assert listed == [(each.id, each.title, guide.page_of(each.section)) for each in portable]
    for said in ("requirement: the status is 200", "actual:      401", f"curl '{guide.BASE_URL}/api/v1/", "$TOKEN"):
        assert said in page


def test_the_guide_leaves_authentication_out_and_says_so(site: dict[str, str]) -> None:
    assert "[how to authenticate](get-started.md#tokens)" in site["ecf-usage.md"]
    for result in guide.results().values():
        for step in result.steps:
            for language in LANGUAGES:
                code = language.write(guide.sending_of(step))
                # Only a token that is wrong on purpose may be seen.
                assert "Authorization" not in code or result.scenario.id == "errors-token", result.scenario.id


def test_a_long_list_is_shortened_visibly(site: dict[str, str]) -> None:
    assert re.search(r"^ +(<.*>)?// … and \d+ more(<.*>)?$", site["ecf-usage.md"], re.MULTILINE)
    long = Response(200, {"content-type": "text/csv"}, "id\n" + "1\n" * 9)
    assert guide.shortened(long) == "id\n1\n1\n1\n… and 6 more lines"
    short = Response(200, {"content-type": "application/json"}, '{"data": [1, 2, 3]}')
    assert json.loads(guide.shortened(short)) == {"data": [1, 2, 3]}


def test_the_catalogue_has_every_rule_with_an_example(site: dict[str, str]) -> None:
    assert sorted(anchors(site["errors.md"], 3)) == sorted(f"{rule}" for rule in CATALOGUE)
    assert [entry.rule.id for entry in V1_RULES.entries] == list(CATALOGUE)
    assert sum(len(group.entries) for group in V1_RULES.groups) == len(CATALOGUE)
    for rule in CATALOGUE.values():
        assert rule.means in site["errors.md"]
        assert rule.remedy in site["errors.md"]
        assert f"X-Mock-Rule: {rule.id}" in guide.example_of(rule.id).answer or "," in guide.example_of(rule.id).answer


def test_the_catalogue_of_v3_explains_every_rule_under_its_id(site: dict[str, str]) -> None:
    page = site["v3/errors.md"]
    assert sorted(anchors(page, 3)) == sorted(V3.catalogue)
    assert {action.guide for action in V3_RULES.actions} <= set(anchors(page, 2))
    for entry in V3_RULES.entries:
        part = page.partition(f"{{ #{entry.rule.id} }}")[2].partition("\n###")[0]
        for said in (entry.rule.means, entry.rule.remedy, f"`{entry.rule.title}`", f"[{entry.rule.standing}]"):
            assert said in part, entry.rule.id
        refused = [operation for action in entry.actions for operation in V3_RULES.operations_of(action)]
        assert re.findall(r"reference-v3\.md#([a-z0-9-]+)", part) == [operation.anchor for operation in refused]


def test_every_control_call_of_v3_is_on_its_first_page(site: dict[str, str]) -> None:
    for path, item in V3.control_contract["paths"].items():
        for method in item.keys() - {"parameters"}:
            assert f"| {method.upper()} [`{path.partition('/v3/')[2]}`](" in site["v3/index.md"], (path, method)


def test_every_rule_says_what_it_rests_on(site: dict[str, str]) -> None:
    for rule in CATALOGUE.values():
        assert rule.standing in ("documented", "observed", "assumed")
        assert (
            f"| [{rule.id}](../errors.md#{rule.id}) | {rule.standing} | {rule.means} |" in site["sandbox/standing.md"]
        )


def test_what_rests_on_the_guide_and_what_was_only_seen_is_told_apart() -> None:
    assert {rule.standing for rule in CATALOGUE.values()} >= {"documented", "observed"}
    assert CATALOGUE["defer-not-deferred"].standing == "observed"
    assert CATALOGUE["defer-reason-listed"].standing == "documented"


def test_an_example_is_taken_from_a_mock_with_the_usual_settings() -> None:
    assert guide.example_of("declaration-slot-free").scenario.replay == "return"


def test_an_unmet_rule_stops_the_build() -> None:
    with pytest.raises(guide.GuideBroken, match="no-such-rule"):
        guide.example_of("no-such-rule")


@pytest.mark.parametrize(("name", "rules"), [("v1", V1_RULES), ("v3", V3_RULES)])
def test_every_action_has_its_operations(name: str, rules: Rules) -> None:
    for action in rules.actions:
        assert rules.operations_of(action), action.name
        assert all(rules.action_of(operation) == action for operation in rules.operations_of(action))
    refusable = {operation.id for operation in Contract.named(name).operations if operation.answers(422)}
    assert refusable == {operation.id for action in rules.actions for operation in rules.operations_of(action)}


def test_every_setting_is_on_its_page(site: dict[str, str]) -> None:
    assert [setting.name for setting in settings()] == list(Settings.model_fields)
    assert anchors(site["settings.md"], 2) == list(Settings.model_fields)
    for setting in settings():
        for part in (setting.option, setting.variable, setting.default, setting.description):
            assert part in site["settings.md"]


def test_defaults_are_written_as_the_option_takes_them() -> None:
    given = Settings.model_validate({"rate_limit": "3/60", "clock": "2021-11-20T09:00:00Z,still"})
    assert written(given.rate_limit) == "3/60"
    assert written(given.clock) == "2021-11-20T09:00:00Z,still"
    assert written(ClockSetting(parse_rfc3339("2021-11-20T09:00:00Z"))) == "2021-11-20T09:00:00Z"
    assert (written(None), written(True), written(1048576)) == ("none", "true", "1048576")


def test_every_command_is_on_its_page_with_its_options(site: dict[str, str]) -> None:
    names = [command.name for command in commands()]
    assert "ecf-mock serve" in names
    assert len(names) == len(set(names))
    for command in commands():
        assert f"## `{command.name}`" in site["command-line.md"]
        for option in command.options:
            assert f"<code>{option.names}</code>" in site["command-line.md"]
            assert not re.search(r"\[(default|x>|required|ECF_)|RANGE|--help", option.names + option.help)


def test_the_reference_leads_to_every_section_of_the_guide(site: dict[str, str]) -> None:
    text = site["api-reference/reference-v1.md"]
    assert {section.anchor for section in USAGE} == set(re.findall(r'href="\.\./\.\./ecf-usage/#([a-z-]+)"', text))


def test_what_a_description_lists_is_a_list_in_the_reference(site: dict[str, str]) -> None:
    text = site["api-reference/reference-v1.md"]
    assert "<li><code>submitted</code>: recorded;" in text
    assert not re.search(r"(?<!<)[ >]\* <code>", text)


@pytest.mark.parametrize(("name", "page"), [("v1", "reference-v1"), ("v3", "reference-v3"), ("control", "control")])
def test_the_reference_has_every_operation_status_and_schema(site: dict[str, str], name: str, page: str) -> None:
    text = site[f"api-reference/{page}.md"]
    contract = Contract.named(name)
    headings = set(anchors(text, 3))
    for operation in contract.operations:
        assert operation.anchor in headings
        assert f'<h4 id="{operation.anchor}-answers">' in text
    assert {schema_anchor(schema) for schema in contract.schemas} <= headings
    document = control_contract(SERVICES) if name == "control" else specification(name)
    for path, item in document["paths"].items():
        for method in item.keys() - {"parameters"}:
            section = text.partition(f"{{ #{operation_anchor(method, path)} }}")[2].partition("\n### ")[0]
            for status in item[method]["responses"]:
                assert f"<dt><code>{status}</code>" in section, (path, method, status)


def test_anchors_of_the_reference_are_those_that_the_guide_was_promised(site: dict[str, str]) -> None:
    for anchor in (
        "api-v1-participants-ecf-get",
        "api-v1-participants-ecf-csv-get",
        "api-v1-participants-ecf-id-defer-put",
        "api-v1-participant-declarations-post",
        "schema-multipleecfparticipantsresponse",
    ):
        assert f"{{ #{anchor} }}" in site["api-reference/reference-v1.md"]


@pytest.mark.parametrize(
    ("name", "rules", "page"), [("v1", V1_RULES, "errors/"), ("v3", V3_RULES, "v3/errors/")], ids=["v1", "v3"]
)
def test_the_reference_names_the_rules_of_an_action_in_their_order(
    site: dict[str, str], name: str, rules: Rules, page: str
) -> None:
    for action in rules.actions:
        for operation in rules.operations_of(action):
            part = site[f"api-reference/reference-{name}.md"].partition(f'<h4 id="{operation.anchor}-rules">')[2]
            linked = re.findall(rf'\.\./\.\./{page}#([a-z-]+)"', part.partition("</ol>")[0])
            assert linked == [rule.id for rule in action.table.rules]


# -- grading and the pytest plugin -----------------------------------------------------------------


def test_every_requirement_and_exercise_is_told(site: dict[str, str]) -> None:
    page = site["testing/grade-your-client.md"]
    for requirement in REQUIREMENTS:
        assert f"`{requirement.id}`</span><br>{requirement.level} | {requirement.sentence}" in page
    for exercise in EXERCISES:
        assert f"- `{exercise.name}`: " in page
    assert (ROOT / "examples/reference_client.py").read_text().strip() in page


@pytest.mark.parametrize(
    "section", ["a fresh world", "a seed and a clock", "faults", "readiness", "breaking the contract"]
)
def test_the_how_tos_are_parts_of_a_file_that_runs_as_a_test(site: dict[str, str], section: str) -> None:
    part = example("test_with_pytest_plugin.py", section)
    assert "def test_" in part
    assert part in (ROOT / "examples/test_with_pytest_plugin.py").read_text()
    assert f"```python\n{part}\n```" in site["testing/pytest-plugin.md"]


def test_a_section_that_is_not_there_stops_the_build() -> None:
    with pytest.raises(LookupError, match="needs two lines"):
        example("test_with_pytest_plugin.py", "nothing")


def test_the_complaint_about_a_broken_contract_really_came(site: dict[str, str]) -> None:
    assert "raeson is no known member; known are course_identifier and reason" in site["testing/pytest-plugin.md"]


# -- what people wrote -----------------------------------------------------------------------------

PROSE = sorted((DOCS / "pages").rglob("*.md"))


@pytest.mark.parametrize("file", PROSE, ids=lambda file: file.stem)
def test_prose_names_only_options_and_variables_that_there_are(file: Path) -> None:
    text = file.read_text()
    options = [option for command in commands() for option in command.options]
    known = {name for option in options for name in option.names.split()}
    own = {name for name in re.findall(r"(?<![\w-])--[a-z][a-z-]+", text) if "ecf-mock" in text or "`" + name in text}
    known |= set(re.findall(r'"(--ecf-mock-[a-z-]+)"', inspect.getsource(pytest_plugin)))
    curl = {"--silent", "--fail", "--retry", "--retry-connrefused", "--retry-delay"}
    assert own - known - curl - {"--help", "--test"} == set()
    variables = {setting.variable for setting in settings()}
    variables |= {option.variable for option in options if option.variable}
    assert set(re.findall(r"ECF_MOCK_[A-Z_]+", text)) <= variables


@pytest.mark.parametrize("file", PROSE, ids=lambda file: file.stem)
def test_prose_names_only_targets_of_make_that_there_are(file: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"(?:^|`)make ([a-z-]+)", file.read_text(), re.MULTILINE)) <= targets


def test_the_home_page_shows_the_two_commands(site: dict[str, str]) -> None:
    assert re.search(r"^make serve +#.*\nmake test +#", site["index.md"], re.MULTILINE)


@pytest.mark.parametrize("file", PROSE, ids=lambda file: file.stem)
def test_prose_names_only_paths_that_there_are(file: Path) -> None:
    routes = {service.prefix: Routes(service.contract) for service in SERVICES}
    routes["/_mock"] = Routes(control_contract(SERVICES))
    for path in re.findall(r"(?:(?<=8080)|(?<=[\s\"'`(]))(/(?:api/v[13]|_mock)/[^\s\"'`?;)<>]*)", file.read_text()):
        if "*" in path or "…" in path or path == "/_mock/ui":
            # A pattern, the beginning of a path, or the page for people, which isn't part of the control API.
            continue
        known = next(found for beginning, found in routes.items() if path.startswith(beginning))
        assert known.methods(path.replace("$SANDBOX", "default").rstrip("/")) or path.endswith("/"), path


def test_the_workflows_for_ci_are_yaml() -> None:
    text = (DOCS / "pages" / "sandbox" / "continuous-integration.md").read_text()
    blocks = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    assert [list(yaml.safe_load(block)) for block in blocks] == [["jobs"], ["test"]]


# -- writing ---------------------------------------------------------------------------------------


def test_writing_touches_only_what_changed_and_removes_what_is_no_longer_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = {"index.md": "# Home", "errors.md": "# Errors", "old/page.md": "# Old"}
    monkeypatch.setattr("docs.generator.site.pages", lambda: made)
    write(tmp_path)
    untouched = (tmp_path / "errors.md").stat().st_mtime_ns
    made |= {"index.md": "# Start"}
    del made["old/page.md"]
    write(tmp_path)
    assert not (tmp_path / "old").exists()
    assert (tmp_path / "index.md").read_text() == "# Start"
    assert (tmp_path / "errors.md").stat().st_mtime_ns == untouched
    for name in ("v1", "v3", "control", "control-v1", "control-v3"):
        assert (tmp_path / "openapi" / f"{name}.yaml").read_bytes() == (ROOT / "openapi" / f"{name}.yaml").read_bytes()
