"""Version 3 as a `Service`: its row for the table of services."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import orjson

from mock_server.resources import specification
from mock_server.service import ControlHandler, Kept, Service
from mock_server.v3 import seeding
from mock_server.v3.checks import ProviderChecks
from mock_server.v3.domain.commands import CATALOGUE
from mock_server.v3.domain.restoring import restore
from mock_server.v3.domain.rows import head_of, row_of
from mock_server.v3.domain.world import World
from mock_server.v3.errors import ERROR_CATALOGUE, ERRORS
from mock_server.v3.operations import provider_operations
from mock_server.v3.queries import read_server_date


def _write(record: Any) -> bytes:
    return orjson.dumps(row_of(record))


def _read(world: World, rows: Iterable[bytes], changes: int) -> None:
    restore(world, {**head_of(world), "changes": changes}, map(orjson.loads, rows))


def _check_row(row: Mapping[str, Any]) -> None:
    # Only files of worlds need it, and it takes some time to make.
    from mock_server.v3.row_shapes import check_row

    check_row(row)


def _problems(world: World) -> Iterable[str]:
    from mock_server.v3.domain.soundness import problems

    return problems(world)


def _control() -> Mapping[str, ControlHandler]:
    from mock_server.v3.control.operations import CONTROL

    return CONTROL


V3: Final = Service(
    name="v3",
    title="Lead provider API v3",
    prefix="/api/v3",
    first_request="/participants?page%5Bper_page%5D=2",
    operations=provider_operations,
    checks=lambda limits: ProviderChecks(specification("v3"), limits),
    server_date=read_server_date,
    errors=ERRORS,
    empty_world=seeding.empty_world,
    seeded_world=seeding.seeded_world,
    kept=Kept(_write, _read, _check_row, _problems),
    control=_control,
    catalogue=CATALOGUE,
    error_catalogue=ERROR_CATALOGUE,
)
