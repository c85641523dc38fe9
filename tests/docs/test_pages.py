"""The Markdown that the build writes: what the code has is on the pages, and what the pages say is in the code."""

import inspect
import re
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest
import yaml

from docs.generator.command_line import commands
from docs.generator.contract import Contract, operation_anchor, schema_anchor
from docs.generator.examples import example
from docs.generator.guide import GUIDES, GuideBroken, guides
from docs.generator.remedies import LINKS, linked
from docs.generator.rules import V1_RULES, V3_RULES, Rules
from docs.generator.settings import settings, written
from docs.generator.site import DOCS, pages, write
from mock_server import pytest_plugin
from mock_server.control.contract import control_contract
from mock_server.harness.readiness.kit import ReadinessKit
from mock_server.harness.v1.readiness import KIT as V1_KIT
from mock_server.harness.v1.scenarios.sections import USAGE
from mock_server.harness.v3.readiness import KIT as V3_KIT
from mock_server.http.contract import Routes
from mock_server.resources import specification
from mock_server.rules.moments import parse_rfc3339
from mock_server.services import SERVICES
from mock_server.settings import OTHER_VARIABLES, ClockSetting, Settings
from mock_server.v1.domain.commands import CATALOGUE
from mock_server.v3.service import V3

ROOT = DOCS.parent
V1 = GUIDES["v1"]


def anchors(text: str, level: int) -> list[str]:
    return re.findall(rf"^{'#' * level} .*?\{{ #(\S+) \}}$", text, re.MULTILINE)


