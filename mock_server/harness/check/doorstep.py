"""The first look at a server: whether it answers, knows the tokens, and has anything to do with the contract."""

from collections.abc import Mapping

import httpx

from mock_server.harness.check.kit import CheckKit
from mock_server.harness.check.outcome import Finding, StageResult, described
from mock_server.harness.check.traffic import TrafficLog, response_of
from mock_server.harness.scenarios.target import Target
from mock_server.http.contract import Operation

# How long the simplest question may take, in seconds.
_PATIENCE = 10
# What a server answers that has never heard of a path.
_UNKNOWN = frozenset({404, 405, 501})
_BEHIND = frozenset({502, 503, 504})


class CannotRun(Exception):
    """The check can't run. The text says why in one line."""


class Doorstep:
    """Asks the simplest questions: reads that need no id."""

    def __init__(self, target: Target, traffic: TrafficLog, kit: CheckKit | None) -> None:
        self._target = target
        self._traffic = traffic
        self._kit = kit

    def silent(self) -> str | None:
        """Why the server answers nothing at all, or None when it does.

        It doesn't count when a proxy says that the server behind it is gone.
        """
        headers = {"authorization": f"Bearer {self._target.token}"} if self._target.token else {}
        try:
            # A connection of its own: the server may have broken one connection only.
            url = self._target.base_url + self._asked_first().path
            status = httpx.get(url, headers=headers, timeout=_PATIENCE).status_code
        except httpx.HTTPError as error:
            return str(error) or type(error).__name__
        return f"it answers {status}" if status in _BEHIND else None

    def first_look(self, tokens: Mapping[str, str | None]) -> StageResult | None:
        """A finding when the server has none of the contract's paths. `tokens` are named by their options.

        Raises CannotRun.
        """
        if not self._target.token:
            raise CannotRun("this server has no control API: give a bearer token for it with --token")
        for option, token in tokens.items():
            if token and self._ask(self._asked_first(), token).status_code == 401:
                raise CannotRun(f"{self._target.base_url} doesn't know the token given with {option}")
        reads = [each for each in self._operations() if each.method == "GET" and "{" not in each.path]
        found = [self._ask(each, self._target.token) for each in reads]
        if not all(answer.status_code in _UNKNOWN for answer in found):
            return None
        stage = StageResult("first look", cases=len(found))
        self._traffic.start(stage)
        stage.findings.append(
            Finding(
                stage.name,
                None,
                "the server has none of the contract's paths",
                f"it answers {', '.join(read.path for read in reads)}",
                f"to all of them {described(response_of(found[0]))}",
                f'curl {self._target.base_url}{reads[0].path} -H "Authorization: Bearer $TOKEN"',
            )
        )
        return stage

    def _ask(self, operation: Operation, token: str) -> httpx.Response:
        try:
            return self._target.http.get(operation.path, headers={"authorization": f"Bearer {token}"})
        except (httpx.HTTPError, ValueError) as error:
            raise CannotRun(f"{self._target.base_url}: {error}") from error

    def _operations(self) -> list[Operation]:
        return list(self._traffic.check.operations.values())

    def _asked_first(self) -> Operation:
        """A path that shows whether the server knows a token: the kit's choice, or the first read without an id."""
        if self._kit is not None:
            return self._traffic.check.operations[self._kit.asked_first]
        return next(each for each in self._operations() if each.method == "GET" and "{" not in each.path)
