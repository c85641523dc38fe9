"""A request as people write it: one small function for each language, all from the same `Sending`.

Each snippet is complete: readers can paste it, and it prints the status and body of the answer. No snippet
authenticates. The page says so, and says where it explains authentication.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from textwrap import indent
from typing import Any, Final
from urllib.parse import quote, urlencode

from mock_server.harness.scenarios.model import RawBody
from mock_server.http.curl import curl as as_curl
from mock_server.http.curl import joined, quoted


@dataclass(frozen=True, slots=True)
class Sending:
    """A request without its token. `path` is percent-encoded, `query` isn't yet.

    `json` is the body as data. It is None without a body, and when the body is `raw`: text to send unchanged. `headers`
    are
    those that a reader must set; the type of a JSON body isn't among them.
    """

    base_url: str
    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    json: Any = None
    raw: RawBody | None = None

    def __post_init__(self) -> None:
        if self.raw is not None and self.raw.content_type is None:
            # curl, fetch and Net::HTTP would each choose a different type.
            raise ValueError("a body without a content type can't be written in every language")

    @property
    def target(self) -> str:
        return f"{self.path}?{urlencode(self.query, quote_via=quote)}" if self.query else self.path

    @property
    def url(self) -> str:
        return self.base_url + self.target

    @property
    def all_headers(self) -> dict[str, str]:
        """The headers, with the type of the body if there is one."""
        if self.json is not None:
            return {"Content-Type": "application/json", **self.headers}
        if self.raw is not None and self.raw.content_type is not None:
            return {"Content-Type": self.raw.content_type, **self.headers}
        return dict(self.headers)


def as_json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


def http(sending: Sending) -> str:
    host = sending.base_url.partition("://")[2]
    lines = [f"{sending.method} {sending.target} HTTP/1.1", f"Host: {host}"]
    lines += [f"{name}: {value}" for name, value in sending.all_headers.items()]
    head = "\n".join(lines)
    if sending.raw:
        return f"{head}\n\n{_shortened(sending.raw)}"
    return f"{head}\n\n{as_json(sending.json)}" if sending.json is not None else head


def _shortened(raw: RawBody) -> str:
    if raw.repeat == 1:
        return raw.text
    return f"{raw.text * 3}… ({len(raw.text) * raw.repeat:,} characters)"


def curl(sending: Sending) -> str:
    raw = sending.raw
    body = as_json(sending.json) if sending.json is not None else raw.text if raw else None
    headers = sending.all_headers.items()
    if raw is None or raw.repeat == 1:
        return as_curl(sending.method, sending.url, headers, body)
    # The body is too long for the command line. printf interprets % and \ itself; %.0s takes a number of seq and prints
    # nothing.
    pattern = raw.text.replace("\\", r"\\").replace("%", "%%") + "%.0s"
    command = joined([as_curl(sending.method, sending.url, headers), "--data-binary @-"])
    return f"printf {quoted(pattern)} $(seq {raw.repeat}) |\n  {command}"


def python(sending: Sending) -> str:
    arguments = [json.dumps(sending.base_url + sending.path)]
    if sending.query:
        arguments.append(f"params={python_literal(dict(sending.query))}")
    headers = sending.headers if sending.json is not None else sending.all_headers
    if headers:
        arguments.append(f"headers={python_literal(headers)}")
    if sending.json is not None:
        arguments.append(f"json={python_literal(sending.json)}")
    elif sending.raw:
        times = f" * {sending.raw.repeat}" if sending.raw.repeat > 1 else ""
        arguments.append(f"content={_quoted(sending.raw.text)}{times}")
    call = f"httpx.{sending.method.lower()}"
    if len(arguments) == 1:
        given = arguments[0]
    else:
        given = "\n" + indent(",\n".join(arguments), "    ") + ",\n"
    return f"import httpx\n\nanswer = {call}({given})\nprint(answer.status_code, answer.text)"


def python_literal(value: Any) -> str:
    """`value` in Python's syntax, over several lines, with double quotes."""
    if isinstance(value, Mapping) and value:
        inner = "".join(f"{_quoted(name)}: {python_literal(each)},\n" for name, each in value.items())
        return "{\n" + indent(inner, "    ") + "}"
    if isinstance(value, list) and value:
        return "[\n" + indent("".join(f"{python_literal(each)},\n" for each in value), "    ") + "]"
    if value is None or isinstance(value, bool):
        return str(value)
    return _quoted(value) if isinstance(value, str) else json.dumps(value)


