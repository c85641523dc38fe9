"""Clients that write until the server is killed under them, and know what must be there afterwards.

Each remembers what it was told, and the one request that it got no answer to: of that alone it can't say whether it
took place. Everything else must be as it was told, and nothing may be there that nobody asked for.
"""

import http.client
import json
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

TYPES = ("started", "retained-1", "retained-2", "retained-3", "retained-4", "completed")
BEFORE_CLOCK = "2021-09-20T09:00:00Z"


class Gone(Exception):
    """The server was killed: the request has no answer."""


class Connection:
    def __init__(self, port: int, token: str) -> None:
        self._http = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def close(self) -> None:
        self._http.close()

    def ask(self, method: str, path: str, body: Any = None, expect: tuple[int, ...] = (200, 201, 204)) -> Any:
        """The answer's document. Raises Gone."""
        try:
            self._http.request(method, path, None if body is None else json.dumps(body), self._headers)
            answer = self._http.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise Gone from error
        assert answer.status in expect, (method, path, answer.status, content)
        return json.loads(content) if content else None


@dataclass(frozen=True)
class Truth:
    """One participant: `declarations` are pairs of type and state, in order."""

    training_status: str = "active"
    declarations: tuple[tuple[str, str], ...] = ()

    def with_declaration(self, declaration_type: str, state: str) -> "Truth":
        return replace(self, declarations=tuple(sorted((*self.declarations, (declaration_type, state)))))

    def voided(self, declaration_type: str) -> "Truth":
        left = list(self.declarations)
        left.remove((declaration_type, "eligible"))
        return replace(self, declarations=tuple(left)).with_declaration(declaration_type, "voided")


@dataclass
class Asked:
    """A request without an answer: `again` repeats it; what it may have done is one of these."""

    again: Callable[[Connection], Any]
    participant: str | None = None
    truth: Truth | None = None
    sandboxes: dict[str, int] | None = None


class Client(threading.Thread, ABC):
    """What it was told lasts over the servers that it talks to; a thread lasts for one."""

    def __init__(self, known: "Known", port: int, seed: int) -> None:
        super().__init__(daemon=True)
        self.known = known
        self.random = Random(seed)  # noqa: S311 - meant to repeat
        self.connection = Connection(port, "alder-token")
        self.failure: BaseException | None = None

    def run(self) -> None:
        try:
            while True:
                self.step()
        except Gone:
            return
        except BaseException as error:
            self.failure = error
        finally:
            self.connection.close()

    @abstractmethod
    def step(self) -> None:
        """Ask for something, and note in `known` what the answer says. Raises Gone when there is no answer."""

    def send(self, method: str, path: str, body: Any = None, **doubt: Any) -> Any:
        """While there is no answer, whoever looks finds in doubt what this may do."""
        self.known.asked = Asked(lambda connection: connection.ask(method, path, body, (200, 201, 204, 422)), **doubt)
        answer = self.connection.ask(method, path, body)
        self.known.asked = None
        self.known.answers += 1
        return answer


@dataclass
class Known:
    """What one client was told."""

    participants: dict[str, Truth] = field(default_factory=dict)
    declared: dict[tuple[str, str], str] = field(default_factory=dict)
    sandboxes: dict[str, int] = field(default_factory=dict)
    asked: Asked | None = None
    answers: int = 0
    made: int = 0


class Provider(Client):
    """Adds participants, declares for them, voids, defers and resumes."""

    def step(self) -> None:
        known = self.known
        if len(known.participants) < 3 or self.random.random() < 0.2:
            self.add()
            return
        id = self.random.choice(list(known.participants))
        truth = known.participants[id]
        live = [kind for kind, state in truth.declarations if state == "eligible"]
        free = [kind for kind in TYPES if kind not in live]
        choice = self.random.random()
        if choice < 0.25:
            action, status = ("resume", "active") if truth.training_status == "deferred" else ("defer", "deferred")
            after = replace(truth, training_status=status)
            attributes = {"reason": "other", "course_identifier": "ecf-induction"}
            body = {"data": {"type": f"participant-{action}", "attributes": attributes}}
            answer = self.send("PUT", f"/api/v1/participants/ecf/{id}/{action}", body, participant=id, truth=after)
            assert answer["data"]["attributes"]["training_status"] == status
            known.participants[id] = after
        elif live and choice < 0.5:
            kind = self.random.choice(live)
            after = truth.voided(kind)
            declaration = known.declared[id, kind]
            path = f"/api/v1/participant-declarations/{declaration}/void"
            assert self.send("PUT", path, participant=id, truth=after)["data"]["attributes"]["state"] == "voided"
            known.participants[id] = after
        elif free:
            kind = self.random.choice(free)
            after = truth.with_declaration(kind, "eligible")
            answer = self.send(
                "POST", "/api/v1/participant-declarations", declaration_of(id, kind), participant=id, truth=after
            )
            assert answer["data"]["attributes"]["state"] == "eligible"
            known.declared[id, kind] = answer["data"]["id"]
            known.participants[id] = after

    def add(self) -> None:
        body = {
            "provider": "alder",
            "participant_type": "ect",
            "cohort": "2021",
            "schedule_identifier": "ecf-extended-september",
            "eligible_for_funding": True,
        }
        answer = self.send("POST", "/_mock/sandboxes/default/v1/participants", body, truth=Truth())
        self.known.participants[answer["id"]] = Truth()


