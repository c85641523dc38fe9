"""What a scenario file may hold, and how a mistake in one is told."""

import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from mock_server.harness.scenarios.checks import OPERATORS
from mock_server.harness.scenarios.complaints import ScenarioError, schema
from mock_server.harness.scenarios.loader import load_scenario, load_scenarios
from mock_server.harness.scenarios.model import Expectation, RawBody
from mock_server.resources import resource
from mock_server.settings import Replay, Seed
from mock_server.v1.domain.seeds import SEEDS
from mock_server.v1.service import V1
from tests.harness.scenarios.writing import GOOD, written


def refused(folder: Path, *changes: tuple[str, str]) -> list[str]:
    """The mistakes found in the good scenario after the changes, without the name of the file."""
    file = written(folder, *changes)
    with pytest.raises(ScenarioError) as error:
        load_scenario(file, V1)
    return [mistake.removeprefix(f"{file}:") for mistake in error.value.mistakes]


def test_a_scenario_is_read_as_it_is_written(tmp_path: Path) -> None:
    scenario = load_scenario(written(tmp_path), V1)
    assert (scenario.id, scenario.section.anchor, scenario.kind) == ("example", "notifying-of-deferral", "main")
    assert (scenario.clock, scenario.replay, scenario.rate_limit) == ("2021-11-20T09:00:00Z", "return", None)
    added, read = *scenario.given, *scenario.steps
    assert (added.api, added.method, added.path) == ("control", "POST", "/_mock/sandboxes/{sandbox}/v1/participants")
    assert (added.expect, added.keep, added.line) == (Expectation(201), {"participant": "/id"}, 11)
    assert added.body == {"provider": "alder", "participant_type": "ect", "cohort": "2021"}
    assert (read.api, read.method, read.provider, read.line) == ("v1", "GET", "alder", 15)
    assert read.path_parameters == {"id": "${participant}"}