def _quoted(text: str) -> str:
    """A string that Python, JavaScript, C# and Ruby all read: they escape quotes and backslashes in the same way."""
    return json.dumps(text, ensure_ascii=False)


def javascript(sending: Sending) -> str:
    address = _quoted(sending.base_url + sending.path)
    if sending.query:
        address = (
            f"{_quoted(sending.base_url + sending.path + '?')} + new URLSearchParams({as_json(dict(sending.query))})"
        )
    options = [] if sending.method == "GET" else [f'method: "{sending.method}"']
    if sending.all_headers:
        options.append(f"headers: {as_json(sending.all_headers)}")
    if sending.json is not None:
        options.append(f"body: JSON.stringify({as_json(sending.json)})")
    elif sending.raw:
        times = f".repeat({sending.raw.repeat})" if sending.raw.repeat > 1 else ""
        options.append(f"body: {_quoted(sending.raw.text)}{times}")
    given = ", {\n" + indent(",\n".join(options), "  ") + ",\n}" if options else ""
    return f"const answer = await fetch({address}{given});\nconsole.log(answer.status, await answer.text());"


def csharp(sending: Sending) -> str:
    kind = sending.method.capitalize()
    lines = ["using System.Text;", ""] if sending.json is not None or sending.raw else []
    lines += [
        "using var client = new HttpClient();",
        f"var request = new HttpRequestMessage(HttpMethod.{kind}, {_quoted(sending.url)});",
    ]
    for name, value in sending.headers.items():
        lines.append(f"request.Headers.TryAddWithoutValidation({_quoted(name)}, {_quoted(value)});")
    if sending.json is not None:
        body = f'"""\n{indent(as_json(sending.json), "    ")}\n    """'
        lines.append(f'request.Content = new StringContent({body}, Encoding.UTF8, "application/json");')
    elif sending.raw:
        text = _quoted(sending.raw.text)
        if sending.raw.repeat > 1:
            text = f"string.Concat(Enumerable.Repeat({text}, {sending.raw.repeat}))"
        lines.append(f'request.Content = new StringContent({text}, Encoding.UTF8, "{sending.raw.content_type}");')
    lines += [
        "var answer = await client.SendAsync(request);",
        'Console.WriteLine($"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");',
    ]
    return "\n".join(lines)


def ruby(sending: Sending) -> str:
    lines = ['require "net/http"', "", f"uri = URI({_quoted(sending.base_url + sending.path)})"]
    if sending.query:
        pairs = ", ".join(f"{_quoted(name)} => {_quoted(value)}" for name, value in sending.query)
        lines.append(f"uri.query = URI.encode_www_form({pairs})")
    lines.append(f"request = Net::HTTP::{sending.method.capitalize()}.new(uri)")
    lines += [f"request[{_quoted(name)}] = {_quoted(value)}" for name, value in sending.all_headers.items()]
    if sending.json is not None:
        lines.append(f"request.body = <<~'JSON'\n{indent(as_json(sending.json), '  ')}\nJSON")
    elif sending.raw:
        times = f" * {sending.raw.repeat}" if sending.raw.repeat > 1 else ""
        lines.append(f"request.body = {_quoted(sending.raw.text)}{times}")
    lines += [
        "answer = Net::HTTP.start(uri.hostname, uri.port) { |http| http.request(request) }",
        'puts "#{answer.code} #{answer.body}"',
    ]
    return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Language:
    """`lexer` is the language's name in Pygments."""

    name: str
    lexer: str
    write: Callable[[Sending], str]


# Pages hold the first language. The others come when readers choose them.
LANGUAGES: Final = (
    Language("curl", "bash", curl),
    Language("HTTP", "http", http),
    Language("Python", "python", python),
    Language("JavaScript", "javascript", javascript),
    Language("C#", "csharp", csharp),
    Language("Ruby", "ruby", ruby),
)
