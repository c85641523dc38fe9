"""The control API from Python: `ControlClient` for a mock, `SandboxClient` for one sandbox of it.

    with ControlClient("http://127.0.0.1:8080") as client:
        sandbox = client.sandbox("default")
        ada = sandbox.v1.add_participant(provider="alder", participant_type="ect", cohort="2021")
        sandbox.advance("P30D")

A refusal of the mock is a `ControlError`, a mock that can't be reached a `ControlUnavailable`; both are
`ControlFailure`s, whose text can be shown to people as it is. Arguments that are left out aren't sent, and
None is sent as null: that is how `rate_limit=None` means "no limit". Threads may share a client.
"""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from types import TracebackType
from typing import Any, Self, Unpack

from mock_server.control.connection import DEFAULT_TIMEOUT, Connection, segment
from mock_server.control.models import (
    Clock,
    ClockSetting,
    Fault,
    Faults,
    Health,
    JournalEntry,
    JournalPage,
    Model,
    NewFault,
    NewSandbox,
    Readiness,
    RequestFilters,
    Sandbox,
    Sandboxes,
    SandboxSettings,
    Snapshot,
    duration,
)
from mock_server.v1.control.client import V1Client
from mock_server.v3.control.client import V3Client


class ControlClient:
    """The control API of the mock at `base_url`, such as `http://127.0.0.1:8080`.

    `token` is the mock's control token, if it was given one; `timeout` is in seconds. Nothing is sent before
    the first call.

    Raises:
        ValueError: `base_url` is no HTTP address, or `token` can't be sent.
    """

    def __init__(self, base_url: str, token: str | None = None, timeout: float = DEFAULT_TIMEOUT) -> None:
        self._connection = Connection(base_url, token, timeout)
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

    def __init__(self, connection: Connection, id: str) -> None:
        self.id = id
        self._connection = connection
        self._path = f"/_mock/sandboxes/{segment(id)}"
        # What schools and the department do in the world of each service.
        self.v1 = V1Client(connection, f"{self._path}/v1")
        self.v3 = V3Client(connection, f"{self._path}/v3")

    def _send(self, method: str, path: str = "") -> None:
        self._connection.send(method, self._path + path)

    def _read(
        self,
        kind: type[Model],
        method: str,
        path: str = "",
        body: object = None,
        query: Mapping[str, Any] | None = None,
    ) -> Model:
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

    def faults(self) -> tuple[Fault, ...]:
        return self._read(Faults, "GET", "/faults").faults

    def replace_faults(self, faults: Sequence[NewFault]) -> tuple[Fault, ...]:
        """These faults in place of all earlier ones; the first that matches a request strikes it."""
        return self._read(Faults, "PUT", "/faults", {"faults": faults}).faults

    def add_fault(self, **fault: Unpack[NewFault]) -> Fault:
        """One more fault, tried after the others."""
        return self._read(Fault, "POST", "/faults", fault)

    def remove_fault(self, id: str) -> None:
        self._send("DELETE", f"/faults/{segment(id)}")

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

    def readiness(self, api: str | None = None) -> Readiness:
        """How the clients of this sandbox do, requirement by requirement.

        `api` names the API whose clients are graded; the server's first one when left out. There are no requirements
        for an API whose clients the server doesn't grade.
        """
        return self._read(Readiness, "GET", "/readiness", query={"api": api} if api else None)

    def snapshot(self) -> str:
        """Keep the present state; returns the id to restore it by."""
        return self._read(Snapshot, "POST", "/snapshots").id

    def restore(self, id: str) -> Sandbox:
        """Back to the snapshot `id`, which stays."""
        return self._read(Sandbox, "POST", f"/snapshots/{segment(id)}/restore")

    def drop_snapshot(self, id: str) -> None:
        self._send("DELETE", f"/snapshots/{segment(id)}")
