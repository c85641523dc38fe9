"""Mixed traffic: what several kinds of client do to the mock at once, each in a loop of its own.

Every answer is one that the client expects, or a problem; times are the client's.
"""

import http.client
import json
import socket
import threading
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Collection
from dataclasses import dataclass
from itertools import count
from random import Random
from typing import Any

from benchmarks.exchange import TOKEN, Connection, Request, Response
from benchmarks.servers import DECLARATIONS, FIRST_PAGE, PARTICIPANTS
from benchmarks.workloads import all_participants, filtered, new_declarations, page

SANDBOXES = "/_mock/sandboxes"
_NOBODY = "00000000-0000-4000-8000-000000000000"
_OK = (200,)


@dataclass(frozen=True)
class Seen:
    """One request: how long its answer took, in seconds, and what was wrong with it, empty for nothing."""

    seconds: float
    problem: str = ""


class Client(threading.Thread, ABC):
    """Goes round and round until `stop` is set; `seen` is for somebody else to empty."""

    def __init__(self, port: int, number: int, stop: threading.Event) -> None:
        super().__init__(name=f"{type(self).__name__.lower()}-{number}", daemon=True)
        self.port = port
        self.stop = stop
        self.random = Random(number)  # noqa: S311 - meant to repeat
        self.seen: deque[Seen] = deque()
        self.connection = Connection(port, token=self.token)

    @property
    def token(self) -> str:
        return TOKEN

    def run(self) -> None:
        try:
            self.prepare()
            while not self.stop.is_set():
                self.go_round()
        except Exception as failure:
            # A client that ends early must not pass for one that was content.
            self.seen.append(Seen(0, f"{self.name} gave up: {type(failure).__name__}: {failure}"))
        finally:
            self.connection.close()

    def prepare(self) -> None:
        """What comes before the first round."""

    @abstractmethod
    def go_round(self) -> None:
        """Some requests."""

    def ask(self, request: Request, expect: Collection[int] = _OK, over: Connection | None = None) -> Response | None:
        """None where no answer came; over the client's own connection where none is named."""
        connection = over or self.connection
        began = time.perf_counter()
        try:
            answer = connection.ask(request)
        except (OSError, http.client.HTTPException) as failure:
            connection.close()
            self.seen.append(Seen(time.perf_counter() - began, f"{request}: {type(failure).__name__}: {failure}"))
            return None
        taken = time.perf_counter() - began
        problem = "" if answer.status in expect else f"{request}: {answer.status} {answer.body[:200]!r}"
        self.seen.append(Seen(taken, problem))
        return answer

    def send(self, method: str, path: str, body: Any = None, expect: Collection[int] = _OK) -> Response | None:
        return self.ask(Request(method, path, "" if body is None else json.dumps(body)), expect)


class OfSandbox(Client):
    """A client with a sandbox of its own."""

    @property
    def token(self) -> str:
        return f"{TOKEN}.{self.name}"

    @property
    def control(self) -> str:
        return f"{SANDBOXES}/{self.name}"

    def prepare(self) -> None:
        self.send("POST", SANDBOXES, {"id": self.name}, (201,))


