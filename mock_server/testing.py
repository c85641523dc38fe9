"""The mock for tests. The fixtures give `EcfMock`, the server, and `EcfSandbox`, one sandbox for one test."""

import warnings
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Unpack

from mock_server.client import ControlClient, SandboxClient
from mock_server.control.models import Drill, JournalEntry, NewDrill, NewSandbox, Sandbox

PROVIDER = "alder"


class UnusableSettings(ValueError):
    """The server lacks the setting, or can't take its value."""


class EcfSandbox(SandboxClient):
    """One sandbox: the facts that the client under test needs, and every control call.

    Give `base_url` and `token` to the client. `tokens` holds the tokens of all providers, by slug.
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
        """The headers that a request of this provider carries."""
        return {"Authorization": f"Bearer {self.tokens[provider]}"}

    def breaches(self) -> list[JournalEntry]:
        """The requests so far that broke the contract. The `contract` of each says what is wrong."""
        return list(self.all_requests(contract="broken"))


class EcfDrill:
    """A drill for the client under test. Give it `base_url` and `token`, and let it try `wrong_token` once.

    The fixture ends the drill after the test, and fails the test when a requirement isn't met.
    """

    def __init__(self, control: ControlClient, begun: Drill) -> None:
        self.base_url = control.base_url
        self.token = begun.token
        self.wrong_token = begun.wrong_token
        self.sandbox = control.sandbox(begun.sandbox)
        self._control = control
        self._begun = begun

    def end(self) -> Drill:
        """The client has done its work. `missing` are the requirements that it doesn't meet."""
        return self._control.end_drill(self._begun.id)

    def complaint(self, missing: Collection[str]) -> str:
        """What the client has to change, requirement by requirement."""
        board = self.sandbox.readiness(self._begun.api)
        lines = [f"The client doesn't meet {len(missing)} requirements of the drill {self._begun.name}:"]
        lines += [f"  {each.id}: {each.verdict}. {each.advice}" for each in board.requirements if each.id in missing]
        return "\n".join(lines)


class EcfMock:
    """A running mock. `control` is its control API."""

    def __init__(self, control: ControlClient, *, own: bool = False) -> None:
        """`own` says that nobody else uses the mock."""
        self.base_url = control.base_url
        self.control = control
        self._own = own
        self._looked_at = 0

    def sandbox(self, **settings: Unpack[NewSandbox]) -> EcfSandbox:
        """A new sandbox. `delete` it when you no longer need it."""
        return EcfSandbox(self.control, self.control.create_sandbox(**settings))

    def sandbox_from_file(self, file: Path | str) -> EcfSandbox:
        """A new sandbox that begins from a file, as `EcfSandbox.export` writes it. `delete` it as the others."""
        return EcfSandbox(self.control, self.control.sandbox_from_file(file))

    def drill(self, **drill: Unpack[NewDrill]) -> EcfDrill:
        """A new drill. `end` it when the client has done its work."""
        return EcfDrill(self.control, self.control.begin_drill(**drill))

    def strays(self, since: datetime) -> list[JournalEntry]:
        """The requests after `since` that broke the contract and carried no sandbox's token.

        It returns each request once. For a mock that others use too it returns none: anybody may have sent them.
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
    """The mock at `url`, or a new one with these settings on a free port, until the block ends.

    Raises:
        ControlFailure: there is no mock at `url`, or it needs another token.
        UnusableSettings: the message names the setting.
    """
    if url is not None:
        with ControlClient(url, control_token) as control:
            control.sandboxes()
            yield EcfMock(control)
        return
    # A test that only names these types needn't wait for what a server is made of.
    from pydantic import ValidationError

    from mock_server.settings import GivenSettings

    try:
        chosen = GivenSettings(**(settings or {}))
    except ValidationError as refused:
        error = refused.errors()[0]
        raise UnusableSettings(f"{'.'.join(map(str, error['loc']))}: {error['msg']}") from refused
    # Some libraries warn during their import. Tests may treat warnings as errors, so we ignore these.
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
