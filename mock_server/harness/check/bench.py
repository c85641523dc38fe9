"""The test bench: it sends requests to one sandbox or server, with a sender for each provider."""

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http.client import HTTPException
from typing import Any, Generic, TypeVar
from urllib.parse import quote

import httpx

from mock_server.client import SandboxClient
from mock_server.control.connection import ControlError
from mock_server.control.models import RateLimit
from mock_server.harness.check.outcome import Finding
from mock_server.harness.check.refusals import RULE_HEADER
from mock_server.harness.check.traffic import TrafficLog, finding_about, request_of, response_of
from mock_server.harness.exchange import Request, Response
from mock_server.harness.scenarios.target import Target

# The providers of a sandbox, by their role in the check. The last one has no contract for participants.
OWN, PEER, STRANGER = "alder", "birch", "dogwood"

JSON = "application/json"
# With these the control API refuses a change of the world.
_REFUSALS = frozenset({409, 422})


class Broken(Exception):
    """A promise that an exchange breaks. `says` is what the contract asks for, `came` is what came instead."""

    def __init__(
        self, says: str, came: str, request: Request, response: Response | None, wanted: int | None = None
    ) -> None:
        super().__init__(says)
        self.wanted = wanted
        self.says = says
        self.came = came
        self.request = request
        self.response = response


@contextmanager
def noticed(traffic: TrafficLog, operation: str | None, promise: str) -> Iterator[None]:
    """An error that a broken server causes in the block ends the block. It becomes a finding of the current stage."""
    traffic.history.clear()
    try:
        yield
    except Broken as broken:
        found = finding_about(
            traffic,
            operation,
            promise,
            broken.says,
            broken.request,
            broken.response,
            broken.came,
            promised=True,
            wanted=broken.wanted,
        )
        traffic.report(replace(found, before=traffic.history.before(broken.request)))
    except ControlError as refused:
        if refused.status not in _REFUSALS:
            raise
        says = f"{promise} The control API brings about what this needs."
        traffic.report(Finding(traffic.stage.name, operation, promise, says, f"it refuses: {refused}", promised=True))
    except (httpx.HTTPError, HTTPException, OSError) as error:
        says = f"{promise} The server answers."
        traffic.report(Finding(traffic.stage.name, operation, promise, says, f"no answer: {error}", promised=True))
    except (ValueError, LookupError, TypeError, AttributeError, csv.Error) as odd:
        # The answer had another shape. The check reports separately how it breaks the schema.
        says = f"{promise} The answer has the documented shape."
        traffic.report(
            Finding(traffic.stage.name, operation, promise, says, f"{type(odd).__name__}: {odd}", promised=True)
        )


@dataclass(slots=True)
class Sender:
    """Sends requests as one provider, and remembers the last exchange for error reports."""

    http: httpx.Client
    token: str
    traffic: TrafficLog
    last: tuple[Request, Response] | None = None

    def send(
        self,
        operation_id: str,
        id: str | None = None,
        *,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
    ) -> Response:
        """Calls an operation of the contract and returns the answer. `body` is sent as JSON, `content` unchanged."""
        operation = self.traffic.check.operations[operation_id]
        path = operation.path.replace("{id}", quote(id or "", safe=""))
        if query:
            path = f"{path}?{httpx.QueryParams(dict(query))}"
        if body is not None:
            content, headers = json.dumps(body).encode(), {"content-type": JSON, **(headers or {})}
        return self.raw(operation.method, path, headers=headers, content=content)

    def raw(
        self,
        method: str,
        target: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
        token: str | None = None,
    ) -> Response:
        """Sends any request and returns the answer.

        `target` is path and query. `token` replaces the whole header Authorization; an empty one leaves the header out.
        """
        authorization = f"Bearer {self.token}" if token is None else token
        sent = {"authorization": authorization, **(headers or {})} if authorization else dict(headers or {})
        answer = self.http.request(method, target, headers=sent, content=content)
        self.last = request_of(answer.request), response_of(answer)
        return self.last[1]

    @property
    def answered(self) -> Response:
        """The last answer."""
        assert self.last is not None  # noqa: S101 - something was sent before
        return self.last[1]

    def seen(self, request: Request, response: Response) -> None:
        """Records an exchange that didn't go through `raw`."""
        self.traffic.note(request, response)
        self.last = request, response

    def expect(self, holds: bool, says: str, came: str = "", wanted: int | None = None) -> None:
        """Raises Broken about the last exchange unless it `holds`. `wanted` is the status that should have come."""
        if not holds:
            assert self.last is not None  # noqa: S101 - there is nothing to complain about before
            raise Broken(says, came, *self.last, wanted)

    def status(self, wanted: int, why: str) -> None:
        """Raises Broken unless the last answer has this status."""
        assert self.last is not None  # noqa: S101
        got = self.last[1].status
        self.expect(got == wanted, f"{why}: {wanted}", f"the status is {got}", wanted)

    def accepted(self, operation_id: str, id: str | None = None, **given: Any) -> Response:
        """Sends a request that the server must accept, and returns the answer."""
        response = self.send(operation_id, id, **given)
        self.status(200, f"{operation_id} accepts this")
        return response

    def refused(self, rules: Sequence[str], operation_id: str, id: str | None = None, **given: Any) -> Response:
        """Sends a request that these rules must refuse, in this order, and returns the answer."""
        response = self.send(operation_id, id, **given)
        self.refuses(rules)
        return response

    def refuses(self, rules: Sequence[str], why: str = "") -> None:
        """Raises Broken unless these rules refuse the last request, and no others.

        `rules` are ids of the service's error catalogue, in the order of the complaints. `why` names the case.
        """
        says = f"{why}: " if why else ""
        says += f"refused by {self._told(rules)}"
        self.status(422, says)
        titles = list(dict.fromkeys(self.traffic.service.catalogue[rule].title for rule in rules))
        document = self.answered.json
        came = [error.get("title") for error in document["errors"]] if document else []
        self.expect(came == titles, f"{says}, with the titles {titles}", f"they are {came}")
        if self.traffic.is_mock:
            named = self.answered.headers.get(RULE_HEADER)
            self.expect(named == ", ".join(rules), f"{says}, which {RULE_HEADER} names", f"it names {named}")

    def refuses_if(self, holds: bool, rules: Sequence[str], why: str) -> None:
        """Raises Broken unless the last request is refused by these rules if the case `holds`, and else accepted."""
        if holds:
            self.refuses(rules, why)
        else:
            self.status(200, f"{why}: not refused by {self._told(rules)}")

    def refused_among(self, rule: str, why: str) -> None:
        """Raises Broken unless the last request is refused. This rule refuses it; others may as well."""
        self.status(422, f"{why}: refused, among others by {self._told([rule])}")

    def _told(self, rules: Sequence[str]) -> str:
        """The rules for people: the id of each, and its sentence."""
        known = [self.traffic.service.catalogue[rule] for rule in rules]
        return " and ".join(f"{rule.id} ({rule.means})" for rule in known)

    def refused_whole(
        self, lists: Iterable[str], rules: Sequence[str], operation_id: str, id: str | None = None, **given: Any
    ) -> None:
        """Sends a request that these rules must refuse. None of the lists may change."""
        before = [self.records(each) for each in lists]
        self.refused(rules, operation_id, id, **given)
        blamed = self.last
        after = [self.records(each) for each in lists]
        self.last = blamed
        self.expect(before == after, "a refused request changes nothing", "a list differs afterwards")

    # -- what nearly every probe needs -----------------------------------------------------------

    def records(self, operation_id: str, **query: Any) -> list[dict[str, Any]]:
        """The records of a list, up to 3000 of them unless the query says otherwise."""
        asked = {"page[per_page]": 3000, **{name.replace("__", "[") + "]": value for name, value in query.items()}}
        return list(self.accepted(operation_id, query=asked).json["data"])


