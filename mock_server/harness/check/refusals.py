"""Whether a refusal (422) says what it must: on a mock which rules were broken, on any server which attributes."""

from collections.abc import Iterator

from mock_server.harness.check.conformance import response_check
from mock_server.harness.exchange import Response
from mock_server.v1.domain.commands import CATALOGUE

RULE_HEADER = "x-mock-rule"
_ERROR_TITLES = response_check().error_titles


def refusal_problems(response: Response, *, is_mock: bool) -> Iterator[tuple[str, str]]:
    """(what, says) for each way in which a 422 doesn't explain itself."""
    body = response.json
    errors = body.get("errors") if isinstance(body, dict) else None
    titles = [error.get("title") for error in errors if isinstance(error, dict)] if isinstance(errors, list) else []
    # A title may be anything that JSON has.
    if not titles or any(title not in _ERROR_TITLES for title in titles):
        yield "a refusal has no title that the contract knows", f"each title is one of {', '.join(_ERROR_TITLES)}"
        return
    if len(set(titles)) < len(titles):
        yield "a refusal has two entries for one attribute", "there is one entry an attribute"
    if not is_mock:
        return
    rules = [rule for rule in response.headers.get(RULE_HEADER, "").split(", ") if rule]
    unknown = [rule for rule in rules if rule not in CATALOGUE]
    if not rules or unknown:
        yield "a refusal names no rule of the catalogue", f"{RULE_HEADER} names the broken rules"
        return
    expected = list(dict.fromkeys(CATALOGUE[rule].title for rule in rules))
    if titles != expected:
        yield "a refusal's titles aren't those of its rules", f"the titles of {', '.join(rules)} are {expected}"


def explained(response: Response, *, is_mock: bool) -> bool:
    """Whether a 422 says which rules, or at least which attributes, it is about."""
    return not any(True for _ in refusal_problems(response, is_mock=is_mock))