def test_a_raw_body_and_a_request_without_operation_are_read(tmp_path: Path) -> None:
    request = "request: PUT /api/v1/nowhere\n    raw_body: {text: x, content_type: text/plain, repeat: 3}"
    old = 'operation: getEcfParticipant\n    parameters: {path: {id: "${participant}"}}'
    step = load_scenario(written(tmp_path, (old, request)), V1).steps[0]
    assert (step.operation, step.api, step.method, step.path) == (None, "none", "PUT", "/api/v1/nowhere")
    assert step.body == RawBody("x", "text/plain", 3)


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("kind: main", "kind: mian", 4, "'kind' can't be 'mian'; did you mean 'main'?"),
        ("title: An example\n", "", 1, "'title' is missing: one line, without a full stop, such as A participant"),
        ("provider: alder\ngiven", "provider: adler\ngiven", 9, "no lead provider is called 'adler'; did you mean 'al"),
        ("seed: empty", "sead: empty", 7, "'sead' isn't known here; did you mean 'seed'?"),
        ("place: 1", "place: first", 3, "'place' can't be 'first': where the scenario stands in its section, from 1"),
        ("place: 1", "place: 0", 3, "'place' can't be 0"),
        ("-20T", "-31T", 8, "the calendar has no 2021-11-31T09:00:00Z"),
        (
            "2021-11-20T09:00:00Z",
            "yesterday",
            8,
            "'clock' can't be 'yesterday': the moment at which the sandbox's clock",
        ),
        ("id: example", "id: other", 1, "the file of 'other' must be called other.yaml"),
        ("notifying-of-deferral", "notifying-of-defferal", 2, "did you mean 'notifying-of-deferral'?"),
        (
            "getEcfParticipant",
            "getEcfParticpant",
            16,
            "no operation has the id 'getEcfParticpant'; did you mean",
        ),
        ("{id:", "{ids:", 17, "getEcfParticipant has no path parameter 'ids'; did you mean 'id'?"),
        ("{path: {id:", "{query: {id:", 17, "getEcfParticipant has no query parameter 'id'; there are filter"),
        ("${participant}", "${particpant}", 17, "nothing is kept as 'particpant' before this step; did you mean 'part"),
        ("keep: {participant: /id}", "keep: {participant: id}", 13, "a JSON Pointer, such as /data/0/id"),
        ("keep: {participant: /id}", "keep: {Participant: /id}", 13, "'Participant' can't be a name here"),
        ("status: 200", "status: ok", 19, "'status' can't be 'ok': the status of the answer, such as 200"),
        ("status: 200", "status: 200\n      rules: [defer-not-defered]", 20, "did you mean 'defer-not-deferred'?"),
        (
            "    expect:\n      status: 200\n      body: {/data/attributes/training_status: active}\n",
            "",
            15,
            "'expect' is",
        ),
        ("  - text: Read one.\n    operation", "  - operation", 15, "'text' is missing: each of the steps needs one"),
        (
            "operation: getEcfParticipant",
            "request: get /x",
            16,
            "'request' can't be 'get /x': method and path, instead",
        ),
        ("training_status: active}", "training_status: {is: active}}", 20, "'is' isn't known here; there are equals"),
        (
            "training_status: active}",
            "training_status: {matches: 3}}",
            20,
            "'matches' can't be 3: a regular expression",
        ),
        (
            "training_status: active}",
            "training_status: {matches: '['}}",
            20,
            "'matches' can't be '[': as a regular expression it is wrong, unterminated character set at position 0",
        ),
        (
            "body: {/data/attributes/training_status: active}",
            'headers:\n        X: {matches: "a{99999999999}"}',
            21,
            "'matches' can't be 'a{99999999999}': as a regular expression it is wrong",
        ),
        (
            "body: {/data/attributes/training_status: active}",
            "body:\n        /data:\n          some: {/x: {each: {/y: {matches: '*'}}}}",
            22,
            "'matches' can't be '*'",
        ),
        ("body: {/data/", "body: {data/", 20, "'data/attributes/training_status' can't be a name here: a JSON Pointer"),
        ("    keep: {participant: /id}\n", "    keep: {participant: /id, participant: /id}\n", 13, "comes twice"),
        ("title: An example", "title: [An example", 6, "did not find expected"),
        ("    operation: getEcf", "\toperation: getEcf", 16, "indent with blanks: YAML takes no tabs"),
        ("text: Words.", "portable: true\ntext: Words.", 12, "a portable scenario has no control API"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_what_to_write_instead(
    tmp_path: Path, old: str, new: str, line: int, said: str
) -> None:
    mistakes = refused(tmp_path, (old, new))
    assert any(mistake.startswith(f"{line}: ") and said in mistake for mistake in mistakes), mistakes


def test_path_parameters_must_be_given(tmp_path: Path) -> None:
    mistakes = refused(tmp_path, ('    parameters: {path: {id: "${participant}"}}\n', ""))
    assert mistakes == ["15: getEcfParticipant needs parameters: {path: {id: …}}"]


def test_a_step_calls_one_thing_and_sends_one_body(tmp_path: Path) -> None:
    both = "operation: getEcfParticipant\n    request: GET /x\n    body: {}\n    raw_body: {text: x}"
    mistakes = refused(tmp_path, ("operation: getEcfParticipant", both))
    assert mistakes == [
        "15: a step names what it calls: either 'operation' or 'request'",
        "19: a step has one body: remove 'body' or 'raw_body'",
    ]


def test_a_portable_scenario_has_one_token_and_no_settings(tmp_path: Path) -> None:
    text = GOOD[: GOOD.index("given:")] + GOOD[GOOD.index("steps:") :].replace(
        'getEcfParticipant\n    parameters: {path: {id: "${participant}"}}', "listEcfParticipants\n    as: birch"
    )
    file = tmp_path / "example.yaml"
    file.write_text(text.replace("seed: empty", "portable: true\nreplay: refuse\nseed: empty"))
    with pytest.raises(ScenarioError) as error:
        load_scenario(file, V1)
    assert [mistake.split(": ", 1)[1] for mistake in error.value.mistakes] == [
        "a portable scenario can't choose 'replay'; remove it, or portable",
        "a portable scenario has one token only; remove this, or portable",
    ]


def test_all_mistakes_of_a_file_are_told_at_once(tmp_path: Path) -> None:
    assert len(refused(tmp_path, ("kind: main", "kind: x"), ("seed: empty", "seed: y"), ("place: 1", "place: z"))) == 3


def test_mistakes_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    written(tmp_path, ("kind: main", "kind: x"))
    written(tmp_path, ("id: example", "id: second"), ("place: 1", "place: z"), name="second.yaml")
    with pytest.raises(ScenarioError) as error:
        load_scenarios(V1, tmp_path)
    assert len(error.value.mistakes) == 2


def test_two_scenarios_cant_have_one_place(tmp_path: Path) -> None:
    written(tmp_path)
    written(tmp_path, ("id: example", "id: second"), name="second.yaml")
    with pytest.raises(ScenarioError, match="the next free one is 2"):
        load_scenarios(V1, tmp_path)


def test_links_must_lead_somewhere(tmp_path: Path) -> None:
    written(tmp_path, ("text: Words.", 'text: "See [this](scenario:exampel) and [that](section:example)."'))
    with pytest.raises(ScenarioError) as error:
        load_scenarios(V1, tmp_path)
    told = [mistake.split(":1: ", 1)[1] for mistake in error.value.mistakes]
    assert told[0] == "the text links to the scenario 'exampel', which isn't there; did you mean 'example'?"
    assert told[1].startswith("the text links to the section 'example', which isn't there; there are continuing-")


def test_text_that_isnt_utf_8_is_told(tmp_path: Path) -> None:
    file = tmp_path / "example.yaml"
    file.write_bytes(GOOD.replace("Words", "Wörds").encode("latin-1"))
    with pytest.raises(ScenarioError, match="save it as such"):
        load_scenario(file, V1)


def test_an_empty_file_is_told(tmp_path: Path) -> None:
    file = tmp_path / "example.yaml"
    file.write_text("")
    with pytest.raises(ScenarioError, match=r"example\.yaml:1: this can't be None"):
        load_scenario(file, V1)


def test_the_schema_is_one_and_agrees_with_the_code() -> None:
    Draft202012Validator.check_schema(schema())
    properties = schema()["properties"]
    assert tuple(properties["seed"]["enum"]) == SEEDS == Seed.__args__  # type: ignore[attr-defined]
    assert tuple(properties["replay"]["enum"]) == Replay.__args__  # type: ignore[attr-defined]
    assert set(schema()["$defs"]["check"]["then"]["properties"]) == OPERATORS


def test_the_example_for_authors_is_a_scenario(tmp_path: Path) -> None:
    readme = (resource("scenarios") / "README.md").read_text("utf-8")
    file = tmp_path / "example.yaml"
    file.write_text(readme.split("```yaml\n")[1].split("```")[0], "utf-8")
    assert load_scenario(file, V1).id == "example"
    assert {f"`{operator}`" for operator in OPERATORS} <= set(re.findall("`[a-z_]+`", readme))
