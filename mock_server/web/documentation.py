"""The documentation under `/_mock/docs/`: the site that a wheel carries, or that `make docs` has built in a checkout.

It shows nothing of any sandbox, so everybody may read it, whatever guards the control API.
"""

import re
from html import escape
from pathlib import Path
from typing import Final

from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, RedirectResponse
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from mock_server.docs_command import docs_command
from mock_server.gateway import CONTRACTS_PREFIX
from mock_server.resources import resource
from mock_server.service import Call
from mock_server.settings import DOCS_PREFIX

_PACKAGE: Final = Path(__file__).parent.parent
# Where the site is in a wheel, and in a checkout.
SITES: Final = (_PACKAGE / "_resources" / "site", _PACKAGE.parent / "build" / "site")

_MISSING: Final = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Documentation of ecf-mock</title>
<h1>The documentation isn't built yet</h1>
<p>{what_to_do}</p>
<p>You asked for <code>{path}</code>.</p>
</html>
"""


_BUILD_IT: Final = "In a checkout, run <code>make docs</code>, and load this page again. It takes a minute or two."
_BUILDING: Final = (
    "The mock builds it beside its work. Load this page again in some minutes. "
    "If that fails, the terminal says so, and <code>make docs</code> shows why."
)


def built_site() -> Path | None:
    """The folder of the built site, if there is one."""
    return next((folder for folder in SITES if (folder / "index.html").is_file()), None)


class Documentation:
    """The ASGI application. It looks for the site again at each request, until there is one."""

    def __init__(self) -> None:
        self._files: StaticFiles | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._files is None and (folder := built_site()):
            self._files = StaticFiles(directory=folder, html=True)
        path = scope["path"].removeprefix(DOCS_PREFIX)
        answer: ASGIApp
        if not path:
            # Links on the first page are relative to its folder.
            answer = RedirectResponse(f"{DOCS_PREFIX}/")
        elif self._files is None:
            what_to_do = _BUILDING if docs_command() else _BUILD_IT
            answer = HTMLResponse(_MISSING.format(path=escape(path), what_to_do=what_to_do), 404)
        else:
            answer, scope = self._files, {**scope, "root_path": scope.get("root_path", "") + DOCS_PREFIX}
        try:
            await answer(scope, receive, send)
        except HTTPException as refused:
            # Methods other than GET and HEAD.
            await PlainTextResponse(refused.detail, refused.status_code, refused.headers)(scope, receive, send)


# A host that may stand in an address, with its port.
_HOST: Final = re.compile(r"(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")


def docs_address(docs_url: str | None, call: Call) -> str:
    """Where the client of `call` finds the documentation: at `docs_url`, or else on the mock that it has called."""
    if docs_url is not None:
        return docs_url.rstrip("/")
    host = call.headers.get(b"host", b"").decode("latin-1")
    # A proxy that takes HTTPS says so. Without a host the address is relative to that of the request.
    scheme = "https" if call.headers.get(b"x-forwarded-proto") == b"https" else "http"
    return f"{scheme}://{host}{DOCS_PREFIX}" if _HOST.fullmatch(host) else DOCS_PREFIX


async def contracts(scope: Scope, receive: Receive, send: Send) -> None:
    """`/openapi/NAME.yaml`: the contracts that the mock serves, as files."""
    name = scope["path"].removeprefix(f"{CONTRACTS_PREFIX}/")
    file = next((each for each in resource("openapi").glob("*.yaml") if each.name == name), None)
    answer = PlainTextResponse("No such contract\n", 404) if file is None else FileResponse(file, media_type=_YAML)
    await answer(scope, receive, send)


_YAML: Final = "application/yaml"
