"""Checks that a refusal (422) explains itself: a mock names the broken rules, any server names the attributes."""

from collections.abc import Iterator

from mock_server.harness.check.conformance import response_check
from mock_server.harness.exchange import Response
from mock_server.service import Service

RULE_HEADER = "x-mock-rule"


def refusal_problems(service: Service, response: Response, *, is_mock: bool) -> Iterator[tuple[str, str]]:
    """(what, says) for each way in which a 422 of `service` doesn't explain itself."""
    known = response_check(service).error_titles
    body = response.json
    errors = body.get("errors") if isinstance(body, dict) else None
    titles = [error.get("title") for error in errors if isinstance(error, dict)] if isinstance(errors, list) else []
    # A title may be any JSON value.
    if not titles or (known and any(title not in known for title in titles)):
        yield "a refusal has no title that the contract knows", f"each title is one of {', '.join(known)}"
        return
    if len(set(titles)) < len(titles):
        yield "a refusal has two entries for one attribute", "there is one entry an attribute"
    if not is_mock:
        return
    rules = [rule for rule in response.headers.get(RULE_HEADER, "").split(", ") if rule]
    unknown = [rule for rule in rules if rule not in service.catalogue]
    if not rules or unknown:
        yield "a refusal names no rule of the catalogue", f"{RULE_HEADER} names the broken rules"
        return
    expected = list(dict.fromkeys(service.catalogue[rule].title for rule in rules))
    if titles != expected:
        yield "a refusal's titles aren't those of its rules", f"the titles of {', '.join(rules)} are {expected}"


def explained(service: Service, response: Response, *, is_mock: bool) -> bool:
    """Whether a 422 names the rules, or at least the attributes, that caused it."""
    return not any(True for _ in refusal_problems(service, response, is_mock=is_mock))
