"""The documentation that the mock serves itself, and what else stands beside its APIs."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from mock_server.app import build_app
from mock_server.resources import resource
from mock_server.settings import GivenSettings
from mock_server.web import documentation
from tests.live import listening

BROWSER = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
REFUSED = "/api/v1/participants/ecf/a137fd0f-dbb9-44cc-a77a-0668d61a36ff/defer"


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The place of the site; there is none yet."""
    folder = tmp_path / "site"
    monkeypatch.setattr(documentation, "SITES", (tmp_path / "nowhere", folder))
    return folder


def build(site: Path) -> None:
    (site / "errors").mkdir(parents=True)
    (site / "index.html").write_text("<h1>First page</h1>")
    (site / "404.html").write_text("<h1>No such page</h1>")
    (site / "errors" / "index.html").write_text("<h1>Errors</h1>")


@pytest.fixture(params=[True, False], ids=["with control", "without control"])
def http(request: pytest.FixtureRequest, site: Path) -> Iterator[httpx.Client]:
    with (
        listening(build_app(GivenSettings(control=request.param))) as base_url,
        httpx.Client(base_url=base_url) as client,
    ):
        yield client


def test_the_site_is_served_under_the_mock(http: httpx.Client, site: Path) -> None:
    build(site)
    for path, heading in (("/_mock/docs/", "First page"), ("/_mock/docs/errors/", "Errors")):
        answer = http.get(path)
        assert (answer.status_code, answer.text) == (200, f"<h1>{heading}</h1>")
        assert answer.headers["content-type"].startswith("text/html")
    for path in ("/_mock/docs", "/_mock/docs/errors"):
        assert str(http.get(path, follow_redirects=True).url).endswith(f"{path}/")
    missing = http.get("/_mock/docs/nothing/")
    assert (missing.status_code, missing.text) == (404, "<h1>No such page</h1>")


def test_without_a_site_it_says_how_to_build_it_and_then_finds_it(http: httpx.Client, site: Path) -> None:
    answer = http.get("/_mock/docs/errors/<b>")
    assert answer.status_code == 404
    assert "make docs" in answer.text
    assert "/errors/&lt;b&gt;" in answer.text
    build(site)
    assert http.get("/_mock/docs/errors/").status_code == 200


@pytest.mark.parametrize("path", ["/_mock/docs/../../secret", "/_mock/docs/..%2fsecret", "/openapi/..%2fsecret"])
def test_no_other_file_can_be_read(http: httpx.Client, site: Path, path: str) -> None:
    build(site)
    (site.parent / "secret").write_text("secret")
    answer = http.send(httpx.Request("GET", httpx.URL(http.base_url).copy_with(raw_path=path.encode())))
    assert answer.status_code == 404
    assert "secret" not in answer.text.replace("/..%2fsecret", "").replace("/../secret", "")


def test_only_reading_is_allowed(http: httpx.Client, site: Path) -> None:
    build(site)
    assert http.post("/_mock/docs/").status_code == 405
    assert http.head("/_mock/docs/").status_code == 200


def test_a_browser_is_led_from_the_root_and_a_client_is_not(http: httpx.Client) -> None:
    assert http.get("/").status_code == 404
    assert http.get("/").json() == {"error": "Resource not Found"}
    led = http.get("/", headers=BROWSER)
    has_page = http.get("/_mock/health").status_code == 200
    assert led.is_redirect
    assert led.headers["location"] == ("/_mock/ui" if has_page else "/_mock/docs/")


@pytest.mark.parametrize("name", ["v1", "v3", "control", "control-v3"])
def test_the_contracts_are_there_as_files(http: httpx.Client, name: str) -> None:
    answer = http.get(f"/openapi/{name}.yaml")
    assert answer.headers["content-type"] == "application/yaml"
    assert answer.content == resource(f"openapi/{name}.yaml").read_bytes()


def refused(http: httpx.Client, **headers: str) -> str:
    answer = http.post(
        "/api/v1/participant-declarations",
        headers={"authorization": "Bearer alder-token", **headers},
        json={"data": {"type": "participant-declaration", "attributes": {}}},
    )
    assert answer.status_code == 422
    return str(answer.headers["link"])


def test_a_refusal_links_to_the_documentation_where_its_client_finds_it(http: httpx.Client) -> None:
    page = "/_mock/docs/ecf-usage/"
    assert refused(http).startswith(f"<{str(http.base_url).rstrip('/')}{page}")
    assert refused(http, Host="mock.example:8443").startswith(f"<http://mock.example:8443{page}")
    proxied = refused(http, Host="mock.example", **{"X-Forwarded-Proto": "https"})
    assert proxied.startswith(f"<https://mock.example{page}")
    assert refused(http, Host="what>is,this").startswith(f"<{page}")


def test_a_documentation_elsewhere_is_linked_there() -> None:
    application = build_app(GivenSettings(docs_url="https://docs.example/ecf/"))
    with listening(application) as base_url, httpx.Client(base_url=base_url) as http:
        assert refused(http).startswith("<https://docs.example/ecf/ecf-usage/")
