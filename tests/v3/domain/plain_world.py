"""A whole world as plain data, derived things and lists included: two worlds with the same data are the same."""

from typing import Any

from mock_server.v3.domain.lists import Listing, Sort
from mock_server.v3.domain.records import Transfer, View
from mock_server.v3.domain.rows import Row, head_of, rows_of
from mock_server.v3.domain.world import World


def plain(world: World) -> dict[str, Any]:
    return {"head": head_of(world), "rows": sorted(rows_of(world), key=_number), "derived": derived(world)}


def _number(row: Row) -> int:
    (fields,) = row.values()
    number: int = fields["sequence"]
    return number


def derived(world: World) -> dict[str, Any]:
    """What settles with each change."""
    return {
        "views": {slug: [_view(view) for view in listing.select().all()] for slug, listing in world.view_lists.items()},
        "transfers": {
            slug: [(view.teacher.id, view.transfers_updated_at) for view in listing.select().all()]
            for slug, listing in world.transfer_lists.items()
        },
        "unfunded": {
            slug: [
                (each.teacher.id, sorted(mentorship.sequence for mentorship in each.mentorships))
                for each in listing.select().all()
            ]
            for slug, listing in world.unfunded_lists.items()
        },
        "declarations": {
            slug: [each.id for each in listing.select().all()] for slug, listing in world.declaration_lists.items()
        },
        "partnerships": {
            slug: [each.id for each in listing.select().all()] for slug, listing in world.partnership_lists.items()
        },
        "statements": {slug: [each.id for each in listed] for slug, listed in world.statement_lists.items()},
        "partners": {
            slug: [each.id for each in listing.select().all()] for slug, listing in world.delivery_partner_lists.items()
        },
        "schools": {
            cohort: [
                (each.school.urn, each.in_partnership, each.induction_programme_choice)
                for each in listing.select().all()
            ]
            for cohort, listing in world.school_lists.items()
        },
        "interests": {school.urn: dict(sorted(school.interests.items())) for school in world.schools.values()},
        "choices": {school.urn: dict(sorted(school.choices.items())) for school in world.schools.values()},
        "held": {
            statement.id: (
                [each.sequence for each in statement.declarations],
                [each.sequence for each in statement.clawbacks],
            )
            for statement in world.statements.values()
        },
        "by update": {
            name: {slug: _by_update(listing) for slug, listing in listings.items()}
            for name, listings in (
                ("views", world.view_lists),
                ("transfers", world.transfer_lists),
                ("unfunded", world.unfunded_lists),
                ("declarations", world.declaration_lists),
                ("partnerships", world.partnership_lists),
                ("partners", world.delivery_partner_lists),
                ("schools", world.school_lists),
            )
        },
        "merged": {old: teacher.id for old, teacher in sorted(world.merged.items())},
        "trns": {trn: teacher.id for trn, teacher in sorted(world.teachers_by_trn.items())},
    }


def _by_update(listing: Listing[Any]) -> list[str]:
    return [each.id for each in listing.select(sort=(Sort("updated_at"),)).all()]


def _view(view: View) -> tuple[Any, ...]:
    return (
        view.teacher.id,
        view.ect and view.ect.sequence,
        view.mentor and view.mentor.sequence,
        view.mentorship and view.mentorship.sequence,
        [_transfer(transfer) for transfer in view.transfers],
    )


def _transfer(transfer: Transfer) -> tuple[Any, ...]:
    return transfer.leaving.sequence, transfer.joining and transfer.joining.sequence
