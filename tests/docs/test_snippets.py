"""What each language makes of a request, to the letter."""

import pytest

from docs.generator.snippets import (
    LANGUAGES,
    Language,
    Sending,
    csharp,
    curl,
    http,
    javascript,
    python,
    python_literal,
    ruby,
)
from mock_server.harness.scenarios.model import RawBody

DEFER = Sending(
    "http://mock",
    "PUT",
    "/api/v1/participants/ecf/1/defer",
    (),
    {"X-With-Server-Date": "2021-11-21T10:00:00Z"},
    json={"data": {"attributes": {"reason": "career-break", "note": None}}},
)
LIST = Sending("http://mock", "GET", "/api/v1/participants/ecf", (("filter[cohort]", "2021,2022"),), {})
LARGE = Sending("http://mock", "POST", "/x", (), {}, raw=RawBody("it's ", "application/json", 1000))


def test_http_has_the_request_line_the_headers_and_the_body() -> None:
    assert http(DEFER) == (
        "PUT /api/v1/participants/ecf/1/defer HTTP/1.1\n"
        "Host: mock\n"
        "Content-Type: application/json\n"
        "X-With-Server-Date: 2021-11-21T10:00:00Z\n"
        "\n"
        '{\n  "data": {\n    "attributes": {\n      "reason": "career-break",\n      "note": null\n    }\n  }\n}'
    )
    assert http(LIST) == "GET /api/v1/participants/ecf?filter%5Bcohort%5D=2021%2C2022 HTTP/1.1\nHost: mock"


def test_a_long_body_is_shown_by_its_beginning_and_its_length() -> None:
    assert http(LARGE).endswith("it's it's it's … (5,000 characters)")


def test_curl_quotes_for_the_shell() -> None:
    assert curl(LIST) == "curl 'http://mock/api/v1/participants/ecf?filter%5Bcohort%5D=2021%2C2022'"
    assert curl(DEFER).splitlines()[:4] == [
        "curl -X PUT http://mock/api/v1/participants/ecf/1/defer \\",
        "  -H 'Content-Type: application/json' \\",
        "  -H 'X-With-Server-Date: 2021-11-21T10:00:00Z' \\",
        "  --data-raw '{",
    ]


def test_curl_reads_a_body_that_is_too_long_for_a_command_from_a_pipe() -> None:
    assert curl(LARGE) == (
        "printf 'it'\"'\"'s %.0s' $(seq 1000) |\n"
        "  curl -X POST http://mock/x \\\n  -H 'Content-Type: application/json' \\\n  --data-binary @-"
    )


def test_python_has_keyword_arguments_one_a_line() -> None:
    assert python(LIST) == (
        "import httpx\n\n"
        "answer = httpx.get(\n"
        '    "http://mock/api/v1/participants/ecf",\n'
        "    params={\n"
        '        "filter[cohort]": "2021,2022",\n'
        "    },\n"
        ")\n"
        "print(answer.status_code, answer.text)"
    )
    assert '                "note": None,\n' in python(DEFER)
    assert 'content="it\'s " * 1000,' in python(LARGE)


def test_a_python_literal_is_what_it_says() -> None:
    value = {"a": [1, 2.5, True, None, 'q"\\'], "b": {}, "c": [], "é": "…"}
    assert eval(python_literal(value)) == value  # noqa: S307 - our own text


def test_javascript_leaves_out_what_fetch_supposes() -> None:
    assert javascript(LIST) == (
        'const answer = await fetch("http://mock/api/v1/participants/ecf?" + new URLSearchParams({\n'
        '  "filter[cohort]": "2021,2022"\n'
        "}));\n"
        "console.log(answer.status, await answer.text());"
    )
    assert 'method: "PUT",' in javascript(DEFER)
    assert 'body: "it\'s ".repeat(1000),' in javascript(LARGE)


def test_csharp_uses_raw_strings_for_json() -> None:
    assert '"""\n    {\n      "data": {' in csharp(DEFER)
    assert 'request.Headers.TryAddWithoutValidation("X-With-Server-Date", "2021-11-21T10:00:00Z");' in csharp(DEFER)
    assert 'string.Concat(Enumerable.Repeat("it\'s ", 1000))' in csharp(LARGE)


def test_ruby_uses_a_here_document_for_json() -> None:
    assert "request.body = <<~'JSON'\n  {\n    \"data\": {" in ruby(DEFER)
    assert 'uri.query = URI.encode_www_form("filter[cohort]" => "2021,2022")' in ruby(LIST)
    assert 'request.body = "it\'s " * 1000' in ruby(LARGE)


def test_a_body_without_a_content_type_is_refused() -> None:
    with pytest.raises(ValueError, match="without a content type"):
        Sending("http://mock", "POST", "/x", (), {}, raw=RawBody("x"))


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.name)
@pytest.mark.parametrize("sending", [DEFER, LIST, LARGE], ids=["json", "query", "long text"])
def test_a_snippet_has_no_mark_of_its_own_making(language: Language, sending: Sending) -> None:
    code = language.write(sending)
    assert code == code.strip()
    assert "Authorization" not in code
