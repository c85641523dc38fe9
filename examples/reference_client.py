"""A lead provider's client. It is short enough to read at once, and does everything that a client must do.

    ecf-mock serve                  # in one terminal
    ecf-mock drill                  # in another: prints a token, makes hard things happen, watches
    python reference_client.py http://127.0.0.1:8080 TOKEN

`Connection` handles limits and faults. `LeadProvider` keeps its records in step with the service.
`one_of_everything` uses every feature once. The client needs httpx and nothing else.
"""

import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

Record = dict[str, Any]

PARTICIPANTS = "/api/v1/participants/ecf"
DECLARATIONS = "/api/v1/participant-declarations"

# Dates within the milestones of the standard September schedule of the cohort 2021.
MILESTONES_2021 = {
    "started": "2021-11-15T09:00:00Z",
    "retained-1": "2022-01-14T09:00:00Z",
    "retained-2": "2022-03-15T09:00:00Z",
    "retained-3": "2022-06-15T09:00:00Z",
    "retained-4": "2022-11-15T09:00:00Z",
    "completed": "2023-03-15T09:00:00Z",
}


class AccessDenied(Exception):
    """The service doesn't know the token. Only another token will change that."""


class Refused(Exception):
    """The service understood the request and said no. Sending it again would change nothing."""

    def __init__(self, response: httpx.Response) -> None:
        self.status = response.status_code
        # Compare statuses and titles. The detail is for people and may change.
        errors = response.json().get("errors", []) if response.content else []
        self.titles = [error["title"] for error in errors]
        details = "; ".join(error["detail"] for error in errors)
        super().__init__(f"{response.request.method} {response.request.url.path}: {self.status} {details}")


class Unavailable(Exception):
    """The service failed every time we tried. Try again in an hour, and tell somebody."""


class Connection:
    """Sends requests. It waits when the service says so, retries after failures, and stops after a refusal."""

    def __init__(self, http: httpx.Client, token: str, *, first_pause: float = 1, tries: int = 6) -> None:
        self.http = http
        # Send the token in this header only.
        http.headers["Authorization"] = f"Bearer {token}"
        self.first_pause = first_pause
        self.tries = tries

    def get(self, path: str, query: dict[str, str] | None = None) -> Any:
        return self.send(self.http.build_request("GET", path, params=query))

    def write(
        self, method: str, path: str, type: str = "", attributes: Record | None = None, server_date: str | None = None
    ) -> Any:
        """POST or PUT. With `server_date` the sandbox treats the request as if it came at that moment."""
        body = {"data": {"type": type, "attributes": attributes}} if attributes is not None else None
        headers = {"X-With-Server-Date": server_date} if server_date else None
        return self.send(self.http.build_request(method, path, json=body, headers=headers))

    def send(self, request: httpx.Request) -> Any:
        """Returns the `data` of the answer. Every try sends the very same request, so that no write happens twice."""
        failures = 0
        while True:
            response = self.try_once(request)
            if response is None or response.status_code >= 500:
                failures += 1
                self.after_failure(request, failures)
            elif response.status_code == 429:
                self.after_limit(float(response.headers.get("Retry-After", 60)))
            elif response.status_code == 401:
                self.after_401(request)
            elif response.is_success:
                return response.json()["data"]
            else:
                raise Refused(response)

    def try_once(self, request: httpx.Request) -> httpx.Response | None:
        """Returns None when no answer came."""
        try:
            return self.http.send(request)
        except httpx.TransportError:
            return None

    def after_failure(self, request: httpx.Request, failures: int) -> None:
        """Waits after a 5xx or no answer. The service may have performed the request all the same."""
        if failures == self.tries:
            raise Unavailable(f"{request.method} {request.url.path} failed {failures} times")
        # Wait 1, 2, 4, 8 … seconds: a short fault costs little, and a long one gets no extra load.
        time.sleep(self.first_pause * 2 ** (failures - 1))

    def after_limit(self, retry_after: float) -> None:
        time.sleep(retry_after)

    def after_401(self, request: httpx.Request) -> None:
        raise AccessDenied("The token isn't valid: get another one before you run this again.")


