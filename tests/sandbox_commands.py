"""A sandbox under the same commands as the naive model, with its outcomes and what its providers can read."""

from datetime import datetime
from typing import Any

from mock_server.rules.providers import PROVIDERS
from mock_server.rules.table import RulesBroken, joined_by_title
from mock_server.sandbox.sandboxes import Sandbox
from mock_server.services import SERVICES
from mock_server.settings import ClockSetting, SandboxSettings, Settings
from mock_server.v1.domain import commands
from mock_server.v1.domain.records import Person
from mock_server.v1.domain.states import ForbiddenMove
from mock_server.v1.domain.world import World
from mock_server.v1.records import declaration_json, declarations_csv, participant_json, participants_csv
from mock_server.v1.service import V1
from mock_server.v1.state_rows import read_world, write_record
from tests.v1.domain.builders import at
from tests.v1.naive import Outcome

# By then the milestones of both cohorts' extended schedules are open.
START = at("2023-05-10T12:00:00Z")
SLUGS = ("alder", "birch", "cedar")
ACTIONS = {"defer": commands.defer, "resume": commands.resume, "withdraw": commands.withdraw}


def new_sandbox() -> Sandbox:
    """No participants; the clock stands still, so that the commands alone say what time it is."""
    settings = SandboxSettings("empty", ClockSetting(START, running=False), "return", None, 7)
    return Sandbox("properties", settings, Settings(), SERVICES, lambda: START)


def attempt(command: Any) -> Outcome:
    """What the naive model calls the outcome; `command` answers the record that it changed or made."""
    try:
        return "done", command().id
    except RulesBroken as refused:
        return "refused", list(dict(joined_by_title(refused.violations)))
    except ForbiddenMove:
        return ("forbidden",)
    except KeyError:
        return ("unknown",)


class Commands:
    """Commands with plain arguments, so that the same ones can be given to another sandbox."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox

    def add(self, given: dict[str, Any], now: datetime) -> Outcome:
        names = ("provider", "cohort", "school_urn", "mentor_id", "status", "training_status")
        return attempt(
            lambda: self.sandbox.world(V1).add_participant(
                participant_type=given["kind"],
                schedule_identifier=given["schedule"],
                person=Person("Ada Example", given["trn"], given["validated"], given["eligible"]),
                email="ada@example.org",
                now=now,
                **{name: given[name] for name in names},
            )
        )

    def register(self, id: str, trn: str, validated: bool, eligible: bool | None, now: datetime) -> Outcome:
        def command() -> Any:
            participant = self.sandbox.world(V1).participants[id]
            facts = {
                "teacher_reference_number": trn,
                "teacher_reference_number_validated": validated,
                "eligible_for_funding": eligible,
            }
            self.sandbox.world(V1).register(participant, facts, now)
            return participant

        return attempt(command)

    def set_school_status(self, id: str, status: str, now: datetime) -> Outcome:
        def command() -> Any:
            participant = self.sandbox.world(V1).participants[id]
            self.sandbox.world(V1).set_school_status(participant, status, now)
            return participant

        return attempt(command)

    def correct(self, id: str, name: str, email: str | None, now: datetime) -> Outcome:
        def command() -> Any:
            participant = self.sandbox.world(V1).participants[id]
            self.sandbox.world(V1).register(participant, {"full_name": name, "email": email}, now)
            return participant

        return attempt(command)

    def set_mentor(self, id: str, mentor_id: str | None, now: datetime) -> Outcome:
        def command() -> Any:
            participant = self.sandbox.world(V1).participants[id]
            self.sandbox.world(V1).set_mentor(participant, mentor_id, now)
            return participant

        return attempt(command)

    def amend_cohort(self, id: str, cohort: str, schedule: str | None, now: datetime) -> Outcome:
        def command() -> Any:
            participant = self.sandbox.world(V1).participants[id]
            self.sandbox.world(V1).amend_cohort(participant, cohort, schedule, now)
            return participant

        return attempt(command)

    def transfer(self, id: str, provider: str, school_urn: str, now: datetime) -> Outcome:
        def command() -> Any:
            participant = self.sandbox.world(V1).participants[id]
            self.sandbox.world(V1).transfer(participant, provider, school_urn, None, now)
            return participant

        return attempt(command)

    def set_state(self, id: str, state: str, now: datetime) -> Outcome:
        def command() -> Any:
            declaration = self.sandbox.world(V1).declarations[id]
            self.sandbox.world(V1).move_declaration(declaration, state, now)
            return declaration

        return attempt(command)

    def act(self, action: str, provider: str, id: str, given: dict[str, Any], now: datetime) -> Outcome:
        return attempt(lambda: ACTIONS[action](self.sandbox.world(V1), provider, id, given, now))

    def change_schedule(self, provider: str, id: str, given: dict[str, Any], now: datetime) -> Outcome:
        return attempt(lambda: commands.change_schedule(self.sandbox.world(V1), provider, id, given, now))

    def declare(self, provider: str, id: str, given: dict[str, Any], now: datetime, *, refuse_copies: bool) -> Outcome:
        attributes = {"participant_id": id, **given}
        return attempt(
            lambda: commands.declare(self.sandbox.world(V1), provider, attributes, now, refuse_copies=refuse_copies)
        )

    def void(self, provider: str, id: str, now: datetime) -> Outcome:
        def command() -> Any:
            declaration = self.sandbox.world(V1).own_declaration(provider, id)
            if declaration is None:
                raise KeyError(id)
            return commands.void(self.sandbox.world(V1), declaration, now)

        return attempt(command)

    def set_clock(self, moment: datetime) -> Outcome:
        self.sandbox.clock.set(moment, running=False)
        self.sandbox.moment()
        return ("done",)

    def take_snapshot(self) -> Outcome:
        return "done", self.sandbox.take_snapshot()

    def restore_snapshot(self, id: str) -> Outcome:
        self.sandbox.restore_snapshot(id)
        return ("done",)

    def restart(self) -> Outcome:
        """The world as it comes out of a state file, which holds the records in any order."""
        old = self.sandbox.world(V1)
        self.sandbox.worlds[V1.name] = new = World(PROVIDERS, self.sandbox.initial.random_seed, old.clock)
        records = [write_record(record) for record in old.every_record()]
        read_world(new, reversed(records), old.changes)
        assert [write_record(record) for record in new.every_record()] == records
        return ("done",)


def shown(sandbox: Sandbox) -> list[bytes]:
    """Every byte of the lists that the providers can read."""
    world = sandbox.world(V1)
    return [
        body
        for slug in world.providers
        for body in (
            *map(participant_json, world.list_participants(slug).all()),
            participants_csv(world.list_participants(slug).all()),
            *map(declaration_json, world.list_declarations(slug).all()),
            declarations_csv(world.list_declarations(slug).all()),
        )
    ]
