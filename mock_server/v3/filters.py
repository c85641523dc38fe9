"""The filters of v3's lists (rules 2.4), as conditions on records. Equal filters compare equal, so lists keep them.

A member is None if the client didn't give the filter. An empty set, or a text that fits nothing, lets nobody through.
"""

from dataclasses import dataclass

from mock_server.v3.domain.derived import entries
from mock_server.v3.domain.records import Declaration, DeliveryPartner, Partnership, Training, View


@dataclass(frozen=True, slots=True)
class ParticipantFilter:
    """Both use the latest training period in either role. One role may fit the cohort, the other the status."""

    cohorts: frozenset[str] | None
    training_status: str | None

    def __call__(self, view: View) -> bool:
        latest = [training for _, training in entries(view)]
        return (self.cohorts is None or any(each.cohort in self.cohorts for each in latest)) and (
            self.training_status is None or any(has_status(each, self.training_status) for each in latest)
        )


def has_status(training: Training, status: str) -> bool:
    """Whether the filter finds the status. Somebody first deferred and then withdrawn has both."""
    match status:
        case "active":
            return training.deferred_at is None and training.withdrawn_at is None
        case "deferred":
            return training.deferred_at is not None
        case "withdrawn":
            return training.withdrawn_at is not None
        case _:
            return False


@dataclass(frozen=True, slots=True)
class DeclarationFilter:
    """Looks at the cohort of the training period, and at the delivery partner at the declaration's creation."""

    cohorts: frozenset[str] | None
    delivery_partner_ids: frozenset[str] | None

    def __call__(self, declaration: Declaration) -> bool:
        return (self.cohorts is None or declaration.cohort in self.cohorts) and (
            self.delivery_partner_ids is None or declaration.delivery_partner.id in self.delivery_partner_ids
        )


@dataclass(frozen=True, slots=True)
class PartnershipFilter:
    cohorts: frozenset[str] | None
    delivery_partner_ids: frozenset[str] | None

    def __call__(self, partnership: Partnership) -> bool:
        return (self.cohorts is None or partnership.cohort in self.cohorts) and (
            self.delivery_partner_ids is None or partnership.delivery_partner.id in self.delivery_partner_ids
        )


@dataclass(frozen=True, slots=True)
class DeliveryPartnerFilter:
    """Looks at the cohorts in which the partner works with this provider."""

    provider: str
    cohorts: frozenset[str]

    def __call__(self, partner: DeliveryPartner) -> bool:
        return not self.cohorts.isdisjoint(partner.cohorts_with(self.provider))