class LeadProvider:
    """What a provider knows about its participants and declarations, and what it reports to the service.

    A real client keeps `participants`, `declarations` and both `…_since` in its database.
    """

    # Our clock may differ from the service's by this much, so every poll reaches back further than necessary.
    overlap = timedelta(minutes=1)
    per_page = 100

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.participants: dict[str, Record] = {}
        self.declarations: dict[str, Record] = {}
        self.participants_since: str | None = None
        self.declarations_since: str | None = None

    # -- finding out -----------------------------------------------------------------------------

    def sync(self) -> None:
        """Fetches everything the first time, and later only what has changed."""
        self.sync_participants()
        self.sync_declarations()

    def sync_participants(self) -> None:
        began = self.reach_back_to()
        for record in self.pages(PARTICIPANTS, self.participants_since):
            self.participants[record["id"]] = record["attributes"]
        # Set this only after the last page. If the pull stops early, the next one must start where this one did.
        self.participants_since = began

    def sync_declarations(self) -> None:
        began = self.reach_back_to()
        for record in self.pages(DECLARATIONS, self.declarations_since):
            self.declarations[record["id"]] = record["attributes"]
        self.declarations_since = began

    def reach_back_to(self) -> str:
        """Where the next poll starts. Call this before a pull, because its pages may miss changes made during it."""
        return (datetime.now(UTC) - self.overlap).strftime("%Y-%m-%dT%H:%M:%SZ")

    def pages(self, path: str, since: str | None) -> Iterator[Record]:
        """All records of a list. The first page that isn't full is the last page."""
        number = 1
        while True:
            query = {"page[page]": str(number), "page[per_page]": str(self.per_page)}
            if since:
                query["filter[updated_since]"] = since
            records = self.page(path, query)
            yield from records
            if len(records) < self.per_page:
                return
            number += 1

    def page(self, path: str, query: dict[str, str]) -> list[Record]:
        records: list[Record] = self.connection.get(path, query)
        return records

    def read_participant(self, id: str) -> Record:
        record: Record = self.connection.get(f"{PARTICIPANTS}/{id}")
        return record

    # -- actions ---------------------------------------------------------------------------------

    def defer(self, id: str, reason: str) -> None:
        self.act(id, "defer", {"training_status": "deferred"}, {"reason": reason})

    def resume(self, id: str) -> None:
        self.act(id, "resume", {"training_status": "active"})

    def withdraw(self, id: str, reason: str) -> None:
        self.act(id, "withdraw", {"training_status": "withdrawn"}, {"reason": reason})

    def change_schedule(self, id: str, schedule: str) -> None:
        # Always send the cohort. The default is this academic year's, which is seldom the participant's.
        cohort = {"cohort": self.participants[id]["cohort"]}
        self.act(id, "change-schedule", {"schedule_identifier": schedule}, {"schedule_identifier": schedule, **cohort})

    def act(self, id: str, action: str, outcome: Record, attributes: Record | None = None) -> None:
        """Makes the participant's record show `outcome`, with an action that has these attributes."""
        if outcome.items() <= self.participants[id].items():
            return
        try:
            record = self.put_action(id, action, {**(attributes or {}), "course_identifier": self.course_of(id)})
        except Refused:
            # An earlier try may have worked although its answer got lost. Look before you raise an error.
            record = self.read_participant(id)
            if not outcome.items() <= record["attributes"].items():
                raise
        self.participants[id] = record["attributes"]

    def put_action(self, id: str, action: str, attributes: Record) -> Record:
        record: Record = self.connection.write(
            "PUT", f"{PARTICIPANTS}/{id}/{action}", f"participant-{action}", attributes
        )
        return record

    def course_of(self, id: str) -> str:
        return "ecf-mentor" if self.participants[id]["participant_type"] == "mentor" else "ecf-induction"

    # -- declarations ----------------------------------------------------------------------------

    def declare(self, id: str, declaration_type: str, date: str, server_date: str | None = None) -> str:
        """Makes a declaration and keeps its record, because only its id can void it later. Returns the id."""
        attributes = {
            "participant_id": id,
            "declaration_type": declaration_type,
            "declaration_date": date,
            "course_identifier": self.course_of(id),
        }
        if declaration_type != "started":
            attributes["evidence_held"] = "training-event-attended"
        record = self.connection.write("POST", DECLARATIONS, "participant-declaration", attributes, server_date)
        self.declarations[record["id"]] = record["attributes"]
        return str(record["id"])

    def void(self, declaration_id: str) -> str:
        """Voids a declaration. Returns its new state, which is `awaiting-clawback` if it was paid."""
        try:
            record = self.connection.write("PUT", f"{DECLARATIONS}/{declaration_id}/void")
        except Refused:
            # As with actions: an earlier try may have voided it already.
            record = self.read_declaration(declaration_id)
            if record["attributes"]["state"] not in ("voided", "awaiting-clawback", "clawed-back"):
                raise
        self.declarations[declaration_id] = record["attributes"]
        return str(record["attributes"]["state"])

    def read_declaration(self, declaration_id: str) -> Record:
        record: Record = self.connection.get(f"{DECLARATIONS}/{declaration_id}")
        return record


