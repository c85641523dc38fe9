"""What the control API does to providers, cohorts, schools, delivery partners, partnerships and statements."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from mock_server.client import ControlClient, SandboxClient
from mock_server.v3.control.client import V3Client
from mock_server.v3.control.models import Uplift
from tests.v3.control.providers import declared
from tests.v3.control.refusals import NOBODY, refusal

NOW = datetime(2026, 2, 10, 9, tzinfo=UTC)
YEARS = ("2021", "2022", "2023", "2024", "2025", "2026")


def partner_of(v3: V3Client, provider: str = "alder") -> str:
    return next(each.id for each in v3.delivery_partners() if provider in each.works_with)


# -- the empty seed --------------------------------------------------------------------------------


def test_the_empty_seed_has_contracts_statements_and_two_delivery_partners_a_provider(v3: V3Client) -> None:
    assert {each.slug: each.cohorts for each in v3.providers()} == {
        "alder": YEARS,
        "birch": YEARS,
        "cedar": YEARS,
        "dogwood": (),
    }
    partners = v3.delivery_partners()
    for provider in ("alder", "birch", "cedar"):
        assert [each.works_with for each in partners if provider in each.works_with] == [{provider: YEARS}] * 2
    assert (v3.schools(), v3.partnerships(), v3.participants(), v3.declarations()) == ((), (), (), ())
    assert {each.fee_type for each in v3.statements()} == {"output", "service"}


# -- providers and cohorts -------------------------------------------------------------------------


def test_a_contract_that_is_added_brings_its_statements(v3: V3Client) -> None:
    assert v3.change_provider("dogwood", cohorts=["2025"]).cohorts == ("2025",)
    made = [each for each in v3.statements() if each.provider == "dogwood"]
    assert {each.cohort for each in made} == {"2025"}
    assert len([each for each in made if each.fee_type == "output"]) == 12


def test_a_contract_that_is_used_stays(v3: V3Client) -> None:
    v3.register(role="ect", provider="alder")
    assert refusal(v3.change_provider, "alder", cohorts=["2024"]) == (409, [])
    assert v3.change_provider("alder", name="Alder Learning").name == "Alder Learning"


@pytest.mark.parametrize(
    ("slug", "change", "refused"),
    [
        ("elder", {"name": "Elder"}, (404, [])),
        ("alder", {}, (422, [""])),
        ("alder", {"cohorts": ["2029"]}, (422, ["/cohorts/0"])),
        ("alder", {"cohorts": ["21"]}, (422, ["/cohorts/0"])),
    ],
)
def test_a_change_of_a_provider_that_cannot_be_is_refused(
    v3: V3Client, slug: str, change: dict[str, Any], refused: tuple[int, list[str]]
) -> None:
    status, places = refusal(v3.change_provider, slug, **change)
    assert (status, [place or "" for place in places]) == refused


def test_a_cohort_is_closed(v3: V3Client) -> None:
    closed = v3.change_cohort("2023", enabled=False, payments_frozen_at=NOW)
    assert (closed.enabled, closed.payments_frozen_at) == (False, NOW)
    assert v3.change_cohort("2023", payments_frozen_at=None).payments_frozen_at is None


def test_an_unknown_cohort_is_made_from_the_one_before(v3: V3Client) -> None:
    made = v3.change_cohort("2027")
    assert (made.started_on, made.finished_on) == (date(2027, 6, 1), date(2028, 5, 31))
    assert made.schedules["ecf-standard-january"]["started"].start == date(2028, 1, 1)
    assert [each.cohort for each in v3.cohorts()] == [*YEARS, "2027"]
    assert refusal(v3.change_cohort, "2030") == (409, [])


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ({"started_on": "2026-02-30"}, (422, ["/started_on"])),
        ({"payments_frozen_at": "2026-02-10"}, (422, ["/payments_frozen_at"])),
        ({"enabled": "no"}, (422, ["/enabled"])),
        ({"finished_on": "2025-05-31"}, (409, [])),
    ],
    ids=str,
)
def test_a_change_of_a_cohort_that_cannot_be_is_refused(
    v3: V3Client, change: dict[str, Any], refused: tuple[int, list[str]]
) -> None:
    assert refusal(v3.change_cohort, "2025", **change) == refused
    assert refusal(v3.change_cohort, "next", **change)[0] in {404, 422}


# -- schools and delivery partners -----------------------------------------------------------------


def test_a_school_has_no_more_than_it_is_told(v3: V3Client) -> None:
    school = v3.add_school()
    assert (school.induction_tutor_name, school.induction_tutor_email, school.contact_email) == (None, None, None)
    assert (school.eligible, school.uplifts, school.partnerships) == (True, {}, ())
    assert school.created_at == NOW
    assert v3.schools() == (school,)
    assert v3.school(school.urn) == school


def test_each_fact_of_a_school_can_be_set_alone(v3: V3Client) -> None:
    urn = v3.add_school(urn="123456", uplifts={"2024": {"pupil_premium": True, "sparsity": False}}).urn
    assert v3.change_school(urn, contact_email="office@hillside.example").contact_email == "office@hillside.example"
    assert v3.change_school(urn, induction_tutor_name="Iris Bell").contact_email == "office@hillside.example"
    assert v3.change_school(urn, eligible=False).eligible is False
    both = v3.change_school(urn, uplifts={"2023": {"pupil_premium": False, "sparsity": True}}).uplifts
    assert both == {"2023": Uplift(False, True), "2024": Uplift(True, False)}
    assert v3.change_school(urn, uplifts={"2024": None}).uplifts == {"2023": Uplift(False, True)}
    assert v3.change_school(urn, urn="654321").urn == "654321"
    assert refusal(v3.school, "123456") == (404, [])


@pytest.mark.parametrize(
    ("facts", "refused"),
    [
        ({"urn": "123456"}, (409, [])),
        ({"urn": "12345"}, (422, ["/urn"])),
        ({"name": ""}, (422, ["/name"])),
        ({"uplifts": {"2029": {"pupil_premium": True, "sparsity": True}}}, (422, ["/uplifts/2029"])),
        ({"uplifts": {"2024": {"pupil_premium": True}}}, (422, ["/uplifts/2024"])),
    ],
    ids=str,
)
def test_a_school_that_cannot_be_is_refused(
    v3: V3Client, facts: dict[str, Any], refused: tuple[int, list[str]]
) -> None:
    v3.add_school(urn="123456")
    other = v3.add_school(urn="654321")
    assert refusal(v3.add_school, **facts) == refused
    assert refusal(v3.change_school, other.urn, **facts) == refused
    assert [each.urn for each in v3.schools()] == ["123456", "654321"]


def test_what_a_delivery_partner_works_with_is_replaced(v3: V3Client) -> None:
    made = v3.add_delivery_partner(name="Meadow Training Hub", works_with={"alder": ["2024", "2025"]})
    changed = v3.change_delivery_partner(made.id, works_with={"birch": ["2025"]})
    assert (changed.name, changed.works_with) == ("Meadow Training Hub", {"birch": ("2025",)})
    assert v3.add_delivery_partner().works_with == {}


@pytest.mark.parametrize(
    ("works_with", "refused"),
    [
        ({"elder": ["2025"]}, (422, ["/works_with/elder"])),
        ({"alder": ["2025", "2029"]}, (422, ["/works_with/alder/1"])),
        ({"dogwood": ["2025"]}, (409, [])),
    ],
    ids=str,
)
def test_a_delivery_partner_works_with_contracts_only(
    v3: V3Client, works_with: dict[str, list[str]], refused: tuple[int, list[str]]
) -> None:
    assert refusal(v3.add_delivery_partner, works_with=works_with) == refused
    assert refusal(v3.change_delivery_partner, partner_of(v3), works_with=works_with) == refused
    assert refusal(v3.change_delivery_partner, NOBODY, works_with=works_with) == (404, [])


def test_a_pair_that_has_partnerships_cannot_be_removed(v3: V3Client) -> None:
    partner = partner_of(v3)
    v3.partnership(provider="alder", school_urn=v3.add_school().urn, delivery_partner_id=partner, cohort="2025")
    assert refusal(v3.change_delivery_partner, partner, works_with={"alder": ["2024"]}) == (409, [])
    assert v3.change_delivery_partner(partner, works_with={"alder": ["2025"]}).works_with == {"alder": ("2025",)}


# -- partnerships and statements -------------------------------------------------------------------


def test_the_department_makes_partnerships_that_a_provider_could_not(v3: V3Client) -> None:
    """Without the checks of rules 5.1: for an ineligible school, in a closed cohort, and twice."""
    school = v3.add_school(eligible=False)
    first, second = [each.id for each in v3.delivery_partners() if "alder" in each.works_with]
    facts = {"provider": "alder", "school_urn": school.urn, "cohort": "2021"}
    made = v3.partnership(delivery_partner_id=first, **facts)
    assert (made.provider, made.school_urn, made.cohort) == ("alder", school.urn, "2021")
    assert made.created_at == made.updated_at == NOW
    also = v3.partnership(delivery_partner_id=second, **facts)
    assert v3.partnerships() == (made, also)
    assert v3.school(school.urn).partnerships == (made.id, also.id)
    assert refusal(v3.partnership, delivery_partner_id=first, **facts) == (409, [])


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"provider": "elder"}, "/provider"),
        ({"cohort": "2029"}, "/cohort"),
        ({"school_urn": "999999"}, "/school_urn"),
        ({"delivery_partner_id": NOBODY}, "/delivery_partner_id"),
    ],
    ids=str,
)
def test_a_partnership_names_what_there_is(v3: V3Client, change: dict[str, str], place: str) -> None:
    facts = {"provider": "alder", "school_urn": v3.add_school().urn, "cohort": "2025"}
    assert refusal(v3.partnership, **{"delivery_partner_id": partner_of(v3), **facts, **change}) == (422, [place])


def test_a_statement_has_the_usual_days_unless_told(v3: V3Client) -> None:
    made = v3.add_statement(provider="alder", cohort="2023", month=11, year=2026)
    assert (made.deadline_date, made.payment_date) == (date(2026, 10, 31), date(2026, 11, 25))
    assert (made.fee_type, made.status, made.declarations, made.clawbacks) == ("output", "open", (), ())
    changed = v3.change_statement(made.id, deadline_date="2026-10-01")
    assert (changed.deadline_date, changed.payment_date) == (date(2026, 10, 1), date(2026, 11, 25))
    assert refusal(v3.add_statement, provider="alder", cohort="2023", month=11, year=2026) == (409, [])


def test_a_statement_moves_on_along_its_arrows_only(v3: V3Client) -> None:
    """Rules 6.2: `payable` on any day; `paid` only with something to pay."""
    made = v3.add_statement(provider="alder", cohort="2023", month=11, year=2026)
    assert refusal(v3.change_statement, made.id, status="paid") == (409, [])
    assert v3.change_statement(made.id, status="payable").status == "payable"
    assert refusal(v3.change_statement, made.id, status="paid") == (409, [])
    assert refusal(v3.change_statement, made.id, status="open") == (422, ["/status"])


@pytest.mark.parametrize(
    ("statements", "states"), [("by_date", ["payable", "paid"]), ("by_hand", ["payable", "payable"])]
)
def test_a_sandbox_says_whether_its_statements_are_paid_by_the_calendar(
    client: ControlClient, statements: Any, states: list[str]
) -> None:
    """Its reset keeps to it; by hand, a call pays."""
    clock: Any = {"now": NOW, "running": False}
    made = client.create_sandbox(seed="empty", clock=clock, statements=statements)
    sandbox = client.sandbox(made.id)
    sandbox.reset()
    ect = sandbox.v3.register(role="ect", provider="alder", partnership="new", started_on="2025-09-01")
    sandbox.v3.change_induction(ect.id, started_on="2025-09-01")
    id = declared(client, made.tokens["alder"], ect.id)
    seen = []
    for day in ("2026-04-24T09:00:00Z", "2026-04-25T09:00:00Z"):
        sandbox.set_clock(now=day)
        seen.append(sandbox.v3.declaration(id).state)
    assert seen == states
    statement = sandbox.v3.declaration(id).statement_id
    assert statement is not None
    if statements == "by_hand":
        assert sandbox.v3.change_statement(statement, status="paid").status == "paid"
        assert sandbox.v3.declaration(id).state == "paid"
    client.sandbox(made.id).delete()


def test_a_statement_is_deleted_unless_it_has_declarations(v3: V3Client) -> None:
    made = v3.add_statement(provider="alder", cohort="2023", month=11, year=2026)
    v3.delete_statement(made.id)
    assert refusal(v3.delete_statement, made.id) == (404, [])


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ({"month": 0}, (422, ["/month"])),
        ({"year": 20}, (422, ["/year"])),
        ({"cohort": "2029"}, (422, ["/cohort"])),
        ({"provider": "dogwood"}, (409, [])),
        ({"payment_date": "2026-10-01"}, (409, [])),
        ({"deadline_date": "9999-12-31"}, (422, ["/deadline_date"])),
    ],
    ids=str,
)
def test_a_statement_that_cannot_be_is_refused(
    v3: V3Client, change: dict[str, Any], refused: tuple[int, list[str]]
) -> None:
    assert (
        refusal(v3.add_statement, **{"provider": "alder", "cohort": "2023", "month": 11, "year": 2026, **change})
        == refused
    )


def test_a_snapshot_brings_the_world_back(sandbox: SandboxClient) -> None:
    ect = sandbox.v3.register(role="ect", provider="alder", partnership="new", started_on="2025-09-01")
    kept = sandbox.snapshot()
    sandbox.v3.depart(ect.id, role="ect")
    sandbox.restore(kept)
    assert sandbox.v3.participant(ect.id) == ect
    sandbox.reset()
    assert sandbox.v3.participants() == ()
