"""The rules for making and for updating a partnership (rules 5.1 and 5.2)."""

from mock_server.rules.table import Row, Table, rule
from mock_server.v3.domain.facts import PartnershipFacts, PartnershipUpdateFacts, known

# Conditions


def school_known(facts: PartnershipFacts) -> bool:
    return facts.school is not None


def provider_active(facts: PartnershipFacts) -> bool:
    """This provider has a contract in the cohort, so the cohort exists."""
    return facts.provider_active


def delivery_partner_known(facts: PartnershipFacts | PartnershipUpdateFacts) -> bool:
    return facts.delivery_partner is not None


# Rules


@rule(
    "partnership-cohort-given",
    "cohort",
    means="A partnership is for one cohort, so the request must name it.",
    remedy="Send `cohort` as a year, such as `2025`.",
)
def cohort_given(facts: PartnershipFacts) -> str | None:
    return None if facts.text("cohort") else "#/cohort must be given, as a year such as 2025"


@rule(
    "partnership-school-given",
    "school_id",
    means="A partnership is with one school, so the request must name it.",
    remedy="Send `school_id`, the `id` of a school in your list of schools.",
)
def school_given(facts: PartnershipFacts) -> str | None:
    return None if facts.text("school_id") else "#/school_id must be given"


@rule(
    "partnership-delivery-partner-given",
    "delivery_partner_id",
    means="A partnership has one delivery partner, so the request must name it.",
    remedy="Send `delivery_partner_id`, the `id` of one of your delivery partners.",
)
def delivery_partner_given(facts: PartnershipFacts | PartnershipUpdateFacts) -> str | None:
    return None if facts.text("delivery_partner_id") else "#/delivery_partner_id must be given"


@rule(
    "partnership-cohort-exists",
    "cohort",
    means="The service must know the cohort.",
    remedy="Send the first year of a cohort, such as `2025` for June 2025 to May 2026.",
)
def cohort_exists(facts: PartnershipFacts) -> str | None:
    return None if facts.cohort else f"#/cohort {facts.text('cohort')} is unknown"


@rule(
    "partnership-cohort-started",
    "cohort",
    means="You can only make a partnership once the cohort has started; a cohort starts on 1 June, London time.",
    remedy="Wait for the first day of the cohort. In the sandbox, move the clock or send `X-With-Server-Date`.",
)
def cohort_started(facts: PartnershipFacts) -> str | None:
    cohort = known(facts.cohort)
    if cohort.started_on <= facts.today:
        return None
    return f"#/cohort {cohort.year} only starts on {cohort.started_on}"


@rule(
    "partnership-cohort-open",
    "cohort",
    means="You can't make a partnership in a closed cohort.",
    remedy="Send a cohort that is still open.",
)
def cohort_open(facts: PartnershipFacts) -> str | None:
    cohort = known(facts.cohort)
    return None if cohort.enabled else f"#/cohort {cohort.year} is closed"


@rule(
    "partnership-school-exists",
    "school_id",
    means="The service must know the school.",
    remedy="Take the `id` from your list of schools. It is not the school's URN.",
)
def school_exists(facts: PartnershipFacts) -> str | None:
    return None if facts.school else "#/school_id must be the id of a school"


@rule(
    "partnership-school-eligible",
    "school_id",
    means="The school must be eligible for training funded by the department.",
    remedy="Choose a school that your list of schools shows, or ask the school to speak to the department.",
)
def school_eligible(facts: PartnershipFacts) -> str | None:
    if known(facts.school).eligible:
        return None
    return "#/school_id is a school that isn't eligible for funded training"


@rule(
    "partnership-delivery-partner-exists",
    "delivery_partner_id",
    means="The service must know the delivery partner.",
    remedy="Take the `id` from your list of delivery partners.",
)
def delivery_partner_exists(facts: PartnershipFacts | PartnershipUpdateFacts) -> str | None:
    return None if facts.delivery_partner else "#/delivery_partner_id must be the id of a delivery partner"


@rule(
    "partnership-delivery-partner-yours",
    "delivery_partner_id",
    means="You must work with the delivery partner in the partnership's cohort.",
    remedy="Choose a delivery partner whose `cohort` holds that year. To add one, ask the department.",
)
def delivery_partner_yours(facts: PartnershipFacts | PartnershipUpdateFacts) -> str | None:
    if facts.delivery_partnership:
        return None
    return "#/delivery_partner_id must be a delivery partner that works with you in the cohort"


@rule(
    "partnership-school-free",
    "school_id",
    means="You can make one partnership with a school in a cohort, whichever the delivery partner.",
    remedy="Look for the partnership in your list. To change its delivery partner, update it.",
)
def school_free(facts: PartnershipFacts) -> str | None:
    if facts.own_partnership_exists:
        return "#/school_id is a school that you have a partnership with in this cohort already"
    return None


@rule(
    "partnership-school-provider-led",
    "school_id",
    means="A school that only has school-led training in the cohort can't be in a partnership.",
    remedy="Look at the school's `induction_programme_choice`. Speak to the school if it should be provider-led.",
)
def school_not_school_led(facts: PartnershipFacts) -> str | None:
    if facts.school_led:
        return "#/school_id is a school that chose school-led training for this cohort"
    return None


@rule(
    "partnership-delivery-partner-new",
    "delivery_partner_id",
    means="The school must not have a partnership with you and this delivery partner in the cohort yet. "
    "The partnership that you update counts too.",
    remedy="Nothing to do if the partnership has this delivery partner. Else look for the other one in your list.",
)
def delivery_partner_new(facts: PartnershipUpdateFacts) -> str | None:
    if facts.same_partnership_exists:
        return "#/delivery_partner_id is the delivery partner of a partnership with this school and cohort already"
    return None


# Tables

# Rules 5.1: POST /partnerships.
CREATE = Table(
    Row(1, cohort_given),
    Row(2, school_given),
    Row(3, delivery_partner_given),
    Row(4, cohort_exists, not_after=(1,)),
    Row(5, cohort_started, not_after=(1, 4)),
    Row(6, cohort_open, not_after=(1, 4, 5)),
    Row(7, school_exists, not_after=(2,)),
    Row(8, school_eligible, not_after=(2, 7)),
    Row(9, delivery_partner_exists, not_after=(3,)),
    Row(10, delivery_partner_yours, when=(delivery_partner_known,)),
    Row(11, school_free, when=(school_known, provider_active)),
    Row(12, school_not_school_led, when=(school_known,)),
)

# Rules 5.2: PUT /partnerships/{id}. The sheet names no guard for row 2. A blank id only counts as blank.
UPDATE = Table(
    Row(1, delivery_partner_given),
    Row(2, delivery_partner_exists, not_after=(1,)),
    Row(3, delivery_partner_yours, when=(delivery_partner_known,)),
    Row(4, delivery_partner_new),
)