def test_pages_come_out_the_same_at_each_build(site: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, made in guides().items():
        monkeypatch.setitem(GUIDES, name, made)
    again = pages()
    assert [name for name in site if site[name] != again[name]] == []


def test_the_catalogue_has_every_rule_with_an_example(site: dict[str, str]) -> None:
    assert sorted(anchors(site["errors.md"], 3)) == sorted(f"{rule}" for rule in CATALOGUE)
    assert [entry.rule.id for entry in V1_RULES.entries] == list(CATALOGUE)
    assert sum(len(group.entries) for group in V1_RULES.groups) == len(CATALOGUE)
    for rule in CATALOGUE.values():
        assert rule.means in site["errors.md"]
        assert linked("v1", "errors.md", rule.remedy) in site["errors.md"]
        assert f"X-Mock-Rule: {rule.id}" in V1.example_of(rule.id).answer or "," in V1.example_of(rule.id).answer


def test_the_catalogue_of_v3_explains_every_rule_under_its_id(site: dict[str, str]) -> None:
    page = site["v3/errors.md"]
    assert sorted(anchors(page, 3)) == sorted(V3.catalogue)
    assert {action.guide for action in V3_RULES.actions} <= set(anchors(page, 2))
    for entry in V3_RULES.entries:
        part = page.partition(f"{{ #{entry.rule.id} }}")[2].partition("\n###")[0]
        remedy = linked("v3", "v3/errors.md", entry.rule.remedy)
        for said in (entry.rule.means, remedy, f"`{entry.rule.title}`", f"[{entry.rule.standing}]"):
            assert said in part, entry.rule.id
        assert re.search(rf"X-Mock-Rule.*\b{entry.rule.id}\b", part), entry.rule.id
        assert part.count('<details class="example">') == 1, entry.rule.id
        refused = [operation for action in entry.actions for operation in V3_RULES.operations_of(action)]
        assert re.findall(r"reference-v3/[a-z-]+\.md#([a-z0-9-]+)", part) == [operation.anchor for operation in refused]


@pytest.mark.parametrize(("name", "rules"), [("v1", V1_RULES), ("v3", V3_RULES)])
def test_remedies_link_to_what_they_mention(name: str, rules: Rules) -> None:
    remedies = [linked(name, "errors.md", entry.rule.remedy) for entry in rules.entries]
    for words in LINKS[name]:
        assert any(f"[{words}](" in remedy for remedy in remedies), f"no remedy says {words!r}"
    assert not any("[[" in remedy for remedy in remedies)


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
    assert V1.example_of("declaration-slot-free").scenario.replay == "return"


def test_an_unmet_rule_stops_the_build() -> None:
    with pytest.raises(GuideBroken, match="no-such-rule"):
        V1.example_of("no-such-rule")


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


def whole_reference(site: dict[str, str], folder: str) -> str:
    """Every page of a reference."""
    return "\n".join(text for name, text in site.items() if name.startswith(f"api-reference/{folder}/"))


def test_the_reference_leads_to_every_section_of_the_guide(site: dict[str, str]) -> None:
    text = whole_reference(site, "reference-v1")
    linked = set(re.findall(r'href="\.\./\.\./\.\./ecf-usage/([a-z-]+)/"', text))
    assert {section.anchor for section in USAGE} == linked


def test_what_a_description_lists_is_a_list_in_the_reference(site: dict[str, str]) -> None:
    text = whole_reference(site, "reference-v1")
    assert "<li><code>submitted</code>: recorded;" in text
    assert not re.search(r"(?<!<)[ >]\* <code>", text)


@pytest.mark.parametrize(("name", "page"), [("v1", "reference-v1"), ("v3", "reference-v3"), ("control", "control")])
def test_the_reference_has_every_operation_status_and_schema(site: dict[str, str], name: str, page: str) -> None:
    text = whole_reference(site, page)
    contents = set(re.findall(r'<li id="([^"]+)">', site[f"api-reference/{page}/index.md"]))
    contract = Contract.named(name)
    headings = set(anchors(text, 2))
    for operation in contract.operations:
        assert operation.anchor in headings & contents
        assert f'<h3 id="{operation.anchor}-answers">' in text
    assert {schema_anchor(schema) for schema in contract.schemas} <= headings & contents
    document = control_contract(SERVICES) if name == "control" else specification(name)
    for path, item in document["paths"].items():
        for method in item.keys() - {"parameters"}:
            section = text.partition(f"{{ #{operation_anchor(method, path)} }}")[2].partition("\n## ")[0]
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
        assert f'<li id="{anchor}">' in site["api-reference/reference-v1/index.md"]
        assert f"{{ #{anchor} }}" in whole_reference(site, "reference-v1")


@pytest.mark.parametrize(
    ("name", "rules", "page"), [("v1", V1_RULES, "errors/"), ("v3", V3_RULES, "v3/errors/")], ids=["v1", "v3"]
)
def test_the_reference_names_the_rules_of_an_action_in_their_order(
    site: dict[str, str], name: str, rules: Rules, page: str
) -> None:
    for action in rules.actions:
        for operation in rules.operations_of(action):
            part = whole_reference(site, f"reference-{name}").partition(f'<h3 id="{operation.anchor}-rules">')[2]
            linked = re.findall(rf'\.\./\.\./\.\./{page}#([a-z-]+)"', part.partition("</ol>")[0])
            assert linked == [rule.id for rule in action.table.rules]


# -- grading and the pytest plugin -----------------------------------------------------------------


@pytest.mark.parametrize(("kit", "client"), [(V1_KIT, "reference_client.py"), (V3_KIT, "reference_client_v3.py")])
def test_every_requirement_and_exercise_is_told(site: dict[str, str], kit: ReadinessKit, client: str) -> None:
    page = site["testing/grade-your-client.md"]
    for requirement in kit.catalogue:
        assert f"`{requirement.id}`</span><br>{requirement.level} | {requirement.sentence}" in page
    for exercise in kit.drills["full"].exercises:
        assert f"- `{exercise.name}`: " in page
    assert (ROOT / "examples" / client).read_text().strip() in page


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
    # Those of `st run` and of Specmatic.
    stock_tools = {"--url", "--filter"}
    containers = {"--from", "--from-literal", "--init", "--read-only", "--tmpfs", "--rm", "--wait"}
    # `--limited` is an option of the lies that the tests tell.
    assert own - known - curl - stock_tools - containers - {"--help", "--test", "--limited"} == set()
    variables = {setting.variable for setting in settings()}
    variables |= {option.variable for option in options if option.variable} | OTHER_VARIABLES.keys()
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


def test_the_workflows_for_ci_are_what_their_services_read(tmp_path: Path) -> None:
    text = (DOCS / "pages" / "sandbox" / "continuous-integration.md").read_text()
    blocks = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    assert [list(yaml.safe_load(block)) for block in blocks] == [["jobs"], ["test"], ["test"]]
    for number, (schema, before) in enumerate([("github-workflows", "on: push\n"), *[("gitlab-ci", "")] * 2]):
        file = tmp_path / f"{number}.yml"
        file.write_text(before + blocks[number])
        command = [str(Path(sys.executable).with_name("check-jsonschema")), "--builtin-schema", f"vendor.{schema}"]
        checked = subprocess.run([*command, str(file)], capture_output=True, text=True, check=False)
        assert checked.returncode == 0, checked.stdout


# -- writing ---------------------------------------------------------------------------------------


def test_writing_touches_only_what_changed_and_removes_what_is_no_longer_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "sources"
    made = {"index.md": "# Home", "errors.md": "# Errors", "old/page.md": "# Old"}
    monkeypatch.setattr("docs.generator.site.site", lambda: made)
    write(folder)
    untouched = (folder / "errors.md").stat().st_mtime_ns
    made |= {"index.md": "# Start"}
    del made["old/page.md"]
    write(folder)
    assert not (folder / "old").exists()
    assert (folder / "index.md").read_text() == "# Start"
    assert (folder / "errors.md").stat().st_mtime_ns == untouched
    for name in ("v1", "v3", "control", "control-v1", "control-v3"):
        assert (folder / "openapi" / f"{name}.yaml").read_bytes() == (ROOT / "openapi" / f"{name}.yaml").read_bytes()


@pytest.mark.parametrize("name", ["nav-item.html", "toc-item.html"])
def test_our_partials_are_those_of_the_theme_but_for_what_is_a_navigation(name: str) -> None:
    """When the theme changes them, ours have to follow."""
    of_theme = (files("material") / "templates" / "partials" / name).read_text()
    ours = (DOCS / "theme" / "partials" / name).read_text()

    def plain(text: str) -> list[str]:
        text = re.sub(r"{#.*?#}", "", text, flags=re.DOTALL)
        text = re.sub(r'<(nav|div) class="md-nav"[^>]*>', "<list>", text).replace("</nav>", "</list>")
        text = re.sub(r"{% set contents %}(.*?){% endset %}\s*{{ contents .*?}}", r"\1", text, flags=re.DOTALL)
        return text.replace("</div>", "</list>").split()

    assert plain(ours) == plain(of_theme)
    assert "<nav" not in ours.replace('"<nav"', "")
