"""Who may look at the page and use its forms."""

import hmac

from starlette.requests import Request
from starlette.responses import Response

from mock_server.web.visit import ROOT

COOKIE = "ecf_mock_ui"

# Nothing from another host, nothing written into the page, and no other page around this one.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    # Not `no-referrer`: browsers would then hide the origin of forms from us, too.
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


class Guard:
    """Lets everybody in where the mock has no control token, and those who know it where it has one."""

    def __init__(self, token: str | None) -> None:
        self._token = None if token is None else token.encode()
        # The cookie's value follows from the token, but doesn't give it away: cookies go to every port of a host.
        self._proof = None if self._token is None else hmac.new(self._token, b"ecf-mock page", "sha256").hexdigest()

    @property
    def closed(self) -> bool:
        return self._token is not None

    def admits(self, request: Request) -> bool:
        shown = request.cookies.get(COOKIE, "")
        return self._proof is None or hmac.compare_digest(shown.encode(), self._proof.encode())

    def let_in(self, token: str, request: Request, response: Response) -> bool:
        """Whether `token` is the right one; then `response` carries the proof of it."""
        if self._token is None or self._proof is None or not hmac.compare_digest(token.encode(), self._token):
            return False
        secure = request.scope["scheme"] == "https"
        response.set_cookie(COOKIE, self._proof, path=ROOT, httponly=True, samesite="strict", secure=secure)
        return True
