"""The control API from Python: `ControlClient` for a mock, `SandboxClient` for one world in it.

    with ControlClient("http://127.0.0.1:8080") as client:
        sandbox = client.sandbox("default")
        ada = sandbox.add_participant(provider="alder", participant_type="ect", cohort="2021")
        sandbox.advance("P30D")

A refusal of the mock is a `ControlError`, a mock that can't be reached a `ControlUnavailable`; both are
`ControlFailure`s, whose text can be shown to people as it is. Arguments that are left out aren't sent, and
None is sent as null: that is how `rate_limit=None` means "no limit". Threads may share a client.
"""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from ipaddress import ip_address
from types import TracebackType
from typing import Any, Self, Unpack
from urllib.parse import quote

# The dear import of this package: whoever may do without a client imports this module where it is used.
import httpx

from mock_server.control.models import (
    Answer,
    Clock,
    ClockSetting,
    Declaration,
    Declarations,
    Fault,
    Faults,
    Health,
    JournalEntry,
    JournalPage,
    NewFault,
    NewParticipant,
    NewSandbox,
    Participant,
    Participants,
    Problem,
    Readiness,
    Registration,
    RequestFilters,
    Sandbox,
    Sandboxes,
    SandboxSettings,
    Snapshot,
    Transfer,
    duration,
    plain,
    read,
)

DEFAULT_TIMEOUT = 10.0


class ControlFailure(Exception):
    """A call of the control API that gave nothing; its text says why."""


class ControlUnavailable(ControlFailure):
    """There is no answer: nothing listens there, it took too long, or it broke off."""


class ControlError(ControlFailure):
    """The mock refused the call `call`; each refused value is in `errors` (422 only)."""

    def __init__(self, call: str, problem: Problem) -> None:
        self.call = call
        self.status = problem.status
        self.title = problem.title
        self.detail = problem.detail
        self.errors = problem.errors
        values = "; ".join(map(str, self.errors))
        super().__init__(f"{call}: {self.status} {self.title}. {self.detail} {values}".rstrip())


