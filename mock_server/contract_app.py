"""Connexion's routing, security and validation in front of a table of operations, for either specification.

Connexion is used through its public extension points only: a resolver, a security handler for `bearer`, a
validator for parameters and one for bodies, a URI parser. These are ours because the stock ones cost more than
all the rest of a request, and turn odd input into 5xx (each known case has a test). What remains undocumented is
that the middlewares find their operation in `scope["extensions"]["connexion_routing"]`; a test holds on to that.
"""

import warnings
from collections.abc import Callable, Mapping
from typing import Any, Generic, Protocol, TypeVar

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

from mock_server.api.exchange import Answer, Refused
from mock_server.contract import Routes, by_precision, operations

with warnings.catch_warnings():
    # Connexion imports Starlette's test client and old names of jsonschema; both warn, and neither is used here.
    warnings.simplefilter("ignore")
    from connexion.middleware import ConnexionMiddleware
    from connexion.middleware.request_validation import (
        RequestValidationAPI,
        RequestValidationMiddleware,
        RequestValidationOperation,
    )
    from connexion.middleware.routing import RoutingMiddleware
    from connexion.middleware.security import SecurityMiddleware
    from connexion.security import BearerSecurityHandler
    from connexion.validators import AbstractRequestBodyValidator

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
        handlers: Mapping[str, Callable[[CallType], Answer]],
        checks: Checks[CallType],
        *,
        on_status: Callable[[int, str], Answer],
        on_method: Callable[[list[str]], Answer],
    ) -> None:
        """Builds the stack, so that a specification that can't be served fails here.

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
            middlewares=[RoutingMiddleware, _Identify, SecurityMiddleware, _Validation],
            resolver=_resolver(handlers),
            security_map={"bearer": _security_handler(checks)},
            uri_parser_class=_NoParsing,
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
        path = call.path
        # Starlette would redirect the first two, match the third as if it ended before the line feed (and take it
        # past Connexion's security), and serve HEAD as GET.
        if path.endswith("/") or not path.startswith("/") or "\n" in path:
            return self._on_status(404, "")
        if call.method not in self.routes.methods_in_use:
            return self._wrong_method(path)
        scope: Scope = {
            "type": "http",
            "method": call.method,
            "path": path,
            "root_path": "",
            "query_string": query,
            "headers": _HEADERS,
            "extensions": {},
            CALL: call,
        }
        try:
            await self._connexion(scope, receive, _send_nothing)
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
        """The application inside Connexion: everything about the request is checked, so perform it."""
        if scope["type"] != "http":
            return
        call: CallType = scope[CALL]
        assert call.operation_id is not None  # noqa: S101 - set before security
        call.answer = self._handlers[call.operation_id](call)

    def _build(self) -> None:
        # Connexion builds its stack at the first event of any kind, which would make the first request wait.
        # Nothing in it waits for anything here, so the coroutine ends at its first step.
        coroutine = self._connexion({"type": "lifespan"}, _receive_nothing, _send_nothing)
        try:
            coroutine.send(None)
        except StopIteration:
            return
        raise RuntimeError("Connexion waits for something while it is built")


# The one media type that Connexion sees. The checks decide by the request's real headers; shown those, Connexion
# would skip validation of `Application/JSON` and fail over an unknown charset.
_MEDIA_TYPE = "application/json"
_HEADERS = [(b"content-type", _MEDIA_TYPE.encode())]


def _for_connexion(specification: Mapping[str, Any]) -> dict[str, Any]:
    """As much of `specification` as routing, security and the choice of checks need.

    Schemas, responses and examples would only be copied and resolved, at the cost of a tenth of the start.
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


class _Identify:
    """Tells the call which operation the router has found for it (None: the path is unknown)."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            operation_id = scope["extensions"]["connexion_routing"]["operation_id"]
            if operation_id is None:
                raise HTTPException(404)
            call = scope[CALL]
            call.operation_id = operation_id
            call.path_params = scope["path_params"]
        await self.app(scope, receive, send)


class _ValidationOperation(RequestValidationOperation):  # type: ignore[misc]
    """Spares each request the search for its media type, which is always the same."""

    def extract_content_type(self, headers: object) -> tuple[str, str]:
        return _MEDIA_TYPE, "utf-8"

    def validate_mime_type(self, mime_type: str) -> None: ...


class _PreparedOperation:
    """An operation whose body is looked up once; Connexion's own looks it up four times a request."""

    def __init__(self, operation: Any) -> None:
        self._operation = operation
        self._definition = operation.body_definition()
        self.parameters = operation.parameters
        self.request_body = operation.request_body

    def body_definition(self, content_type: str | None = None) -> Any:
        return self._definition

    def body_schema(self, content_type: str | None = None) -> Any:
        return self._definition.get("schema", {})

    def __getattr__(self, name: str) -> Any:
        return getattr(self._operation, name)


class _ValidationAPI(RequestValidationAPI):  # type: ignore[misc]
    def make_operation(self, operation: object) -> _ValidationOperation:
        prepared = _PreparedOperation(operation)
        return _ValidationOperation(self.next_app, operation=prepared, validator_map=self.validator_map)


class _Validation(RequestValidationMiddleware):  # type: ignore[misc]
    api_cls = _ValidationAPI


class _NoParsing:
    """Stands for a URI parser: the checks read the raw query."""

    def __init__(self, parameters: object, body: object) -> None: ...


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
        # Connexion makes one for each request, so nothing is done here.
        def __init__(self, parameters: object, **options: object) -> None: ...

        def validate(self, scope: Scope) -> None:
            checks.parameters(scope[CALL], scope["query_string"])

    return ParameterValidator


def _body_validator(checks: Checks[CallType]) -> type[AbstractRequestBodyValidator]:
    class BodyValidator(AbstractRequestBodyValidator):  # type: ignore[misc]
        def __init__(self, **options: object) -> None: ...

        async def wrap_receive(self, receive: Receive, *, scope: Scope) -> tuple[Receive, Scope]:
            await checks.body(scope[CALL], receive)
            return receive, scope

    return BodyValidator


async def _receive_nothing() -> dict[str, Any]:
    return {"type": "http.disconnect"}


async def _send_nothing(message: object) -> None:
    raise RuntimeError("inside Connexion nothing is sent: operations return their answer")
