"""The control API from Python: `ControlClient` for a mock, `SandboxClient` for one sandbox of it.

    with ControlClient("http://127.0.0.1:8080") as client:
        sandbox = client.sandbox("default")
        ada = sandbox.v1.add_participant(provider="alder", participant_type="ect", cohort="2021")
        sandbox.advance("P30D")

A call raises `ControlError` if the mock refuses it, and `ControlUnavailable` if nobody answers. Both are
`ControlFailure`s, and you can show their text to people as it is. The client doesn't send arguments that you leave
out. It sends None as null: `rate_limit=None` means "no limit". Threads may share a client.
"""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, Unpack

from mock_server.control.connection import DEFAULT_TIMEOUT, Connection, segment
from mock_server.control.models import (
    Clock,
    ClockSetting,
    Drill,
    Fault,
    Faults,
    Health,
    JournalEntry,
    JournalPage,
    Model,
    NewDrill,
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

# A test suite may import this and never use it. So we load the rest when somebody does.
if TYPE_CHECKING:
    import httpx

    from mock_server.v1.control.client import V1Client
    from mock_server.v3.control.client import V3Client

# Seconds. A large world takes some to write, to read and to check.
_WORLD_TIMEOUT = 120.0


def _new_id() -> str:
    return f"s{secrets.token_hex(6)}"


def _for_load_balancer(id: str) -> dict[str, str]:
    """The header that names the sandbox."""
    # An id that no header can carry is invalid. The mock's message says so better than the connection's.
    return {"X-Mock-Sandbox": id} if id.isascii() and id.isprintable() else {}


class ControlClient:
    """The control API of the mock at `base_url`, such as `http://127.0.0.1:8080`.

    `token` is the mock's control token, if it has one. `timeout` is in seconds. The client sends nothing
    before the first call.

    Raises:
        ValueError: `base_url` isn't an HTTP address, or no header can carry `token`.
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

    @property
    def http(self) -> "httpx.Client":
        """The HTTP client that sends the calls."""
        return self._connection.http

    def close(self) -> None:
        """Close the connections. You can't use the client afterwards."""
        self._connection.http.close()

    def health(self) -> Health:
        """Whether the mock is up, and its version. Needs no token."""
        return self._connection.read(Health, "GET", "/_mock/health")

    def metrics(self) -> str:
        """What the mock counts, as the text that Prometheus reads."""
        return self._connection.send("GET", "/_mock/metrics").text

    def sandboxes(self) -> tuple[Sandbox, ...]:
        """Every sandbox, `default` first."""
        return self._connection.read(Sandboxes, "GET", "/_mock/sandboxes").sandboxes

    def create_sandbox(self, **settings: Unpack[NewSandbox]) -> Sandbox:
        """A new sandbox. The mock invents its id if you give none.

        The client repeats the id in a header, by which a load balancer chooses the mock for the sandbox.
        """
        id = settings.get("id", _new_id())
        return self._connection.read(Sandbox, "POST", "/_mock/sandboxes", settings, headers=_for_load_balancer(id))

    def sandbox_from_file(self, file: Path | str, id: str | None = None) -> Sandbox:
        """A sandbox that begins from a file of `SandboxClient.export`. Without an id it is a new one.

        If there is a sandbox of this id, it begins anew. Raises OSError for a file that can't be read.
        """
        id = id or _new_id()
        path = f"/_mock/sandboxes/{segment(id)}/world"
        content = Path(file).read_bytes()
        return self._connection.read(
            Sandbox, "PUT", path, content, headers=_for_load_balancer(id), timeout=_WORLD_TIMEOUT
        )

    def begin_drill(self, **drill: Unpack[NewDrill]) -> Drill:
        """Let hard things happen to the client that uses the drill's token. It takes the mock a second or two."""
        return self._connection.read(Drill, "POST", "/_mock/drills", drill)

    def drill(self, id: str) -> Drill:
        return self._connection.read(Drill, "GET", f"/_mock/drills/{segment(id)}")

    def end_drill(self, id: str) -> Drill:
        """The client has done its work. `missing` is final."""
        return self._connection.read(Drill, "POST", f"/_mock/drills/{segment(id)}/end")

    def sandbox(self, id: str = "default") -> "SandboxClient":
        """The calls of the sandbox `id`. This sends nothing yet."""
        return SandboxClient(self._connection, id)


class SandboxClient:
    """The control API of one sandbox. `ControlClient.sandbox` makes it."""

    def __init__(self, connection: Connection, id: str) -> None:
        self.id = id
        self._connection = connection
        self._path = f"/_mock/sandboxes/{segment(id)}"

    @cached_property
    def v1(self) -> "V1Client":
        """What schools and the department do in the world of v1."""
        from mock_server.v1.control.client import V1Client

        return V1Client(self._connection, f"{self._path}/v1")

    @cached_property
    def v3(self) -> "V3Client":
        """What schools, the department and the appropriate body do in the world of v3."""
        from mock_server.v3.control.client import V3Client

        return V3Client(self._connection, f"{self._path}/v3")

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
        """Delete the sandbox with all its data."""
        self._send("DELETE")

    def export(self, file: Path | str) -> None:
        """Write the sandbox to a file, from which `ControlClient.sandbox_from_file` makes one like it.

        The same sandbox gives the same bytes, as long as its clock stands still. Raises OSError.
        """
        answer = self._connection.send("GET", f"{self._path}/world", timeout=_WORLD_TIMEOUT)
        Path(file).write_bytes(answer.content)

    def reset(self) -> Sandbox:
        """Take the sandbox back to its first seed, clock and settings."""
        return self._read(Sandbox, "POST", "/reset")

    def settings(self, **settings: Unpack[SandboxSettings]) -> Sandbox:
        """Change the settings that you give."""
        return self._read(Sandbox, "PATCH", body=settings)

    def clock(self) -> Clock:
        return self._read(Clock, "GET", "/clock")

    def set_clock(self, **setting: Unpack[ClockSetting]) -> Clock:
        """Jump to `now`; `running` starts or stops the clock. A jump forwards makes the payment runs on its way."""
        return self._read(Clock, "PUT", "/clock", setting)

    def advance(self, by: str | timedelta) -> Clock:
        """Let time pass: an ISO 8601 duration such as `P30D`, or a timedelta in whole seconds.

        Raises ValueError for a fraction of a second or a negative time, and then sends nothing.
        """
        return self._read(Clock, "POST", "/clock/advance", {"by": duration(by)})

    def follow_machine(self) -> Clock:
        """Follow the machine's clock again."""
        return self._read(Clock, "DELETE", "/clock")

    def faults(self) -> tuple[Fault, ...]:
        return self._read(Faults, "GET", "/faults").faults

    def replace_faults(self, faults: Sequence[NewFault]) -> tuple[Fault, ...]:
        """Replace all earlier faults by these. The mock applies the first fault that matches a request."""
        return self._read(Faults, "PUT", "/faults", {"faults": faults}).faults

    def add_fault(self, **fault: Unpack[NewFault]) -> Fault:
        """Add one more fault. The mock tries it after the others."""
        return self._read(Fault, "POST", "/faults", fault)

    def remove_fault(self, id: str) -> None:
        self._send("DELETE", f"/faults/{segment(id)}")

    def clear_faults(self) -> None:
        self._send("DELETE", "/faults")

    def requests(self, **filters: Unpack[RequestFilters]) -> JournalPage:
        """One page of the journal."""
        return self._read(JournalPage, "GET", "/requests", query=filters)

    def all_requests(self, **filters: Unpack[RequestFilters]) -> Iterator[JournalEntry]:
        """Every entry of the journal, oldest first. The client fetches them when you need them, `limit` at a time."""
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

        `api` names the API whose clients the server grades, by default its first one. If the server doesn't grade
        clients of that API, there are no requirements.
        """
        return self._read(Readiness, "GET", "/readiness", query={"api": api} if api else None)

    def note_restart(self) -> None:
        """The client starts again. From now on only the requirements about restarts count."""
        self._send("POST", "/readiness/restarts")

    def snapshot(self) -> str:
        """Keep the present state, and return the id that restores it."""
        return self._read(Snapshot, "POST", "/snapshots").id

    def restore(self, id: str) -> Sandbox:
        """Go back to the snapshot `id`. You can restore it again later."""
        return self._read(Sandbox, "POST", f"/snapshots/{segment(id)}/restore")

    def drop_snapshot(self, id: str) -> None:
        self._send("DELETE", f"/snapshots/{segment(id)}")
