"""Keeps web pages of other sites from using the control API through a tester's browser."""

from collections.abc import Mapping
from ipaddress import ip_address
from urllib.parse import urlsplit

from mock_server.control.problems import Problem
from mock_server.http.hosts import is_loopback


def check_sender(headers: Mapping[bytes, bytes], *, any_host: bool) -> None:
    """Refuse requests from pages of other sites. Browsers send the page's origin.

    Without `any_host` the host must be an address or `localhost`. A site can point its own name at this
    machine (DNS rebinding). The browser then takes the mock for the same origin; the name gives it away.

    Raises:
        Problem: 403.
    """
    host = headers.get(b"host", b"").decode("latin-1").lower()
    origin = headers.get(b"origin")
    if origin is not None and _site(origin) != host:
        site = origin[:100].decode("latin-1")
        raise Problem(403, "Forbidden", f"A page of {site} may not use this control API.")
    if not any_host and not _is_address(host):
        detail = (
            f"This control API has no token, so it answers under an address or localhost only, not as {host[:100]}. "
            "Start the mock with --control-token, or with --insecure where nobody else can reach it."
        )
        raise Problem(403, "Forbidden", detail)


def _site(origin: bytes) -> str | None:
    """The host and the port of an origin; None when it isn't one."""
    try:
        return urlsplit(origin.decode("latin-1").lower()).netloc
    except ValueError:
        return None


def _is_address(host: str) -> bool:
    try:
        name = urlsplit(f"//{host}").hostname or ""
        return is_loopback(name) or bool(ip_address(name))
    except ValueError:
        return False
