"""A lead provider's client for version 3. It is short enough to read at once, and does what the department asks for.

    ecf-mock drill --api v3 --run "python reference_client_v3.py {base_url} {token}"

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

COHORT = "2025"
ENGAGED = "75-percent-engagement-met"
ATTENDED = "training-event-attended"
# The dates are in the order of the types, and each type has its own evidence.
DECLARATIONS_2025 = {
    "started": ("2025-10-06T09:00:00Z", ATTENDED),
    "retained-1": ("2026-01-12T09:00:00Z", ATTENDED),
    "retained-2": ("2026-03-16T09:00:00Z", ENGAGED),
    "retained-3": ("2026-05-18T09:00:00Z", ATTENDED),
    "retained-4": ("2026-07-13T09:00:00Z", ATTENDED),
    "completed": ("2026-09-14T09:00:00Z", ENGAGED),
}
EXTENDED_2025 = {
    "extended-1": ("2026-09-14T09:00:00Z", ATTENDED),
    "extended-2": ("2026-10-12T09:00:00Z", ATTENDED),
    "extended-3": ("2026-11-09T09:00:00Z", ATTENDED),
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


class Unheard(Exception):
    """No answer came to a request that makes something. Look whether the service made it."""


class Connection:
    """Sends requests. It waits when the service says so, retries after failures, and stops after a refusal."""

    def __init__(self, http: httpx.Client, token: str, *, first_pause: float = 1, tries: int = 6) -> None:
        self.http = http
        # Send the token in this header only.
        http.headers["Authorization"] = f"Bearer {token}"
        self.first_pause = first_pause
        self.tries = tries

    def get(self, path: str, query: dict[str, str] | None = None) -> Any:
        return self.send(self.http.build_request("GET", f"/api/v3{path}", params=query))

    def write(self, method: str, path: str, attributes: Record | None = None, server_date: str | None = None) -> Any:
        """POST or PUT. With `server_date` the sandbox treats the request as if it came at that moment."""
        first, *rest = path.strip("/").split("/")
        # The documented types: `partnership`, `participant-declaration`, `participant-defer` and so on.
        kind = "-".join([first.removesuffix("s"), *rest[1:]])
        body = {"data": {"type": kind, "attributes": attributes}} if attributes is not None else None
        headers = {"X-With-Server-Date": server_date} if server_date else None
        return self.send(self.http.build_request(method, f"/api/v3{path}", json=body, headers=headers))

    def send(self, request: httpx.Request) -> Any:
        """Returns the `data` of the answer."""
        failures = 0
        while True:
            response = self.try_once(request)
            if response is None or response.status_code >= 500:
                # Version 3 refuses a copy of what it has made. So don't send a copy: look.
                if request.method == "POST":
                    raise Unheard(str(request.url))
                failures += 1
                self.after_failure(request, failures)
            elif response.status_code == 429:
                time.sleep(float(response.headers.get("Retry-After", 60)))
            elif response.status_code == 401:
                raise AccessDenied("The token isn't valid: get another one before you run this again.")
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


class List:
    """Our copy of one list of the service. A real client keeps it in its database."""

    def __init__(self, path: str, **filters: str) -> None:
        self.path = path
        self.filters = {f"filter[{name}]": value for name, value in filters.items()}
        self.records: dict[str, Record] = {}
        # When our last two successful pulls began.
        self.windows: list[str] = []


class LeadProvider:
    """What a provider knows, and what it reports to the service."""

    per_page = 100

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.participants = List("/participants")
        self.declarations = List("/participant-declarations")
        self.transfers = List("/participants/transfers")
        self.unfunded_mentors = List("/unfunded-mentors")
        self.partnerships = List("/partnerships")
        self.schools = List("/schools", cohort=COHORT)
        self.statements = List("/statements", cohort=COHORT)
        self.delivery_partners = List("/delivery-partners", cohort=COHORT)

    # -- finding out -----------------------------------------------------------------------------

    def sync(self) -> None:
        """Fetches everything the first time, and later only what has changed."""
        for each in (self.participants, self.declarations, self.transfers, self.unfunded_mentors):
            self.sync_list(each)

    def sync_settings(self) -> None:
        """What changes seldom: once a day is enough."""
        for each in (self.schools, self.delivery_partners, self.partnerships, self.statements):
            self.sync_list(each)

    def sync_list(self, wanted: List) -> None:
        # Take the time before the pull, because its pages may miss what changes during it.
        began = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        # The last window but one: so a poll that went wrong loses nothing.
        since = wanted.windows[0] if wanted.windows else None
        for record in self.pages(wanted, since):
            wanted.records[record["id"]] = record["attributes"]
        # Only after the last page. If the pull stops early, the next one must start where this one did.
        wanted.windows = [*wanted.windows, began][-2:]

    def pages(self, wanted: List, since: str | None) -> Iterator[Record]:
        """All records of a list. The first page that isn't full is the last page."""
        query = {**wanted.filters, "page[per_page]": str(self.per_page)}
        if since:
            # With Z: the service decodes the value twice, and would lose the + of an offset.
            query["filter[updated_since]"] = since
        for number in range(1, 1_000_000):
            records: list[Record] = self.connection.get(wanted.path, {**query, "page[page]": str(number)})
            yield from records
            if len(records) < self.per_page:
                return

    def enrolment(self, id: str, role: str = "ect") -> Record:
        """What we know of the participant in this role; empty when we don't train them in it."""
        enrolments: list[Record] = self.participants.records[id]["ecf_enrolments"]
        return next((each for each in enrolments if each["participant_type"] == role), {})

    # -- partnerships ----------------------------------------------------------------------------

    def make_partnerships(self) -> None:
        """With every school that has named us and isn't our partner yet."""
        ours = {record["school_id"] for record in self.partnerships.records.values()}
        partner = next(iter(self.delivery_partners.records))
        for id, school in self.schools.records.items():
            if school["expression_of_interest"] and id not in ours:
                attributes = {"cohort": COHORT, "school_id": id, "delivery_partner_id": partner}
                record = self.connection.write("POST", "/partnerships", attributes)
                self.partnerships.records[record["id"]] = record["attributes"]

    # -- actions ---------------------------------------------------------------------------------

    def defer(self, id: str, reason: str) -> None:
        self.act(id, "defer", {"training_status": "deferred"}, {"reason": reason})

    def resume(self, id: str) -> None:
        """Only from the day after the deferral on."""
        self.act(id, "resume", {"training_status": "active"})

    def withdraw(self, id: str, reason: str) -> None:
        self.act(id, "withdraw", {"training_status": "withdrawn"}, {"reason": reason})

    def change_schedule(self, id: str, schedule: str) -> None:
        # Name the cohort, so that nobody has to guess which schedule is meant.
        cohort = {"cohort": self.enrolment(id)["cohort"]}
        self.act(id, "change-schedule", {"schedule_identifier": schedule}, {"schedule_identifier": schedule, **cohort})

    def act(self, id: str, action: str, outcome: Record, attributes: Record | None = None) -> None:
        """Makes the ECT's enrolment show `outcome`, with an action that has these attributes."""
        if outcome.items() <= self.enrolment(id).items():
            return
        body = {**(attributes or {}), "course_identifier": "ecf-induction"}
        try:
            record = self.connection.write("PUT", f"/participants/{id}/{action}", body)
            self.participants.records[id] = record["attributes"]
        except Refused:
            # An earlier try may have worked although its answer got lost. Look before you raise an error.
            self.participants.records[id] = self.connection.get(f"/participants/{id}")["attributes"]
            if not outcome.items() <= self.enrolment(id).items():
                raise

    # -- declarations ----------------------------------------------------------------------------

    def declare(self, id: str, declaration_type: str, date: str, evidence: str, server_date: str | None = None) -> str:
        """Makes a declaration and keeps its record, because only its id can void it later. Returns the id."""
        attributes = {
            "participant_id": id,
            "declaration_type": declaration_type,
            "declaration_date": date,
            "course_identifier": "ecf-induction",
            "evidence_held": evidence,
        }
        try:
            record = self.connection.write("POST", "/participant-declarations", attributes, server_date)
        except Unheard:
            found = self.find_declaration(id, declaration_type)
            record = found or self.connection.write("POST", "/participant-declarations", attributes, server_date)
        self.declarations.records[record["id"]] = record["attributes"]
        return str(record["id"])

    def find_declaration(self, id: str, declaration_type: str) -> Record | None:
        """The live declaration of that type, if the service has one."""
        found: list[Record] = self.connection.get("/participant-declarations", {"filter[participant_id]": id})
        live = ("submitted", "eligible", "payable", "paid")
        for record in found:
            if record["attributes"]["declaration_type"] == declaration_type and record["attributes"]["state"] in live:
                return record
        return None

    def void(self, declaration_id: str) -> str:
        """Voids a declaration. Returns its new state, which is `awaiting-clawback` if it was paid."""
        try:
            record = self.connection.write("PUT", f"/participant-declarations/{declaration_id}/void")
        except Refused:
            record = self.read_declaration(declaration_id)
            if record["attributes"]["state"] not in ("voided", "awaiting-clawback", "clawed-back"):
                raise
        self.declarations.records[declaration_id] = record["attributes"]
        return str(record["attributes"]["state"])

    def read_declaration(self, declaration_id: str) -> Record:
        record: Record = self.connection.get(f"/participant-declarations/{declaration_id}")
        return record


