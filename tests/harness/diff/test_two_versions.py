"""Two contracts that are versions of one API: which operation became which, and what is said about both."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import yaml
from click.testing import CliRunner

from mock_server.cli import main
from mock_server.harness.diff.documents import changes
from mock_server.harness.diff.pairing import Pairing, Route
from mock_server.harness.diff.report import report
from mock_server.resources import resource, specification

Document = dict[str, Any]


def contract(*operations: str, media_type: str = "application/json") -> Document:
    """A contract with these operations: method, path, and perhaps an id. The answers are things with a name."""
    schema = {"type": "object", "properties": {"name": {"type": "string"}}}
    document: Document = {"openapi": "3.0.3", "info": {"title": "Things", "version": "1"}, "paths": {}}
    for each in operations:
        method, path, *identifier = each.split()
        operation: Document = {"responses": {"200": {"content": {media_type: {"schema": deepcopy(schema)}}}}}
        if identifier:
            operation["operationId"] = identifier[0]
        document["paths"].setdefault(path, {})[method] = operation
    return document


def said(old: Document, new: Document) -> list[tuple[str, str]]:
    return [(each.where, each.what) for each in changes(old, new)]


def test_paths_that_differ_only_in_the_version_belong_together() -> None:
    old, new = contract("get /api/v1/things", "get /api/v1/odd"), contract("get /api/v2/things", "get /api/v2/even")
    assert said(old, new) == [
        ("the document", "every path began with /api/v1, begins with /api/v2"),
        ("GET /api/v1/odd", "the operation is gone"),
        ("GET /api/v2/even", "the operation is new"),
    ]
    assert changes(old, new)[0].effect == "breaks"


def test_a_change_in_an_operation_of_another_version_is_found() -> None:
    old, new = contract("get /v1/things"), contract("get /v2/things")
    new["paths"]["/v2/things"]["get"]["responses"]["410"] = {"description": "Gone"}
    assert said(old, new)[1:] == [("GET /v1/things: 410", "the status is new")]


def test_a_version_counts_only_if_every_path_begins_with_it() -> None:
    old, new = contract("get /v1/things", "get /health"), contract("get /v2/things", "get /health")
    assert said(old, new) == [("GET /v1/things", "the operation is gone"), ("GET /v2/things", "the operation is new")]
    assert Pairing(old, new).prefixes is None


def test_a_version_is_a_whole_segment_before_any_placeholder() -> None:
    assert Pairing(contract("get /v1things"), contract("get /v2things")).prefixes is None
    assert Pairing(contract("get /{id}/v1"), contract("get /{id}/v2")).prefixes is None
    assert Pairing(contract("get /a/b/v1/c"), contract("get /v2")).prefixes == ("/a/b/v1", "/v2")


def test_an_operation_with_the_same_id_on_another_path_has_moved() -> None:
    old, new = contract("get /things listThings"), contract("get /boxes listThings")
    new["paths"]["/boxes"]["get"]["responses"]["410"] = {"description": "Gone"}
    assert said(old, new) == [
        ("GET /things", "the operation moved to GET /boxes"),
        ("GET /things: 410", "the status is new"),
    ]
    assert changes(old, new)[0].effect == "breaks"


def test_an_operation_does_not_move_to_a_place_that_another_had() -> None:
    old = contract("get /things listThings", "get /boxes listBoxes")
    new = contract("get /boxes listThings")
    assert ("GET /things", "the operation is gone") in said(old, new)


def test_an_operation_of_another_version_is_compared_with_the_one_on_the_nearest_path() -> None:
    old = contract("put /v1/things/ecf/{id}/defer", "get /v1/things/ecf.csv", "get /v1/things/{id}")
    new = contract("put /v2/things/{id}/defer", "get /v2/things")
    pairing = Pairing(old, new)
    assert pairing.nearest(Route("put", "/v1/things/ecf/{id}/defer")) == Route("put", "/v2/things/{id}/defer")
    assert (
        "PUT /v1/things/ecf/{id}/defer",
        "the operation is gone, and PUT /v2/things/{id}/defer is the nearest to it",
    ) in (said(old, new))
    # Another form, and a record instead of a list.
    assert pairing.nearest(Route("get", "/v1/things/ecf.csv")) is None
    assert pairing.nearest(Route("get", "/v1/things/{id}")) is None


def test_no_path_is_the_nearest_if_two_are_equally_near() -> None:
    pairing = Pairing(contract("get /v1/a/b"), contract("get /v2/a", "get /v2/b"))
    assert pairing.nearest(Route("get", "/v1/a/b")) is None
    assert [str(place) for place in pairing.added] == ["GET /v2/a", "GET /v2/b"]


def test_within_a_version_nothing_is_near() -> None:
    old, new = contract("get /things/all", "get /odd"), contract("get /things", "get /odd")
    assert said(old, new) == [("GET /things/all", "the operation is gone"), ("GET /things", "the operation is new")]


def test_bodies_of_the_only_type_are_compared_though_the_type_has_another_name() -> None:
    old, new = contract("get /things", media_type="application/vnd.api+json"), contract("get /things")
    answer = new["paths"]["/things"]["get"]["responses"]["200"]["content"]["application/json"]
    answer["schema"]["properties"] = {"title": {"type": "string"}}
    assert [what for _, what in said(old, new)] == [
        "the content type application/vnd.api+json is gone",
        "lost name",
        "gained title",
        "the content type application/json is new",
    ]


def test_changes_that_operations_share_stand_once_below_their_names() -> None:
    old, new = contract("get /a", "get /b", "get /c"), contract("get /a", "get /b", "get /c")
    for path in ("/a", "/b"):
        new["paths"][path]["get"]["responses"] |= {"410": {}, "411": {}}
    new["paths"]["/c"]["get"]["responses"] |= {"410": {}, "412": {}}
    assert report(changes(old, new)) == [
        "These don't break clients:",
        "  GET /a, GET /b, GET /c:",
        "    410: the status is new",
        "  GET /a, GET /b:",
        "    411: the status is new",
        "  GET /c: 412: the status is new",
    ]


# -- the two services ------------------------------------------------------------------------------


def test_every_operation_of_version_1_is_compared_with_version_3s_or_is_gone() -> None:
    old, new = specification("v1"), specification("v3")
    pairing = Pairing(old, new)
    became = {
        str(place): str(pairing.same_place(place) or pairing.moved(place) or pairing.nearest(place))
        for path, item in old["paths"].items()
        for method in item.keys() - {"parameters"}
        for place in [Route(method, path)]
    }
    assert len(became) == 18
    assert {place for place, there in became.items() if there == "None"} == {
        "GET /api/v1/participants/ecf.csv",
        "GET /api/v1/participants.csv",
        "GET /api/v1/participant-declarations.csv",
    }
    assert became["PUT /api/v1/participants/ecf/{id}/change-schedule"] == (
        "PUT /api/v3/participants/{id}/change-schedule"
    )
    assert became["POST /api/v1/participant-declarations"] == "POST /api/v3/participant-declarations"
    assert len(pairing.added) == 24 - len(set(became.values()) - {"None"})


def test_the_command_says_what_changes_for_a_client_of_version_1() -> None:
    done = CliRunner().invoke(main, ["diff", *(str(resource(f"openapi/{name}.yaml")) for name in ("v1", "v3"))])
    assert done.exit_code == 1
    for line in (
        "  the document: every path began with /api/v1, begins with /api/v3\n",
        "    200 /data/…/attributes: lost email\n",
        "    200: the content type application/vnd.api+json is gone\n",
        "/data/attributes/reason: lost the value school-left-fip, started-in-error\n",
        "    404: the status is new\n",
        "GET /api/v3/statements, GET /api/v3/statements/{id}",
        "    the operation is new\n",
    ):
        assert line in done.output, line


def test_the_other_direction_is_compared_too(tmp_path: Path) -> None:
    for name in ("v1", "v3"):
        (tmp_path / f"{name}.yaml").write_text(yaml.safe_dump(specification(name)))
    done = CliRunner().invoke(main, ["diff", str(tmp_path / "v3.yaml"), str(tmp_path / "v1.yaml")])
    assert "  the document: every path began with /api/v3, begins with /api/v1\n" in done.output
