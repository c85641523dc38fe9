"""Version 1 as a `Service`: its row for the table of services."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from mock_server.resources import specification
from mock_server.service import ControlHandler, Kept, Service
from mock_server.v1 import seeding
from mock_server.v1.checks import ProviderChecks
from mock_server.v1.domain.commands import CATALOGUE
from mock_server.v1.domain.world import World
from mock_server.v1.errors import ERRORS
from mock_server.v1.operations import provider_operations
from mock_server.v1.queries import MAX_PER_PAGE, read_server_date
from mock_server.v1.records import participant_json
from mock_server.v1.state_rows import read_world, write_record


def _render(world: World) -> None:
    """Renders what the longest first page of each provider shows. A large world would take long as a whole."""
    for provider in world.providers:
        for enrolment in world.list_participants(provider).page(1, MAX_PER_PAGE):
            participant_json(enrolment)


def _check_row(row: Mapping[str, Any]) -> None:
    # Only files of worlds need it, and it takes some time to make.
    from mock_server.v1.row_shapes import check_row

    check_row(row)


def _problems(world: World) -> Iterable[str]:
    from mock_server.v1.domain.soundness import problems

    return problems(world)


def _control() -> Mapping[str, ControlHandler]:
    from mock_server.v1.control.operations import CONTROL

    return CONTROL


V1: Final = Service(
    name="v1",
    title="Lead provider API v1",
    prefix="/api/v1",
    first_request="/participants/ecf?page%5Bper_page%5D=2",
    operations=provider_operations,
    checks=lambda limits: ProviderChecks(specification("v1"), limits),
    server_date=read_server_date,
    errors=ERRORS,
    empty_world=seeding.empty_world,
    seeded_world=seeding.seeded_world,
    kept=Kept(write_record, read_world, _check_row, _problems),
    control=_control,
    catalogue=CATALOGUE,
    warm=_render,
    made_at_start=True,
)