class _Connection:
    """Sends calls to one mock, reads its answers and turns whatever fails into a `ControlFailure`."""

    def __init__(self, base_url: str, token: str | None, timeout: float) -> None:
        address = _address(base_url)
        if token and not (token.isascii() and token.isprintable()):
            raise ValueError("The control token has characters that no header can carry.")
        self.base_url = str(address).rstrip("/")
        self.timeout = timeout
        self.http = httpx.Client(
            base_url=address,
            timeout=timeout,
            headers={"Authorization": f"Bearer {token}"} if token else {},
            # Certificates take 0.1 s to load, and plain HTTP has none.
            verify=address.scheme == "https",
            # A proxy that the environment names doesn't lead to this machine's own mock.
            trust_env=not _is_loopback(address.host),
        )

    def send(
        self,
        method: str,
        path: str,
        body: object = None,
        query: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """The answer, which is a 2xx one; None for `body` sends none."""
        call = f"{method} {path}"
        content = None if body is None else plain(body)
        try:
            response = self.http.request(method, path, json=content, params=query or None, headers=headers)
        except httpx.ConnectError as error:
            reason = str(error).split("] ", 1)[-1]  # without "[Errno 111] "
            raise ControlUnavailable(f"Nothing answers at {self.base_url} ({reason}). Is the mock running?") from None
        except httpx.TimeoutException:
            raise ControlUnavailable(f"{call}: {self.base_url} gave no answer within {self.timeout:g} s.") from None
        except httpx.HTTPError as error:
            raise ControlUnavailable(f"{call}: the connection to {self.base_url} broke: {error}") from None
        if response.is_success:
            return response
        try:
            problem = read(Problem, response.json())
        except ValueError:
            raise self._strange(call, response) from None
        raise ControlError(call, problem)

    def read(
        self,
        kind: type[Answer],
        method: str,
        path: str,
        body: object = None,
        query: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """The answer as a `kind`."""
        response = self.send(method, path, body, query, headers)
        try:
            return read(kind, response.json())
        except ValueError:
            raise self._strange(f"{method} {path}", response) from None

    def _strange(self, call: str, response: httpx.Response) -> ControlError:
        """For an answer that the control API doesn't give: it comes from another server, or from v1 alone."""
        detail = (
            "That is no answer of this version's control API. "
            f"Is {self.base_url} an ecf-mock, started without --no-control?"
        )
        return ControlError(call, Problem(response.reason_phrase, response.status_code, detail))


def _address(base_url: str) -> httpx.URL:
    try:
        address = httpx.URL(base_url)
    except httpx.InvalidURL as error:
        raise ValueError(f"{base_url!r} is no address: {error}") from None
    if address.scheme not in {"http", "https"} or not address.host:
        raise ValueError(f"{base_url!r} is no HTTP address; give one such as http://127.0.0.1:8080.")
    return address


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _segment(id: str) -> str:
    """An id as one segment of a path, whatever is in it."""
    return quote(id, safe="")


class ControlClient:
    """The control API of the mock at `base_url`, such as `http://127.0.0.1:8080`.

    `token` is the mock's control token, if it was given one; `timeout` is in seconds. Nothing is sent before
    the first call.

    Raises:
        ValueError: `base_url` is no HTTP address, or `token` can't be sent.
    """

    def __init__(self, base_url: str, token: str | None = None, timeout: float = DEFAULT_TIMEOUT) -> None:
        self._connection = _Connection(base_url, token, timeout)
        self.base_url = self._connection.base_url

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections; the client is of no use afterwards."""
        self._connection.http.close()

    def health(self) -> Health:
        """That the mock is up, and its version. Needs no token."""
        return self._connection.read(Health, "GET", "/_mock/health")

    def sandboxes(self) -> tuple[Sandbox, ...]:
        """Every sandbox, `default` first."""
        return self._connection.read(Sandboxes, "GET", "/_mock/sandboxes").sandboxes

    def create_sandbox(self, **settings: Unpack[NewSandbox]) -> Sandbox:
        """A new sandbox; its id is invented when none is given.

        The header says the id as well: behind a load balancer it decides on which mock the sandbox lives.
        """
        id = settings.get("id", f"s{secrets.token_hex(6)}")
        # What no header can carry is no id either; the mock says so better than the connection would.
        headers = {"X-Mock-Sandbox": id} if id.isascii() and id.isprintable() else {}
        return self._connection.read(Sandbox, "POST", "/_mock/sandboxes", settings, headers=headers)

    def sandbox(self, id: str = "default") -> "SandboxClient":
        """The calls that concern the sandbox `id`. Nothing is sent yet."""
        return SandboxClient(self._connection, id)


class SandboxClient:
    """The control API of one sandbox; made by `ControlClient.sandbox`."""

    def __init__(self, connection: _Connection, id: str) -> None:
        self.id = id
        self._connection = connection
        self._path = f"/_mock/sandboxes/{_segment(id)}"

    def _send(self, method: str, path: str = "") -> None:
        self._connection.send(method, self._path + path)

    def _read(
        self,
        kind: type[Answer],
        method: str,
        path: str = "",
        body: object = None,
        query: Mapping[str, Any] | None = None,
    ) -> Answer:
        return self._connection.read(kind, method, self._path + path, body, query)

    def get(self) -> Sandbox:
        return self._read(Sandbox, "GET")

    def delete(self) -> None:
        """Drop the sandbox and all that is in it."""
        self._send("DELETE")

    def reset(self) -> Sandbox:
        """Back to the seed, clock and settings that it was made with."""
        return self._read(Sandbox, "POST", "/reset")

    def settings(self, **settings: Unpack[SandboxSettings]) -> Sandbox:
        """Change the settings that are given."""
        return self._read(Sandbox, "PATCH", body=settings)

    def clock(self) -> Clock:
        return self._read(Clock, "GET", "/clock")

    def set_clock(self, **setting: Unpack[ClockSetting]) -> Clock:
        """Jump to `now`, and stop or start with `running`; payment runs on the way forwards happen."""
        return self._read(Clock, "PUT", "/clock", setting)

    def advance(self, by: str | timedelta) -> Clock:
        """Let time pass: an ISO 8601 duration such as `P30D`, or a timedelta in whole seconds.

        Raises ValueError for a part of a second, or a time below 0; nothing is sent then.
        """
        return self._read(Clock, "POST", "/clock/advance", {"by": duration(by)})

    def follow_machine(self) -> Clock:
        """The machine's clock again."""
        return self._read(Clock, "DELETE", "/clock")

    def add_participant(self, **participant: Unpack[NewParticipant]) -> Participant:
        """A school adds a participant."""
        return self._read(Participant, "POST", "/participants", participant)

    def participant(self, id: str) -> Participant:
        return self._read(Participant, "GET", f"/participants/{_segment(id)}")

    def participants(self) -> tuple[Participant, ...]:
        """Every participant, in the order in which they were added."""
        return self._read(Participants, "GET", "/participants").participants

    def register(self, id: str, **registration: Unpack[Registration]) -> Participant:
        """The participant registers, and the department decides on funding."""
        return self._read(Participant, "PUT", f"/participants/{_segment(id)}/registration", registration)

    def set_status(self, id: str, status: str) -> Participant:
        """The school removes the participant (`withdrawn`), or takes them back (`active`)."""
        return self._read(Participant, "PUT", f"/participants/{_segment(id)}/status", {"status": status})

    def transfer(self, id: str, **transfer: Unpack[Transfer]) -> Participant:
        """The participant moves to another school, provider, or both."""
        return self._read(Participant, "POST", f"/participants/{_segment(id)}/transfers", transfer)

    def declarations(self) -> tuple[Declaration, ...]:
        """Every declaration of every provider, in the order in which they were made."""
        return self._read(Declarations, "GET", "/declarations").declarations

    def set_declaration_state(self, id: str, state: str) -> Declaration:
        """Move a declaration along one of the arrows between states."""
        return self._read(Declaration, "PUT", f"/declarations/{_segment(id)}/state", {"state": state})

    def faults(self) -> tuple[Fault, ...]:
        return self._read(Faults, "GET", "/faults").faults

    def replace_faults(self, faults: Sequence[NewFault]) -> tuple[Fault, ...]:
        """These faults in place of all earlier ones; the first that matches a request strikes it."""
        return self._read(Faults, "PUT", "/faults", {"faults": faults}).faults

    def add_fault(self, **fault: Unpack[NewFault]) -> Fault:
        """One more fault, tried after the others."""
        return self._read(Fault, "POST", "/faults", fault)

    def remove_fault(self, id: str) -> None:
        self._send("DELETE", f"/faults/{_segment(id)}")

    def clear_faults(self) -> None:
        self._send("DELETE", "/faults")

    def requests(self, **filters: Unpack[RequestFilters]) -> JournalPage:
        """One page of the journal."""
        return self._read(JournalPage, "GET", "/requests", query=filters)

    def all_requests(self, **filters: Unpack[RequestFilters]) -> Iterator[JournalEntry]:
        """Every entry of the journal, oldest first; fetched as they are needed, `limit` at a time."""
        while True:
            page = self.requests(**filters)
            yield from page.requests
            if page.next is None:
                return
            filters["after"] = page.next

    def clear_requests(self) -> None:
        self._send("DELETE", "/requests")

    def readiness(self) -> Readiness:
        """How the clients of this sandbox do, requirement by requirement."""
        return self._read(Readiness, "GET", "/readiness")

    def snapshot(self) -> str:
        """Keep the present state; returns the id to restore it by."""
        return self._read(Snapshot, "POST", "/snapshots").id

    def restore(self, id: str) -> Sandbox:
        """Back to the snapshot `id`, which stays."""
        return self._read(Sandbox, "POST", f"/snapshots/{_segment(id)}/restore")

    def drop_snapshot(self, id: str) -> None:
        self._send("DELETE", f"/snapshots/{_segment(id)}")
