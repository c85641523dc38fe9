"""Connexion's routing, security and validation in front of a table of operations, for any specification.

Connexion decides which operation a request is for, who may call it, and when its parameters and body are checked:
through a resolver, a security handler for `bearer`, a validator for parameters and one for bodies. These are ours
because the stock ones cost more than all the rest of a request, and turn odd input into 5xx (each known case has
a test). Its middlewares are subclassed where they would make the same objects anew for each request. What remains
undocumented is that they find their operation in `scope["extensions"]["connexion_routing"]`; a test holds on to that.
"""

import re
import warnings
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Generic, Protocol, TypeVar

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

from mock_server.http.contract import STAND_IN, Routes, by_precision, operations
from mock_server.http.exchange import Answer, Refused

with warnings.catch_warnings():
    # Connexion imports Starlette's test client and old names of jsonschema. Both warn, and we use neither.
    warnings.simplefilter("ignore")
    from connexion.middleware import ConnexionMiddleware
    from connexion.middleware.abstract import RoutedMiddleware
    from connexion.middleware.request_validation import RequestValidationAPI, RequestValidationMiddleware
    from connexion.middleware.routing import RoutingMiddleware
    from connexion.middleware.security import SecurityAPI, SecurityMiddleware, SecurityOperation
    from connexion.security import BearerSecurityHandler

CALL = "ecf_mock.call"


class Routed(Protocol):
    """The part of a call that this module fills in."""

    @property
    def method(self) -> str: ...

    @property
    def path(self) -> str: ...

    operation_id: str | None
    path_params: dict[str, str]
    answer: Answer | None


CallType = TypeVar("CallType", bound=Routed)


CheckedType = TypeVar("CheckedType", bound=Routed, contravariant=True)


class Checks(Protocol[CheckedType]):
    """What a request must pass before its operation: in this order, each raising Refused or HTTPException."""

    def security(self, call: CheckedType) -> None:
        """For operations that the specification protects."""

    def parameters(self, call: CheckedType, query: bytes) -> None:
        """For every operation."""

    async def body(self, call: CheckedType, receive: Receive) -> None:
        """For operations that have a request body."""