class Reader(Client):
    """Lists, filters, single records and CSV of the default sandbox, and what isn't there."""

    def prepare(self) -> None:
        records = list(all_participants(self.connection))
        ids = [record["id"] for record in records]
        self.choices = [
            (FIRST_PAGE, _OK),
            (page(2, 20), _OK),
            (filtered("updated_since", records[len(records) // 2]["attributes"]["updated_at"]), _OK),
            *((Request("GET", f"{PARTICIPANTS}/{id}"), _OK) for id in self.random.sample(ids, 20)),
            (Request("GET", f"{PARTICIPANTS}.csv"), _OK),
            (Request("GET", DECLARATIONS), _OK),
            (Request("GET", f"{DECLARATIONS}.csv"), _OK),
            (Request("GET", f"{PARTICIPANTS}/{_NOBODY}"), (404,)),
            (filtered("cohort", "soon"), (200, 400, 422)),
        ]

    def go_round(self) -> None:
        self.ask(*self.random.choice(self.choices))


class Writer(OfSandbox):
    """Declares all that its world allows, copies, refusals and voids included, then starts it again."""

    def prepare(self) -> None:
        super().prepare()
        # The same after each reset: same seed, same ids.
        self.declarations = list(new_declarations(self.connection))

    def go_round(self) -> None:
        for number, declaration in enumerate(self.declarations):
            if self.stop.is_set():
                return
            made = self.ask(declaration)
            if made is None or made.status != 200:
                continue
            if number % 4 == 0:
                self.ask(declaration)
            if number % 5 == 0:
                self.send("PUT", f"{DECLARATIONS}/{made.json()['data']['id']}/void")
            if number % 7 == 0:
                declared = made.json()["data"]["attributes"]
                self._act("defer", declared)
                self._act("defer", declared, (422,))
                self._act("resume", declared)
        self.send("POST", f"{self.control}/reset")

    def _act(self, action: str, declared: dict[str, Any], expect: Collection[int] = _OK) -> None:
        attributes = {"course_identifier": declared["course_identifier"], "reason": "other"}
        body = {"data": {"type": f"participant-{action}", "attributes": attributes}}
        self.send("PUT", f"{PARTICIPANTS}/{declared['participant_id']}/{action}", body, expect)


class Unlucky(OfSandbox):
    """Meets faults: answers that fail, come late, or get lost after the operation was performed."""

    def go_round(self) -> None:
        faults = [
            {"match": {"path": PARTICIPANTS}, "respond": {"status": 503, "body": "later"}, "probability": 0.3},
            {"match": {"method": "POST"}, "respond": {"status": 502}, "apply": "after", "times": 3},
            {"match": {"operation_id": "listParticipantDeclarations"}, "delay_ms": 5},
        ]
        self.send("PUT", f"{self.control}/faults", {"faults": faults})
        for _ in range(20):
            self.ask(FIRST_PAGE, (200, 503))
            self.ask(Request("GET", DECLARATIONS))
            self.send("POST", DECLARATIONS, {"data": {"attributes": {}}}, (422, 502))
        self.send("DELETE", f"{self.control}/faults", expect=(204,))
        self.ask(FIRST_PAGE)
        self.send("GET", f"{self.control}/requests?limit=20")
        if self.random.random() < 0.1:
            self.send("DELETE", f"{self.control}/requests", expect=(204,))


class Churner(Client):
    """Makes sandboxes, uses them a little, and deletes them; the first hundred, then one in twenty, expire."""

    def prepare(self) -> None:
        self.numbers = count()

    def go_round(self) -> None:
        number = next(self.numbers)
        id = f"{self.name}-{number}"
        seed = "guide" if number % 3 == 0 else "empty"
        made = self.send("POST", SANDBOXES, {"id": id, "seed": seed}, (201, 409))
        if made is None or made.status != 201:
            # As many as there can be: until some expire.
            time.sleep(0.1)
            return
        path = f"{SANDBOXES}/{id}"
        snapshot = self.send("POST", f"{path}/snapshots", expect=(201,))
        self.send("POST", f"{path}/v1/participants", {"provider": "birch", "participant_type": "mentor"}, (201,))
        with Connection(self.port, token=f"{TOKEN}.{id}") as connection:
            self.ask(FIRST_PAGE, over=connection)
        if snapshot is not None and snapshot.status == 201:
            self.send("POST", f"{path}/snapshots/{snapshot.json()['id']}/restore")
        # So many at first that the mock soon holds as many as it ever will.
        if number > 100 and number % 20:
            self.send("DELETE", path, expect=(204,))


class Filterer(OfSandbox):
    """Filters by one choice of cohorts after another, hardly ever the same twice, while schools change participants."""

    def prepare(self) -> None:
        super().prepare()
        self.cohorts = [str(year) for year in range(2021, 2031)]
        self.ids = []
        for number in range(100):
            person = {"provider": "alder", "participant_type": "ect", "cohort": self.cohorts[number % 10]}
            added = self.send("POST", f"{self.control}/v1/participants", person, (201,))
            if added is not None:
                self.ids.append(added.json()["id"])

    def go_round(self) -> None:
        for _ in range(20):
            chosen = self.random.sample(self.cohorts, self.random.randint(1, 9))
            self.ask(filtered("cohort", ",".join([*chosen, str(self.random.randint(3000, 9999))])))
        changed = f"{self.control}/v1/participants/{self.random.choice(self.ids)}/status"
        self.send("PUT", changed, {"status": self.random.choice(["active", "withdrawn"])})


class Saver(OfSandbox):
    """Takes as many snapshots as a sandbox keeps and one more, goes back to some, and drops some."""

    def prepare(self) -> None:
        super().prepare()
        self.ids: deque[str] = deque()

    def go_round(self) -> None:
        made = self.send("POST", f"{self.control}/snapshots", expect=(201, 409))
        if made is None:
            return
        if made.status == 201:
            self.ids.append(made.json()["id"])
            return
        self.send("POST", f"{self.control}/snapshots/{self.random.choice(self.ids)}/restore")
        for _ in range(10):
            self.send("DELETE", f"{self.control}/snapshots/{self.ids.popleft()}", expect=(204,))
        self.ask(FIRST_PAGE)


class Operator(Client):
    """Watches the default sandbox, moves its clock, and takes it back to its seed."""

    def go_round(self) -> None:
        path = f"{SANDBOXES}/default"
        self.send("POST", f"{path}/clock/advance", {"by": "P30D"})
        self.send("GET", f"{path}/requests?limit=100")
        self.send("GET", f"{path}/v1/participants")
        self.send("GET", "/_mock/health")
        self.send("DELETE", f"{path}/clock")
        if self.random.random() < 0.1:
            self.send("POST", f"{path}/reset")
        self.stop.wait(0.2)


class Rude(Client):
    """Hangs up half-way, sends what is no request, says too much."""

    def go_round(self) -> None:
        more = "X-More: 1\r\n" * 300
        head = f"POST {DECLARATIONS} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\n"
        self._say(f"{head}Content-Type: application/json\r\nContent-Length: 500\r\n\r\n{{", b"")
        self._say(head, b"")
        self._say("\x16\x03\x01 hello\r\n\r\n", b"HTTP/1.1 400 ")
        self._say(f"{head}{more}\r\n", b"HTTP/1.1 431 ")
        self.ask(FIRST_PAGE)
        self.stop.wait(0.1)

    def _say(self, text: str, expect: bytes) -> None:
        """Send `text`; then hang up, or read an answer that starts with `expect`."""
        began = time.perf_counter()
        problem = ""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=30) as wire:
                wire.sendall(text.encode())
                if expect and not (answer := wire.recv(200)).startswith(expect):
                    problem = f"{text[:40]!r}: {answer!r}"
        except OSError as failure:
            problem = f"{text[:40]!r}: {type(failure).__name__}: {failure}"
        self.seen.append(Seen(time.perf_counter() - began, problem))


KINDS: tuple[type[Client], ...] = (
    *(Reader, Reader, Writer, Writer, Unlucky, Churner, Filterer, Saver, Operator, Rude),
)
