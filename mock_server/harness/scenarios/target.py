"""The server that scenarios run against: a deployment of a service, or a mock, which also has the control API."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx

from mock_server.client import ControlClient
from mock_server.control.connection import ControlError, ControlFailure

TIMEOUT_SECONDS = 30


class TargetUnavailable(Exception):
    """No server that scenarios can test answers at the address. The text is for people."""


@dataclass(frozen=True, slots=True)
class Target:
    """`control` is None when the server has no control API. Then only portable scenarios run, with `token`."""

    base_url: str
    http: httpx.Client
    control: ControlClient | None
    token: str | None
    control_token: str | None


@contextmanager
def open_target(
    base_url: str,
    token: str | None = None,
    control_token: str | None = None,
    client: Callable[..., httpx.Client] = httpx.Client,
) -> Iterator[Target]:
    """The server at `base_url`. It asks the server whether it has a control API. `client` makes the HTTP client.

    Raises:
        TargetUnavailable: the server doesn't answer or refuses the control token, or `base_url` is no address.
    """
    try:
        control = ControlClient(base_url, token=control_token, timeout=TIMEOUT_SECONDS)
    except ValueError as error:
        raise TargetUnavailable(str(error)) from error
    base_url = control.base_url
    with control, client(base_url=base_url, timeout=TIMEOUT_SECONDS) as http:
        has_control = _has_control(control)
        yield Target(base_url, http, control if has_control else None, token, control_token)


def _has_control(control: ControlClient) -> bool:
    try:
        control.health()
    except ControlError:
        # Other servers may answer unknown paths in any way.
        return False
    except ControlFailure as error:
        raise TargetUnavailable(str(error)) from error
    try:
        control.sandboxes()
    except ControlFailure as error:
        raise TargetUnavailable(f"{error} Its control token is given with --control-token.") from error
    return True
