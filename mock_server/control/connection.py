"""The base of every client of the control API: one connection to a mock, and its failures."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from mock_server.control.models import Model, Problem, plain, read
from mock_server.http.hosts import is_loopback

# Importing httpx is slow, and a test suite that imports the client may never use it. So functions import it.
if TYPE_CHECKING:
    import httpx

DEFAULT_TIMEOUT = 10.0


class ControlFailure(Exception):
    """A call of the control API failed. The text says why."""


class ControlUnavailable(ControlFailure):
    """There is no answer: nothing listens there, it took too long, or the connection broke."""


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


class Connection:
    """Sends calls to one mock, reads its answers, and turns each failure into a `ControlFailure`."""

    def __init__(self, base_url: str, token: str | None, timeout: float) -> None:
        import httpx

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
            # A proxy from the environment doesn't lead to a mock on this machine.
            trust_env=not is_loopback(address.host),
        )

    def send(
        self,
        method: str,
        path: str,
        body: object = None,
        query: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
    ) -> "httpx.Response":
        """The answer, which is a 2xx one; None for `body` sends none. Bytes are JSON already, and go out as they are.

        `timeout` is in seconds, and the connection's own when left out.
        """
        import httpx

        call = f"{method} {path}"
        seconds = timeout or self.timeout
        content: dict[str, Any] = {}
        if isinstance(body, bytes):
            content["content"] = body
            headers = {**(headers or {}), "Content-Type": "application/json"}
        elif body is not None:
            content["json"] = plain(body)
        try:
            response = self.http.request(
                method, path, params=query or None, headers=headers, timeout=seconds, **content
            )
        except httpx.ConnectError as error:
            reason = str(error).split("] ", 1)[-1]  # without "[Errno 111] "
            raise ControlUnavailable(f"Nothing answers at {self.base_url} ({reason}). Is the mock running?") from None
        except httpx.TimeoutException:
            raise ControlUnavailable(f"{call}: {self.base_url} gave no answer within {seconds:g} s.") from None
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
        kind: type[Model],
        method: str,
        path: str,
        body: object = None,
        query: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
    ) -> Model:
        """The answer as a `kind`."""
        response = self.send(method, path, body, query, headers, timeout)
        try:
            return read(kind, response.json())
        except ValueError:
            raise self._strange(f"{method} {path}", response) from None

    def _strange(self, call: str, response: "httpx.Response") -> ControlError:
        """The control API never answers so: this is another server, or a mock without control API."""
        detail = (
            "That is no answer of this version's control API. "
            f"Is {self.base_url} an ecf-mock, started without --no-control?"
        )
        return ControlError(call, Problem(response.reason_phrase, response.status_code, detail))


def _address(base_url: str) -> "httpx.URL":
    import httpx

    try:
        address = httpx.URL(base_url)
    except httpx.InvalidURL as error:
        raise ValueError(f"{base_url!r} is no address: {error}") from None
    if address.scheme not in {"http", "https"} or not address.host:
        raise ValueError(f"{base_url!r} is no HTTP address; give one such as http://127.0.0.1:8080.")
    return address


def segment(id: str) -> str:
    """An id as one segment of a path, whatever is in it."""
    return quote(id, safe="")


class WorldClient:
    """The control API of one service's world, in one sandbox. A service adds its calls."""

    def __init__(self, connection: Connection, path: str) -> None:
        self._connection = connection
        self._path = path

    def _read(
        self, kind: type[Model], method: str, path: str, body: object = None, query: Mapping[str, Any] | None = None
    ) -> Model:
        return self._connection.read(kind, method, self._path + path, body, query)