# A sender that knows the requests of one service.
ServiceSender = TypeVar("ServiceSender", bound=Sender, covariant=True)


@dataclass(slots=True)
class ServiceBench(Generic[ServiceSender]):
    """One place to test in. Without the control API it has `own` alone, and `peer` if there is a token for it."""

    own: ServiceSender
    peer: ServiceSender | None = None
    stranger: ServiceSender | None = None
    sandbox: SandboxClient | None = None

    @property
    def control(self) -> SandboxClient:
        """The control API of this bench's sandbox. Only probes that need the control API may ask for it."""
        assert self.sandbox is not None  # noqa: S101
        return self.sandbox

    @property
    def other(self) -> ServiceSender:
        """The other provider. Only probes that need a second provider may ask for it."""
        assert self.peer is not None  # noqa: S101
        return self.peer


# The bench of any service.
Bench = ServiceBench[Sender]


@dataclass(frozen=True, slots=True)
class Equipment:
    """What all benches of one service share."""

    # The moment at which their clocks stop.
    clock: str
    # Makes a sender from a client, a token and the traffic.
    sender: Callable[[httpx.Client, str, TrafficLog], Sender]
    # Makes a bench from the three senders and the sandbox. The service's probes receive this bench.
    bench: Callable[..., Bench]


class Benches:
    """Makes benches at one target."""

    def __init__(self, target: Target, peer_token: str | None, traffic: TrafficLog, equipment: Equipment) -> None:
        self.target = target
        self.traffic = traffic
        self._equipment = equipment
        self._peer_token = peer_token

    @property
    def given(self) -> Bench:
        """The bench that sends with the given tokens, on a server without the control API."""
        peer = self._sender(self._peer_token) if self._peer_token else None
        return self._equipment.bench(self._sender(self.target.token or ""), peer)

    def _sender(self, token: str) -> Sender:
        return self._equipment.sender(self.target.http, token, self.traffic)

    @contextmanager
    def sandbox(
        self,
        *,
        seed: Any = "empty",
        clock: str | None = None,
        replay: Any = "return",
        rate_limit: RateLimit | None = None,
    ) -> Iterator[Bench]:
        """A bench with a sandbox of its own on a mock. The clock stops at `clock`, or at the service's usual moment.

        The sandbox is deleted at the end of the block.
        """
        assert self.target.control is not None  # noqa: S101 - asked before
        made = self.target.control.create_sandbox(
            seed=seed,
            clock={"now": clock or self._equipment.clock, "running": False},
            replay=replay,
            rate_limit=rate_limit,
            random_seed=2021,
        )
        tokens = made.tokens
        self.traffic.names |= {tokens[OWN]: "$TOKEN", tokens[PEER]: "$PEER_TOKEN", tokens[STRANGER]: "$NO_ECF_TOKEN"}
        own, peer, stranger = (self._sender(tokens[slug]) for slug in (OWN, PEER, STRANGER))
        sandbox = self.target.control.sandbox(made.id)
        try:
            yield self._equipment.bench(own, peer, stranger, sandbox)
        finally:
            sandbox.delete()