def free_participants(provider: LeadProvider) -> list[str]:
    """The teachers of the cohort 2021 who are in training and have no declaration yet."""
    declared = {record["participant_id"] for record in provider.declarations.values()}
    wanted = {"cohort": "2021", "participant_type": "ect", "status": "active", "training_status": "active"}
    return [
        id
        for id, record in provider.participants.items()
        if wanted.items() <= record.items() and record["eligible_for_funding"] and id not in declared
    ]


def one_of_everything(provider: LeadProvider, polls: int = 60, between_polls: float = 4) -> None:
    """Does everything once that a client must be able to do. Then it polls until the service has paid a declaration."""
    provider.sync()
    trainee, mover, leaver = free_participants(provider)[:3]

    started = provider.declare(trainee, "started", MILESTONES_2021["started"])
    try:
        # This date is outside its milestone. The service refuses it, and we don't try again.
        provider.declare(trainee, "retained-1", MILESTONES_2021["completed"])
    except Refused as refusal:
        print(f"Refused: {refusal}")
    later = [provider.declare(trainee, kind, date) for kind, date in MILESTONES_2021.items() if kind != "started"]
    provider.read_declaration(later[0])
    provider.void(later[-1])

    provider.defer(mover, "career-break")
    provider.resume(mover)
    provider.change_schedule(mover, "ecf-extended-september")
    # That schedule has no last day, so try today what you will declare in a year.
    in_a_year = (datetime.now(UTC) + timedelta(days=365)).strftime("%Y-%m-%dT09:00:00Z")
    provider.declare(mover, "completed", in_a_year, server_date=in_a_year)
    provider.withdraw(leaver, "left-teaching-profession")
    print(f"Withdrawn: {provider.read_participant(leaver)['attributes']['full_name']}")

    for _ in range(polls):
        time.sleep(between_polls)
        provider.sync()
        if provider.declarations[started]["state"] == "paid":
            print(f"Paid, and now voided: {provider.void(started)}")
            return


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("Usage: python reference_client.py BASE_URL TOKEN  (`ecf-mock drill` prints both)")
    base_url, token = sys.argv[1:]
    with httpx.Client(base_url=base_url, timeout=10) as http:
        try:
            one_of_everything(LeadProvider(Connection(http, token)))
        except (AccessDenied, Unavailable) as failure:
            sys.exit(str(failure))