def declaration_of(participant: str, declaration_type: str) -> dict[str, Any]:
    attributes = {
        "participant_id": participant,
        "declaration_type": declaration_type,
        "declaration_date": BEFORE_CLOCK,
        "course_identifier": "ecf-induction",
        "evidence_held": "other",
    }
    return {"data": {"type": "participant-declaration", "attributes": attributes}}


class Sandboxer(Client):
    """Makes sandboxes, fills, resets and deletes them."""

    def step(self) -> None:
        known = self.known
        ids = list(known.sandboxes)
        choice = self.random.random()
        if not ids or (choice < 0.2 and len(ids) < 5):
            known.made += 1
            id = f"made-{known.made}"
            body = {"id": id, "seed": "empty", "clock": {"now": "2021-10-01T09:00:00Z", "running": False}}
            self.change("POST", "/_mock/sandboxes", body, known.sandboxes | {id: 0})
            return
        id = self.random.choice(ids)
        path = f"/_mock/sandboxes/{id}"
        if choice < 0.3:
            self.change("DELETE", path, None, {each: known.sandboxes[each] for each in ids if each != id})
        elif choice < 0.5:
            self.change("POST", f"{path}/reset", None, known.sandboxes | {id: 0})
        elif choice < 0.6:
            # A snapshot itself doesn't outlive the server; what is restored from one does.
            snapshot = self.send("POST", f"{path}/snapshots", sandboxes=known.sandboxes)["id"]
            before = dict(known.sandboxes)
            self.add_to(id)
            self.change("POST", f"{path}/snapshots/{snapshot}/restore", None, before)
        else:
            self.add_to(id)

    def add_to(self, id: str) -> None:
        body = {"provider": "birch", "participant_type": "mentor"}
        after = self.known.sandboxes | {id: self.known.sandboxes[id] + 1}
        self.change("POST", f"/_mock/sandboxes/{id}/v1/participants", body, after)

    def change(self, method: str, path: str, body: Any, after: dict[str, int]) -> None:
        self.send(method, path, body, sandboxes=after)
        self.known.sandboxes = after


# -- afterwards ----------------------------------------------------------------------------------


def compare(connection: Connection, providers: list[Known], sandboxer: Known) -> None:
    """Hold what the server shows against what the clients were told, and take it over as what they know."""
    there = shown(connection)
    for known in providers:
        for id, told in known.participants.items():
            assert id in there, f"participant {id} is lost"
            allowed = [told]
            if known.asked and known.asked.participant == id and known.asked.truth:
                allowed.append(known.asked.truth)
            assert there[id][0] in allowed, f"{id}: {there[id][0]}, told {allowed}"
    told_ids = {id for known in providers for id in known.participants}
    unheard = [known for known in providers if known.asked and known.asked.participant is None]
    strangers = [id for id in there if id not in told_ids]
    assert len(strangers) <= len(unheard), f"participants that nobody added: {strangers}"
    for known, id in zip(unheard, strangers, strict=False):
        assert there[id][0] == Truth()
        known.participants[id] = Truth()
    counts = {
        # A world that nobody has used yet is null, and would be empty.
        box["id"]: (box["counts"]["v1"] or {"participants": 0})["participants"]
        for box in connection.ask("GET", "/_mock/sandboxes")["sandboxes"]
        if box["id"] != "default"
    }
    assert counts in [sandboxer.sandboxes, sandboxer.asked.sandboxes if sandboxer.asked else None]
    sandboxer.sandboxes, sandboxer.asked = counts, None
    for known in providers:
        settle(connection, known)


def shown(connection: Connection) -> dict[str, tuple[Truth, dict[str, str]]]:
    """Each participant of the default sandbox, with the ids of the live declarations by type."""
    declarations = connection.ask("GET", "/_mock/sandboxes/default/v1/declarations")["declarations"]
    there: dict[str, tuple[Truth, dict[str, str]]] = {
        each["id"]: (Truth(each["training_status"]), {})
        for each in connection.ask("GET", "/_mock/sandboxes/default/v1/participants")["participants"]
    }
    for each in declarations:
        truth, live = there[each["participant_id"]]
        kind, state = each["declaration_type"], each["state"]
        if state == "eligible":
            assert kind not in live, f"{each['participant_id']} has two live declarations of {kind}"
            live[kind] = each["id"]
        there[each["participant_id"]] = truth.with_declaration(kind, state), live
    return there


def settle(connection: Connection, known: Known) -> None:
    """Send the request without an answer again, as a client would: now it has happened, and once only."""
    asked, known.asked = known.asked, None
    if asked and asked.participant:
        asked.again(connection)
    there = shown(connection)
    if asked and asked.participant and asked.truth:
        assert there[asked.participant][0] == asked.truth
    for id in known.participants:
        known.participants[id], live = there[id]
        known.declared |= {(id, kind): declaration for kind, declaration in live.items()}
