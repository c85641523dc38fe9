"""The ASGI application under `/_mock/ui`: its routes, its forms, and the headers of every answer."""

import hashlib
import logging
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote

import orjson
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route, Router
from starlette.types import Receive, Scope, Send

from mock_server.control.app import ControlApp
from mock_server.control.guard import check_sender
from mock_server.control.problems import Problem
from mock_server.http.bodies import BodyLimits, BodyTooLarge, BodyTooSlow, Disconnected, receive_body
from mock_server.sandbox.sandboxes import DEFAULT_SANDBOX, Registry, Sandbox
from mock_server.web.contents import contents_for
from mock_server.web.forms import Form
from mock_server.web.guard import COOKIE, HEADERS, Guard
from mock_server.web.live import Streams
from mock_server.web.showing import context_of, follower
from mock_server.web.templates import render
from mock_server.web.typed import Typed
from mock_server.web.view import PageView
from mock_server.web.views import MAX_IN_BAR, listed
from mock_server.web.visit import ROOT, NotThere, Visit

_STATIC = Path(__file__).parent / "static"
_KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}

_log = logging.getLogger(__name__)


class _Stop(Exception):
    """Ends the request with this answer."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status_code)
        self.response = response


class WebApp:
    """The page. It makes every change through a call of `control`.

    Without a `token`, the page is open to everybody. With neither a token nor `any_host`,
    it answers only under an address or `localhost`.
    """

    def __init__(
        self,
        registry: Registry,
        control: ControlApp,
        limits: BodyLimits,
        *,
        docs_url: str | None,
        token: str | None = None,
        any_host: bool = True,
    ) -> None:
        self._registry = registry
        self._control = control
        self._limits = limits
        self._docs_url = docs_url
        self._any_host = any_host or token is not None
        self._guard = Guard(token)
        self._streams = Streams()
        self._contents = contents_for(registry.services)
        sandbox = f"{ROOT}/sandboxes/{{sandbox}}"
        routes = [
            Route(ROOT, self._home),
            Route(f"{ROOT}/", self._home),
            Route(f"{ROOT}/static/{{name}}", self._static),
            Route(f"{ROOT}/login", self._login, methods=["GET", "POST"]),
            Route(f"{ROOT}/logout", self._logout, methods=["POST"]),
            Route(sandbox, self._home),
            Route(f"{sandbox}/actions/{{form}}", self._act, methods=["POST"]),
            Route(f"{sandbox}/events/{{view}}", self._events),
            *(self._route(sandbox, view) for view in self._contents.views.values()),
            Route(f"{sandbox}/{{view}}", self._no_view),
        ]
        self._router = Router(routes, redirect_slashes=False, default=self._nowhere)

    def close(self) -> None:
        """End the streams of open pages. Call it in the event loop that serves them."""
        self._streams.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_on(message: Any) -> None:
            if message["type"] == "http.response.start":
                headers = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
                message = {**message, "headers": [*message["headers"], *headers]}
            await send(message)

        request = Request(scope, receive)
        try:
            self._check(request)
            await self._router(scope, receive, send_on)
        except _Stop as stop:
            await stop.response(scope, receive, send_on)
        except Disconnected:
            return
        except Exception:
            # Only a mistake in our own code gets here.
            _log.exception("%s %s failed", scope["method"], scope["path"])
            mistake = self._message(500, "A mistake", "The mock made a mistake; its log says more.")
            await mistake(scope, receive, send_on)

    def _check(self, request: Request) -> None:
        path = request.scope["path"]
        try:
            check_sender(dict(request.scope["headers"]), any_host=self._any_host)
        except Problem as refused:
            raise _Stop(self._message(403, "Not from here", refused.detail)) from None
        if request.method not in ("GET", "HEAD") and "origin" not in request.headers:
            # Every browser sends the origin along with a form.
            raise _Stop(self._message(403, "Not from here", "This form came from no page."))
        if path.startswith(f"{ROOT}/static/") or path == f"{ROOT}/login" or self._guard.admits(request):
            return
        if request.headers.get("hx-request"):
            # The page is already open. This header makes htmx replace the whole page with the login form.
            raise _Stop(Response(status_code=401, headers={"hx-redirect": f"{ROOT}/login"}))
        raise _Stop(RedirectResponse(f"{ROOT}/login", 303))

    # -- views -----------------------------------------------------------------------------------

    async def _home(self, request: Request) -> Response:
        request.path_params.setdefault("sandbox", DEFAULT_SANDBOX)
        return RedirectResponse(self._visit(request, {}).url("journal"), 303)

    def _route(self, sandbox: str, view: PageView) -> Route:
        async def show(request: Request) -> Response:
            query = {**_given(request.query_params), **request.path_params}
            return await self._show(view, self._visit(request, query), request)

        return Route(f"{sandbox}/{view.path}" + ("/{about}" if view.below else ""), show)

    async def _no_view(self, request: Request) -> Response:
        visit = self._visit(request, {})
        return self._message(404, "No such view", "The page has no view of that name.", visit.sandbox)

    async def _show(
        self, view: PageView, visit: Visit, request: Request, status: int = 200, **outcome: Any
    ) -> Response:
        try:
            context = await context_of(self._contents, view, visit)
        except NotThere as missing:
            return self._missing(missing, visit)
        done = self._contents.forms.get(visit.query.get("done", ""))
        context |= {
            "in_bar": listed(visit, MAX_IN_BAR),
            "done": done.done if done else None,
            "problem": None,
            "form": {},
            "errors": {},
            "failed": None,
            "typed": Typed(),
            "closed": self._guard.closed,
            "static": _address,
            **outcome,
        }
        # htmx names the element that it will fill, so we needn't render the rest of the page.
        target = request.headers.get("hx-target", "").partition("#")[2]
        template = f"{view.name}-{target}" if target in ("list", "entry") and view.name == "journal" else view.template
        return HTMLResponse(render(template, context), status, headers={"cache-control": "no-store"})

    async def _events(self, request: Request) -> Response:
        visit = self._visit(request, _given(request.query_params))
        view = self._contents.views.get(request.path_params["view"])
        if view is None:
            return await self._no_view(request)
        if view.below:
            try:
                await view.context(visit)
            except NotThere as missing:
                return self._missing(missing, visit)
        if request.method == "HEAD":
            return Response(media_type="text/event-stream")
        stream = self._streams.stream(self._registry, visit.sandbox, follower(self._contents, view, visit))
        return StreamingResponse(stream, media_type="text/event-stream", headers={"cache-control": "no-store"})

    def _visit(self, request: Request, query: Mapping[str, str]) -> Visit:
        id = request.path_params["sandbox"]
        sandbox = self._registry.get(id)
        if sandbox is None:
            raise _Stop(
                self._message(404, "No such sandbox", f"There is no sandbox {id!r}, or there is none any more.")
            )
        base_url = f"{request.scope['scheme']}://{request.headers.get('host', '')}"
        return Visit(self._registry, sandbox, query, base_url, self._docs_url)

    # -- forms -----------------------------------------------------------------------------------

    async def _act(self, request: Request) -> Response:
        fields = await self._fields(request)
        name = request.path_params["form"]
        form = self._contents.forms.get(name)
        visit = self._visit(request, _given(request.query_params))
        if form is None:
            raise _Stop(self._message(404, "No such form", "The page has no form of that name.", visit.sandbox))
        # If a form leaves out an id, it gets `-`, which no record has.
        ids = defaultdict(lambda: "-", {**fields, "sandbox": visit.sandbox.id})
        answer = await self._control.perform(form.operation_id, ids, form.body(fields) if form.body else None)
        record = orjson.loads(answer.body) if answer.body else {}
        if answer.status < 400:
            return RedirectResponse(self._after(visit, name, form, fields, record), 303)
        errors = {error.get("pointer", "").rpartition("/")[2]: error["detail"] for error in record.get("errors", ())}
        view = self._contents.views.get(fields.get("view", "")) or self._contents.views[form.view]
        outcome = {"errors": errors, "form": fields, "failed": name, "typed": Typed(name, fields, errors)}
        return await self._show(view, visit, request, answer.status, problem=record["detail"], **outcome)

    def _after(self, visit: Visit, name: str, form: Form, fields: Mapping[str, str], record: Mapping[str, Any]) -> str:
        """The address that the browser goes to after `form`."""
        if form.operation_id == "createSandbox":
            return visit.url(form.view, sandbox=record["id"], done=name)
        if form.operation_id == "deleteSandbox":
            return visit.url(form.view, sandbox=DEFAULT_SANDBOX, done=name)
        view = self._contents.views[form.view]
        id = next((record[member] for member in view.ids if record.get(member)), None)
        if id is not None and form.stays:
            return visit.url(f"{view.path}/{quote(id, safe='')}", done=name)
        return visit.url(view.path, done=name)

    async def _fields(self, request: Request) -> dict[str, str]:
        try:
            body = await receive_body(dict(request.scope["headers"]), request.receive, self._limits)
        except (BodyTooLarge, BodyTooSlow):
            raise _Stop(self._message(413, "Too much", "A form can't hold as much as that.")) from None
        return {name: value.strip() for name, value in parse_qsl(body.decode("utf-8", "replace")) if value.strip()}

    async def _login(self, request: Request) -> Response:
        wrong = False
        if request.method == "POST":
            response = RedirectResponse(ROOT, 303)
            if self._guard.let_in((await self._fields(request)).get("token", ""), request, response):
                return response
            wrong = True
        if not self._guard.closed or (not wrong and self._guard.admits(request)):
            return RedirectResponse(ROOT, 303)
        html = render("login", {"static": _address, "wrong": wrong})
        return HTMLResponse(html, 403 if wrong else 200, headers={"cache-control": "no-store"})

    async def _logout(self, request: Request) -> Response:
        response = RedirectResponse(f"{ROOT}/login", 303)
        response.delete_cookie(COOKIE, path=ROOT, httponly=True, samesite="strict")
        return response

    # -- everything else -------------------------------------------------------------------------

    async def _static(self, request: Request) -> Response:
        file = _files().get(request.path_params["name"])
        if file is None:
            raise _Stop(self._message(404, "No such file", "The page has no file of that name."))
        content, kind, _ = file
        # The address contains a hash of the content, so browsers can keep the file for good.
        return Response(content, media_type=kind, headers={"cache-control": "public, max-age=31536000, immutable"})

    async def _nowhere(self, scope: Scope, receive: Receive, send: Send) -> None:
        raise _Stop(self._message(404, "Nothing here", "The page has no such address."))

    def _missing(self, missing: NotThere, visit: Visit) -> Response:
        detail = f"This sandbox has no {missing} of that id. It may have been reset."
        return self._message(404, "Not here", detail, visit.sandbox)

    def _message(self, status: int, title: str, detail: str, sandbox: Sandbox | None = None) -> Response:
        context = {"title": title, "detail": detail, "static": _address, "sandbox": sandbox}
        return HTMLResponse(render("message", context), status, headers={"cache-control": "no-store"})


def _given(query: QueryParams) -> dict[str, str]:
    return {name: value for name, value in query.items() if value.strip()}


@cache
def _files() -> dict[str, tuple[bytes, str, str]]:
    """Content, media type and a hash of the content, by name."""
    found = {}
    for path in _STATIC.iterdir():
        content = path.read_bytes()
        kind = _KINDS.get(path.suffix, "text/plain")
        found[path.name] = content, kind, hashlib.sha256(content).hexdigest()[:10]
    return found


def _address(name: str) -> str:
    """The address of a file of the page."""
    return f"{ROOT}/static/{name}?{_files()[name][2]}"