def choose(provider: LeadProvider, training_status: str, schedule: str) -> list[str]:
    """The teachers of the cohort with this status and schedule who have no declaration yet."""
    declared = {record["participant_id"] for record in provider.declarations.records.values()}
    wanted = {"cohort": COHORT, "training_status": training_status, "schedule_identifier": schedule}
    return [
        id
        for id in provider.participants.records
        if id not in declared
        and wanted.items() <= provider.enrolment(id).items()
        and provider.enrolment(id)["eligible_for_funding"]
        and provider.enrolment(id)["participant_status"] == ("active" if training_status == "active" else "left")
    ]


def one_of_everything(provider: LeadProvider, polls: int = 60, between_polls: float = 4) -> None:
    """Does everything once that a client must be able to do. Then it polls until the service has paid a declaration."""
    provider.sync_settings()
    provider.make_partnerships()
    provider.sync()
    trainee, mover, leaver, pausing = choose(provider, "active", "ecf-standard-september")[:4]
    longer = choose(provider, "active", "ecf-extended-september")[0]
    today = datetime.now(UTC).strftime("%Y-%m-%d")
    paused = choose(provider, "deferred", "ecf-standard-september")
    # Nobody can be resumed on the day of the deferral.
    returning = next(id for id in paused if provider.enrolment(id)["deferral"]["date"] < today)

    started = provider.declare(trainee, "started", *DECLARATIONS_2025["started"])
    try:
        # This date is before that of `started`. The service refuses it, and we don't try again.
        provider.declare(trainee, "retained-1", "2025-09-08T09:00:00Z", ATTENDED)
    except Refused as refusal:
        print(f"Refused: {refusal}")
    later = [provider.declare(trainee, kind, *rest) for kind, rest in DECLARATIONS_2025.items() if kind != "started"]
    for kind, rest in EXTENDED_2025.items():
        provider.declare(longer, kind, *rest)
    provider.read_declaration(later[0])
    provider.void(later[-1])
    # That schedule has no last day, so try today what you will declare in a year.
    in_a_year = (datetime.now(UTC) + timedelta(days=365)).strftime("%Y-%m-%dT09:00:00Z")
    provider.declare(mover, "started", in_a_year, ATTENDED, server_date=in_a_year)

    provider.defer(pausing, "career-break")
    provider.resume(returning)
    provider.change_schedule(mover, "ecf-extended-september")
    provider.withdraw(leaver, "left-teaching-profession")
    for each in (provider.partnerships, provider.schools, provider.statements, provider.delivery_partners):
        query = each.filters if each is provider.schools else None
        provider.connection.get(f"{each.path}/{next(iter(each.records))}", query)

    for _ in range(polls):
        time.sleep(between_polls)
        provider.sync()
        if provider.declarations.records[started]["state"] == "paid":
            print(f"Paid, and now voided: {provider.void(started)}")
            return


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("Usage: python reference_client_v3.py BASE_URL TOKEN  (`ecf-mock drill --api v3` prints both)")
    base_url, token = sys.argv[1:]
    with httpx.Client(base_url=base_url, timeout=10) as http:
        try:
            one_of_everything(LeadProvider(Connection(http, token)))
        except (AccessDenied, Unavailable) as failure:
            sys.exit(str(failure))
