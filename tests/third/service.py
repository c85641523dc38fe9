"""The whole of the third service: its record, its rule, its world and its row for the table of services."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import orjson
from starlette.types import Receive

from mock_server.control.problems import ControlCall, json_answer, not_found
from mock_server.http.bodies import BodyLimits, BodyTooLarge, BodyTooSlow, UnreadableBody, read_attributes, receive_body
from mock_server.http.exchange import Answer, Listed, Refused
from mock_server.rules.identifiers import Identifiers
from mock_server.rules.table import Action, Row, RulesBroken, Table, rule
from mock_server.sandbox.sandboxes import Sandbox
from mock_server.service import Call, Errors, Kept, Service
from mock_server.settings import SandboxSettings

JSON: Final = "application/json"

# -- the record, the rule and the world --------------------------------------------------------------


@dataclass(slots=True)
class Place:
    id: str
    name: str
    provider: str
    sequence: int
    closed: bool = False


@rule("place-name-present", "name", means="A place has a name.", remedy="Send a name.")
def name_present(name: object) -> str | None:
    return None if isinstance(name, str) and name.strip() else "Enter a name"


ADD: Final = Action("add-a-place", "places", Table(Row(1, name_present)))


@dataclass
class World:
    """Places by their ids, in the order in which they were added."""

    random_seed: int
    clock: datetime
    places: dict[str, Place] = field(default_factory=dict)
    changes: int = 0
    unsaved: dict[str, Place] = field(default_factory=dict)

    def follow_clock(self, clock: datetime) -> None:
        self.clock = max(self.clock, clock)

    def counts(self) -> dict[str, int]:
        return {"places": len(self.places)}

    def watch(self) -> None:
        self.unsaved.clear()

    def every_record(self) -> Iterable[Place]:
        return self.places.values()

    @property
    def row_count(self) -> int:
        return len(self.places)

    def take_unsaved(self) -> Iterable[Place]:
        taken, self.unsaved = list(self.unsaved.values()), {}
        return taken

    def add(self, name: object, provider: str) -> Place:
        """Raises RulesBroken."""
        ADD.check(name)
        new_id = Identifiers(self.random_seed)
        new_id.skip(len(self.places))
        place = Place(new_id(), str(name), provider, len(self.places) + 1)
        self.changed(place)
        return place

    def changed(self, place: Place) -> None:
        self.places[place.id] = self.unsaved[place.id] = place
        self.changes += 1

    def of(self, provider: str) -> list[Place]:
        return [each for each in self.places.values() if each.provider == provider and not each.closed]


# -- the operations ----------------------------------------------------------------------------------


def _json(place: Place) -> dict[str, str]:
    return {"id": place.id, "name": place.name}


def _refusal(status: int, title: str, detail: str, **others: Any) -> Answer:
    return Answer(status, orjson.dumps({"errors": [{"title": title, "detail": detail}]}), JSON, **others)


def list_places(call: Call) -> Answer:
    places = call.world.of(call.slug)
    return Answer(200, orjson.dumps({"data": [_json(each) for each in places]}), JSON, listed=Listed(places))


def create_place(call: Call) -> Answer:
    try:
        place = call.world.add(call.attributes.get("name"), call.slug)
    except RulesBroken as broken:
        (violation,) = broken.violations
        found = violation.rule
        headers = (("x-mock-rule", found.id),)
        return _refusal(422, found.title, violation.detail, headers=headers, rules=(found.id,))
    return Answer(200, orjson.dumps({"data": _json(place)}), JSON)


def close_place(_sandbox: Sandbox, world: World, call: ControlCall) -> Answer:
    place = world.places.get(call.path_params["place_id"])
    if place is None:
        raise not_found("place", call.path_params["place_id"])
    place.closed = True
    world.changed(place)
    return json_answer(_json(place))


def operations(_explained_at: Callable[[RulesBroken, Call], str]) -> Mapping[str, Callable[[Call], Answer]]:
    return {"listPlaces": list_places, "createPlace": create_place}


class Checks:
    def __init__(self, limits: BodyLimits) -> None:
        self._limits = limits

    def security(self, call: Call) -> None:
        if call.provider is None:
            raise Refused(_refusal(401, "token", "Send a token that there is"))

    def parameters(self, call: Call, query: bytes) -> None: ...

    async def body(self, call: Call, receive: Receive) -> None:
        try:
            call.body = await receive_body(call.headers, receive, self._limits)
            call.attributes = read_attributes(call.body, call.headers.get(b"content-type"), (JSON,))
        except BodyTooLarge:
            raise Refused(_refusal(413, "body", "Send less")) from None
        except BodyTooSlow:
            raise Refused(_refusal(408, "body", "Send it faster")) from None
        except UnreadableBody as unreadable:
            raise Refused(_refusal(400, "body", str(unreadable))) from None


# -- the row -----------------------------------------------------------------------------------------


def _read(world: World, rows: Iterable[bytes], changes: int) -> None:
    places = [Place(**orjson.loads(row)) for row in rows]
    world.places = {place.id: place for place in sorted(places, key=lambda place: place.sequence)}
    world.changes = changes


def _empty(settings: SandboxSettings, now: datetime) -> World:
    return World(settings.random_seed, now)


THIRD: Final = Service(
    name="v9",
    title="Places API",
    prefix="/api/v9",
    first_request="/places",
    operations=operations,
    checks=Checks,
    server_date=lambda _headers: None,
    errors=Errors(
        on_status=lambda status, detail: _refusal(status, "request", detail or "there is no such path"),
        on_method=lambda methods: _refusal(405, "method", "use another", headers=(("allow", ", ".join(methods)),)),
        retry_later=lambda seconds: _refusal(429, "limit", "wait", headers=(("retry-after", str(seconds)),)),
        internal=_refusal(500, "server", "it failed"),
    ),
    empty_world=_empty,
    seeded_world=lambda settings, now, _participants: _empty(settings, now),
    kept=Kept(lambda place: orjson.dumps(asdict(place)), _read),
    control=lambda: {"closePlace": close_place},
    catalogue={name_present.id: name_present},
    home=Path(__file__).parent,
)