class ContractApp(Generic[CallType]):
    """Answers calls by the operations of one specification."""

    def __init__(
        self,
        specification: Mapping[str, Any],
        handlers: Mapping[str, Callable[[CallType], Answer | Awaitable[Answer]]],
        checks: Checks[CallType],
        *,
        on_status: Callable[[int, str], Answer],
        on_method: Callable[[list[str]], Answer],
    ) -> None:
        """Builds the stack, so that a specification that can't be served fails here.

        The table `handlers` goes by operation id. A handler that takes long returns something to wait for.
        `on_status` and `on_method` write the answers to what Connexion refuses: status and detail, and the
        methods that a path does have.

        Raises:
            LookupError: an operation of the specification has no entry in `handlers`.
        """
        self.routes = Routes(specification)
        self._handlers = handlers
        self._on_status = on_status
        self._on_method = on_method
        self._connexion = ConnexionMiddleware(
            self._perform,
            middlewares=[_Routing, _Security, _Validation],
            resolver=_resolver(handlers),
            security_map={"bearer": _security_handler(checks)},
            validator_map={
                "parameter": _parameter_validator(checks),
                "body": {_MEDIA_TYPE: _body_validator(checks)},
            },
        )
        self._connexion.add_api(_for_connexion(specification))
        self._build()

    async def answer(self, call: CallType, query: bytes, receive: Receive) -> Answer:
        """The answer to `call`, whatever happens to it.

        Raises:
            Disconnected: the client went away before its body was complete, and nothing has happened.
        """
        # Starlette would match a path as if it ended before a line feed, and take it past Connexion's security.
        path = call.path if "\n" not in call.path else call.path.replace("\n", STAND_IN)
        # Starlette would redirect both.
        if path.endswith("/") or not path.startswith("/"):
            return self._on_status(404, "")
        if call.method not in self.routes.methods_in_use:
            return self._wrong_method(path)
        scope: Scope = {
            "type": "http",
            "method": self.routes.contract_method(call.method, path),
            "path": path,
            "root_path": "",
            "query_string": query,
            "headers": _HEADERS,
            "extensions": {},
            # Starlette raises exceptions instead of answering them where there is an application.
            "app": self._connexion,
            CALL: call,
        }
        try:
            await self._stack(scope, receive, _send_nothing)
        except Refused as refusal:
            return refusal.answer
        except HTTPException as refusal:
            # Connexion's own problems are HTTPExceptions too.
            if refusal.status_code == 405:
                return self._wrong_method(path)
            return self._on_status(refusal.status_code, str(refusal.detail))
        assert call.answer is not None  # noqa: S101 - the inner application sets it or raises
        return call.answer

    def _wrong_method(self, path: str) -> Answer:
        methods = self.routes.methods(path)
        return self._on_method(methods) if methods else self._on_status(404, "")

    async def _perform(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The application inside Connexion. The request has passed every check, so perform it."""
        if scope["type"] != "http":
            return
        call: CallType = scope[CALL]
        assert call.operation_id is not None  # noqa: S101 - set before security
        answer = self._handlers[call.operation_id](call)
        call.answer = answer if isinstance(answer, Answer) else await answer

    def _build(self) -> None:
        # Connexion builds its stack at the first event of any kind, which would make the first request wait.
        # Nothing in it waits for anything here, so the coroutine ends at its first step.
        coroutine = self._connexion({"type": "lifespan"}, _receive_nothing, _send_nothing)
        try:
            coroutine.send(None)
        except StopIteration:
            # Called directly, the built stack saves each request a step.
            self._stack: ASGIApp = self._connexion.app
            return
        raise RuntimeError("Connexion waits for something while it is built")


# The one media type that Connexion sees. The checks decide by the request's real headers; shown those, Connexion
# would skip validation of `Application/JSON` and fail over an unknown charset.
_MEDIA_TYPE = "application/json"
_HEADERS = [(b"content-type", _MEDIA_TYPE.encode())]


def _for_connexion(specification: Mapping[str, Any]) -> dict[str, Any]:
    """As much of `specification` as routing, security and the choice of checks need.

    Connexion would copy and resolve schemas, responses and examples, which costs a tenth of the start.
    """
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations(specification):
        outline: dict[str, Any] = {
            "operationId": operation.id,
            "parameters": [
                {"name": parameter["name"], "in": "path", "required": True, "schema": {"type": "string"}}
                for parameter in operation.parameters
                if parameter["in"] == "path"
            ],
            "responses": {"default": {"description": "in the specification"}},
        }
        if "security" in operation.definition:
            outline["security"] = operation.definition["security"]
        if "requestBody" in operation.definition:
            outline["requestBody"] = {"content": {_MEDIA_TYPE: {"schema": {"type": "object"}}}}
        paths.setdefault(operation.path, {})[operation.method.lower()] = outline
    return {
        **{name: specification[name] for name in ("openapi", "info", "servers", "security") if name in specification},
        "paths": by_precision(paths),
        "components": {"securitySchemes": specification["components"]["securitySchemes"]},
    }


def _resolver(handlers: Mapping[str, object]) -> Callable[[str], object]:
    def resolve(operation_id: str) -> object:
        if operation_id not in handlers:
            raise LookupError(f"the operation {operation_id} has no handler")
        return handlers[operation_id]

    return resolve


class _Routing(RoutingMiddleware):  # type: ignore[misc]
    """Asks Connexion's router once for each kind of path, and notes its answer in the call.

    Paths that differ only in a UUID are of one kind, because no fixed part of a path looks like a UUID. So there are
    no more kinds to remember than operations.
    """

    def __init__(self, app: ASGIApp) -> None:
        super().__init__(self._routed)
        self._next = app
        # By method and the path around the UUID: what the router wrote into the scope, the UUID's name, the operation.
        self._known: dict[tuple[str, str, str | None], tuple[dict[str, Any], str | None, ASGIApp]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            kind, id = _kind(scope["method"], scope["path"])
            if kind in self._known:
                routing, name, operation = self._known[kind]
                scope["extensions"]["connexion_routing"] = routing
                call = scope[CALL]
                call.operation_id = routing["operation_id"]
                if name is not None:
                    call.path_params = {name: id}
                await operation(scope, receive, send)
                return
        await super().__call__(scope, receive, send)

    async def _routed(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            routing, parameters = scope["extensions"]["connexion_routing"], scope["path_params"]
            if routing["operation_id"] is None:
                raise HTTPException(404)
            call = scope[CALL]
            call.operation_id, call.path_params = routing["operation_id"], parameters
            kind, id = _kind(scope["method"], scope["path"])
            if list(parameters.values()) == ([] if id is None else [id]):
                self._known[kind] = routing, next(iter(parameters), None), _operation(self._next, call.operation_id)
        await self._next(scope, receive, send)


_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def _kind(method: str, path: str) -> tuple[tuple[str, str, str | None], str | None]:
    """The method and the path before and after its first UUID, and the UUID."""
    found = _UUID.search(path)
    if found is None:
        return (method, path, None), None
    return (method, path[: found.start()], path[found.end() :]), found[0]


def _operation(middleware: ASGIApp, operation_id: str) -> ASGIApp:
    """The operation that `middleware` would find for each such request anew.

    Connexion builds its stack from the inside, so the operations behind exist first.
    """
    assert isinstance(middleware, RoutedMiddleware)  # noqa: S101 - security and validation are
    for apis in middleware.apis.values():
        for api in apis:
            if operation_id in api.operations:
                found: ASGIApp = api.operations[operation_id]
                return found
    raise LookupError(operation_id)


class _Secured:
    """The part of a request that security reads. Connexion's request object takes longer to make than all checks."""

    __slots__ = ("context", "scope")

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.context: dict[str, Any] = {}


class _SecurityOperation(SecurityOperation):  # type: ignore[misc]
    """Asks our bearer scheme directly where it is the only way in. Connexion looks for one of several ways."""

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        # It raises, or returns something that nobody reads.
        self._bearer: Callable[[Any], object] | None = None
        # None for a specification that protects nothing.
        ways: list[dict[str, list[str]]] = self.security or []
        if len(ways) == 1 and len(ways[0]) == 1:
            ((name, scopes),) = ways[0].items()
            scheme = self.security_schemes[name]
            if scheme.get("scheme", "").lower() == "bearer":
                self._bearer = self.security_handler_factory.parse_security_scheme(scheme, scopes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._bearer is not None:
            self._bearer(_Secured(scope))
        elif self.security:
            await self.verification_fn(_Secured(scope))
        await self.next_app(scope, receive, send)


class _SecurityAPI(SecurityAPI):  # type: ignore[misc]
    def make_operation(self, operation: Any) -> _SecurityOperation:
        behind = _operation(self.next_app, operation.operation_id)
        made: _SecurityOperation = _SecurityOperation.from_operation(
            operation, next_app=behind, security_handler_factory=self.security_handler_factory
        )
        return made


class _Security(SecurityMiddleware):  # type: ignore[misc]
    api_cls = _SecurityAPI


class _ValidationOperation:
    """The validators of one operation, made once. Connexion's class makes them for each request."""

    def __init__(self, next_app: ASGIApp, operation: Any, validators: Mapping[str, Any]) -> None:
        self._next = next_app
        self._parameters = validators["parameter"]()
        self._body = validators["body"][_MEDIA_TYPE]() if operation.body_definition() else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._parameters.validate(scope)
        if self._body is not None:
            await self._body.validate(scope, receive)
        await self._next(scope, receive, send)


class _ValidationAPI(RequestValidationAPI):  # type: ignore[misc]
    def make_operation(self, operation: object) -> _ValidationOperation:
        return _ValidationOperation(self.next_app, operation, self.validator_map)


class _Validation(RequestValidationMiddleware):  # type: ignore[misc]
    api_cls = _ValidationAPI


def _security_handler(checks: Checks[CallType]) -> type[BearerSecurityHandler]:
    class SecurityHandler(BearerSecurityHandler):  # type: ignore[misc]
        def get_fn(self, security_scheme: object, required_scopes: object) -> Callable[[Any], dict[str, Any]]:
            def verify(request: Any) -> dict[str, Any]:
                checks.security(request.scope[CALL])
                return {}

            return verify

    return SecurityHandler


def _parameter_validator(checks: Checks[CallType]) -> type:
    class ParameterValidator:
        def validate(self, scope: Scope) -> None:
            checks.parameters(scope[CALL], scope["query_string"])

    return ParameterValidator


def _body_validator(checks: Checks[CallType]) -> type:
    class BodyValidator:
        def validate(self, scope: Scope, receive: Receive) -> Awaitable[None]:
            return checks.body(scope[CALL], receive)

    return BodyValidator


async def _receive_nothing() -> dict[str, Any]:
    return {"type": "http.disconnect"}


async def _send_nothing(message: object) -> None:
    raise RuntimeError("inside Connexion nothing is sent: operations return their answer")
