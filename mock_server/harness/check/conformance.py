"""Checks that the contract documents an answer exactly: status, content type, headers and body."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from mock_server.harness.exchange import Response
from mock_server.http.contract import Operation, Routes, operations, resolve
from mock_server.http.json_schema import Validator, listed, validator, violations
from mock_server.service import Service

CSV = "text/csv"
# The contract's own word for the parameters that follow a media type in an answer, by media type.
_TYPE_PARAMETERS = "x-media-type-parameters"
# A whole number may have at most this many digits here.
_DIGITS = re.compile("[0-9]{1,20}")

# The keywords of a list whose records can be checked one by one.
_PLAIN_LIST = {"type", "items", "description"}

# What the contract promises for requests that match no operation, unless it says otherwise under this word.
_OF_UNKNOWN_PATH = "x-unknown-path"
_UNKNOWN_PATH = {"$ref": "#/components/responses/NotFound"}
_WRONG_METHOD = {"$ref": "#/components/responses/MethodNotAllowed"}


@cache
def response_check(service: Service) -> "ResponseCheck":
    """The check against the contract of `service`."""
    return ResponseCheck(service.contract)


class ResponseCheck:
    """Checks answers against one specification."""

    def __init__(self, specification: Mapping[str, Any]) -> None:
        self.routes = Routes(specification)
        self.document = specification
        self.operations = {operation.id: operation for operation in operations(specification)}
        self._columns = dict(_csv_columns(specification, self.operations.values()))
        self._validators: dict[int, Validator] = {}
        self._known: dict[int, list[tuple[str, str]]] = {}
        # The records of lists, and the rows of CSV, that were right once. Most come again and again.
        self._right: set[int] = set()
        # The whole header `Content-Type` of an answer, by media type.
        self._written = {name: f"{name}; {text}" for name, text in specification.get(_TYPE_PARAMETERS, {}).items()}
        components = specification.get("components", {})
        # The titles that refusals may have; empty where the contract doesn't list them.
        self.error_titles: list[str] = components.get("schemas", {}).get("ErrorTitle", {}).get("enum", [])

    def problems(self, method: str, path: str, response: Response) -> list[tuple[str, str]]:
        """(what, says) for each departure from the contract; `path` is percent-decoded.

        `what` names the departure in a few words that don't depend on the values. `says` is what the contract asks for.
        """
        operation_id = self.routes.operation_id(method, path)
        methods = [] if operation_id else self.routes.methods(path)
        # The check requests lists a thousand times, and many answers are equal.
        is_head = method == "HEAD"
        answer = (operation_id, is_head, *methods, response.status, *sorted(response.headers.items()), response.content)
        key = hash(answer)
        if key not in self._known:
            self._known[key] = list(self._problems(operation_id, methods, response, is_head=is_head))
        return self._known[key]

    def _problems(
        self, operation_id: str | None, methods: list[str], response: Response, *, is_head: bool
    ) -> Iterator[tuple[str, str]]:
        status = str(response.status)
        documented: Mapping[str, Any] = {"404": self.document.get(_OF_UNKNOWN_PATH, _UNKNOWN_PATH)}
        if operation_id is not None:
            documented = self.operations[operation_id].definition["responses"]
        elif methods:
            documented = {"405": _WRONG_METHOD}
            yield from _allow_problems(methods, response)
        if status not in documented:
            statuses = listed(sorted(documented))
            yield f"answers {status}, which isn't documented", f"the status is {statuses}"
            return
        answer = resolve(self.document, documented[status])
        yield from self._header_problems(status, answer.get("headers", {}), response)
        yield from self._body_problems(operation_id, status, answer.get("content", {}), response, is_head=is_head)

    def _header_problems(
        self, status: str, headers: Mapping[str, Any], response: Response
    ) -> Iterator[tuple[str, str]]:
        for name, reference in headers.items():
            header = resolve(self.document, reference)
            value = response.headers.get(name.lower())
            if value is None:
                if header.get("required"):
                    yield f"answers {status} without the header {name}", f"{status} has the header {name}"
                continue
            sent: object = int(value) if header["schema"]["type"] == "integer" and _DIGITS.fullmatch(value) else value
            for violation in violations(self._validator(header["schema"]), sent):
                yield f"the header {name} of {status} is wrong", f"the header {name} {violation.detail}"

    def _body_problems(
        self,
        operation_id: str | None,
        status: str,
        content: Mapping[str, Any],
        response: Response,
        *,
        is_head: bool,
    ) -> Iterator[tuple[str, str]]:
        sent = response.headers.get("content-type", "")
        media_types = {self._written.get(name, name): name for name in content}
        if not content:
            if response.content:
                yield f"answers {status} with a body", f"{status} has an empty body"
            return
        if sent not in media_types:
            # Clients compare the whole header. A charset belongs to it only where the real service sends one.
            yield (
                f"answers {status} as {sent or 'no content type'}",
                f"the content type of {status} is {listed(list(media_types))}",
            )
            return
        content_type = media_types[sent]
        if is_head:
            if response.content:
                yield "answers HEAD with a body", "the answer to HEAD has no body"
            return
        if content_type == CSV:
            yield from self._csv_problems(operation_id, response.content)
            return
        document: Any = response.content
        if "json" in content_type:
            document = response.json
            if document is None:
                yield f"answers {status} with a body that is no JSON", f"the body of {status} is JSON"
                return
        schema = content[content_type]["schema"]
        if self._is_list_of_right_records(schema, document):
            return
        for violation in violations(self._validator(schema), document):
            where = re.sub(r"/\d+", "/…", violation.pointer) or "the body"
            says = f"{violation.pointer or 'the body'} {violation.detail}"
            yield f"{where} of {status} isn't as documented", says

    def _is_list_of_right_records(self, schema: Any, document: Any) -> bool:
        """Whether the list is right. It checks the records that it hasn't seen yet, and all else around them.

        False may also mean that the list must be checked as a whole.
        """
        members = self._resolved(schema).get("properties", {})
        records = document.get("data") if isinstance(document, dict) else None
        listed_as = self._resolved(members.get("data", {}))
        if not isinstance(records, list) or "items" not in listed_as or not listed_as.keys() <= _PLAIN_LIST:
            return False
        # Python's own notation tells 1, 1.0 and true apart.
        new = {key: record for record in records if (key := hash((id(schema), repr(record)))) not in self._right}
        if violations(self._validator(schema), {**document, "data": list(new.values())}):
            return False
        self._right.update(new)
        return True

    def _csv_problems(self, operation_id: str | None, text: str) -> Iterator[tuple[str, str]]:
        """Problems of a CSV body: it must be empty, or a header row and records whose cells fit the schemas."""
        columns = self._columns[operation_id or ""]
        if not text:
            return
        try:
            rows = list(csv.reader(io.StringIO(text, newline="")))
        except csv.Error as error:
            yield "answers 200 with a body that is no CSV", f"the body of 200 is CSV: {error}"
            return
        if rows[0] != list(columns):
            yield "the CSV's columns aren't those documented", f"the header row is {','.join(columns)}"
            return
        for number, row in enumerate(rows[1:], start=2):
            if len(row) != len(columns):
                yield "a CSV row has another number of cells", f"row {number} has {len(columns)} cells"
                return
            key = hash((operation_id, *row))
            if key in self._right:
                continue
            wrong = False
            for (name, schema), cell in zip(columns.items(), row, strict=True):
                for violation in violations(self._validator(schema), _cell(self._resolved(schema), cell)):
                    wrong = True
                    yield f"the CSV's {name} isn't as documented", f"row {number}: {name} {violation.detail}"
            if not wrong:
                self._right.add(key)

    def _resolved(self, schema: Any) -> Any:
        return resolve(self.document, schema)

    def _validator(self, schema: Any) -> Validator:
        # The schemas belong to one document, which lives as long as this object.
        if id(schema) not in self._validators:
            self._validators[id(schema)] = validator(self.document, schema)
        return self._validators[id(schema)]


def _allow_problems(methods: list[str], response: Response) -> Iterator[tuple[str, str]]:
    """A 405 must name every method of the path (RFC 9110, 15.5.6)."""
    if response.status == 405:
        allowed = {word.strip() for word in response.headers.get("allow", "").split(",")}
        # The contract never lists HEAD, so a server may leave it out.
        if allowed | {"HEAD"} != {*methods, "HEAD"}:
            yield "the header Allow of 405 isn't complete", f"Allow is {', '.join(methods)}"


def _csv_columns(
    specification: Mapping[str, Any], all_operations: Iterable[Operation]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """The columns of each CSV operation with their schemas: `id`, and the attributes of the matching JSON list."""
    for operation in all_operations:
        if operation.path.endswith(".csv"):
            beside = specification["paths"][operation.path.removesuffix(".csv")]["get"]
            answer = resolve(specification, beside["responses"]["200"])
            listing = resolve(specification, next(iter(answer["content"].values()))["schema"])
            record = resolve(specification, listing["properties"]["data"]["items"])["properties"]
            attributes = resolve(specification, record["attributes"])["properties"]
            yield operation.id, {"id": record["id"], **attributes}


def _cell(schema: Mapping[str, Any], text: str) -> object:
    """The value of a CSV cell: `""` is null, `true` and `false` are booleans."""
    if text == "":
        return None if schema.get("nullable") else text
    return {"true": True, "false": False}.get(text, text) if schema.get("type") == "boolean" else text
