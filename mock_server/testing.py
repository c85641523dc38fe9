"""The mock in somebody's tests, as the fixtures give it: `EcfMock` is the server, `EcfSandbox` a world for one test."""

import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Unpack

from pydantic import ValidationError

from mock_server.client import ControlClient, SandboxClient
from mock_server.control.models import JournalEntry, NewSandbox, Sandbox
from mock_server.settings import GivenSettings

PROVIDER = "alder"


class UnusableSettings(ValueError):
    """A setting that the server doesn't have, or a value that it can't take."""


class EcfSandbox(SandboxClient):
    """One sandbox: what the client under test needs to know, and everything that the control API can do to it.

    `base_url` and `token` go to the client; `tokens` holds those of all providers, by their slugs.
    """

    def __init__(self, control: ControlClient, made: Sandbox) -> None:
        super().__init__(control._connection, made.id)
        self.base_url = control.base_url
        self.tokens = made.tokens

    @property
    def token(self) -> str:
        """The bearer token of the provider Alder."""
        return self.tokens[PROVIDER]

    def headers(self, provider: str = PROVIDER) -> dict[str, str]:
        """What a request of this provider carries."""
        return {"Authorization": f"Bearer {self.tokens[provider]}"}

    def breaches(self) -> list[JournalEntry]:
        """The requests so far that broke the contract, each with what is wrong with it in `contract`."""
        return list(self.all_requests(contract="broken"))


class EcfMock:
    """A mock that runs; `control` is its control API."""

    def __init__(self, control: ControlClient, *, own: bool = False) -> None:
        """`own` is a mock that nobody else uses."""
        self.base_url = control.base_url
        self.control = control
        self._own = own
        self._looked_at = 0

    def sandbox(self, **settings: Unpack[NewSandbox]) -> EcfSandbox:
        """A new sandbox; `delete` it when it is no longer needed."""
        return EcfSandbox(self.control, self.control.create_sandbox(**settings))

    def strays(self, since: datetime) -> list[JournalEntry]:
        """The requests since then that broke the contract and came without the token of any sandbox.

        Each is told once. Of a mock that others use none is, as it may be anybody's.
        """
        if not self._own:
            return []
        broken = list(self.control.sandbox().all_requests(contract="broken", after=self._looked_at))
        self._looked_at = max((entry.id for entry in broken), default=self._looked_at)
        return [entry for entry in broken if entry.provider is None and entry.at >= since]


@contextmanager
def running_mock(
    url: str | None = None, control_token: str | None = None, settings: Mapping[str, Any] | None = None
) -> Iterator[EcfMock]:
    """The mock at `url`, or one of its own with these settings on a free port, until the block is left.

    Raises:
        ControlFailure: there is no mock at `url`, or it wants another token.
        UnusableSettings: naming the setting.
    """
    if url is not None:
        with ControlClient(url, control_token) as control:
            control.sandboxes()
            yield EcfMock(control)
        return
    try:
        chosen = GivenSettings(**(settings or {}))
    except ValidationError as refused:
        error = refused.errors()[0]
        raise UnusableSettings(f"{'.'.join(map(str, error['loc']))}: {error['msg']}") from refused
    # Libraries warn while they are imported. That is no business of the tests, which may treat warnings as errors.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from mock_server.own_server import own_server

        server = own_server(chosen)
        own_url = server.__enter__()
    try:
        with ControlClient(own_url) as control:
            yield EcfMock(control, own=True)
    finally:
        server.__exit__(None, None, None)
