"""Who may look at the page and use its forms."""

import hmac

from starlette.requests import Request
from starlette.responses import Response

from mock_server.web.visit import ROOT

COOKIE = "ecf_mock_ui"

# The page loads nothing from other hosts and runs no inline scripts or styles. No other page may frame it.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    # With `no-referrer`, browsers would also hide the origin of forms from us.
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


class Guard:
    """Lets everybody in if the mock has no control token; otherwise only those who know the token."""

    def __init__(self, token: str | None) -> None:
        self._token = None if token is None else token.encode()
        # We derive the cookie from the token without revealing it: browsers send cookies to every port of a host.
        self._proof = None if self._token is None else hmac.new(self._token, b"ecf-mock page", "sha256").hexdigest()

    @property
    def closed(self) -> bool:
        return self._token is not None

    def admits(self, request: Request) -> bool:
        shown = request.cookies.get(COOKIE, "")
        return self._proof is None or hmac.compare_digest(shown.encode(), self._proof.encode())

    def let_in(self, token: str, request: Request, response: Response) -> bool:
        """Whether `token` is right. If it is, `response` gets the cookie that proves it."""
        if self._token is None or self._proof is None or not hmac.compare_digest(token.encode(), self._token):
            return False
        secure = request.scope["scheme"] == "https"
        response.set_cookie(COOKIE, self._proof, path=ROOT, httponly=True, samesite="strict", secure=secure)
        return True
