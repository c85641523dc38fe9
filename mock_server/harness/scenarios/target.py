"""The server that scenarios run against: any deployment of a service, or a mock, which has the control API too."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx

from mock_server.client import ControlClient
from mock_server.control.connection import ControlError, ControlFailure

TIMEOUT_SECONDS = 30


class TargetUnavailable(Exception):
    """Nothing that could be tested answers there; the text is for people."""


@dataclass(frozen=True, slots=True)
class Target:
    """`control` is None where the server has no control API; then only portable scenarios run, with `token`."""

    base_url: str
    http: httpx.Client
    control: ControlClient | None
    token: str | None
    control_token: str | None


@contextmanager
def open_target(base_url: str, token: str | None = None, control_token: str | None = None) -> Iterator[Target]:
    """The server at `base_url`, asked whether it has a control API.

    Raises:
        TargetUnavailable: it doesn't answer, `base_url` is no address, or it refuses the control token.
    """
    try:
        control = ControlClient(base_url, token=control_token, timeout=TIMEOUT_SECONDS)
    except ValueError as error:
        raise TargetUnavailable(str(error)) from error
    base_url = control.base_url
    with control, httpx.Client(base_url=base_url, timeout=TIMEOUT_SECONDS) as http:
        has_control = _has_control(control)
        yield Target(base_url, http, control if has_control else None, token, control_token)


def _has_control(control: ControlClient) -> bool:
    try:
        control.health()
    except ControlError:
        # Another server answers unknown paths as it likes.
        return False
    except ControlFailure as error:
        raise TargetUnavailable(str(error)) from error
    try:
        control.sandboxes()
    except ControlFailure as error:
        raise TargetUnavailable(f"{error} Its control token is given with --control-token.") from error
    return True
