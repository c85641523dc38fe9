"""Making and correcting partnerships, and what they make visible (rules 5.1, 5.2, 3.4, 3.5 and 4)."""

from typing import Any, Final

from mock_server.harness.check.bench import OWN, PEER
from mock_server.harness.check.probes import Values, probe
from mock_server.harness.check.transport import UNKNOWN_ID
from mock_server.harness.v3.check.behaviour.acts import shows
from mock_server.harness.v3.check.behaviour.shown import compare_everything
from mock_server.harness.v3.check.bench import COHORT, Bench, Sender, body

CREATE: Final = "createPartnership"
UPDATE: Final = "updatePartnership"
_LISTS: Final = ("getPartnerships", "getSchools", "getParticipants")
_C, _S, _D = "cohort", "school_id", "delivery_partner_id"


def _given(bench: Bench, **other: Any) -> dict[str, Any]:
    """Attributes of a partnership that is accepted, with a school of its own, unless `other` says otherwise."""
    school = {} if _S in other else {_S: bench.control.v3.add_school().id}
    return {_C: COHORT, _D: bench.partners()[0], **school, **other}


def _refuse(sender: Sender, rules: list[str], given: dict[str, Any]) -> None:
    sender.refused_whole(_LISTS, rules, CREATE, body=body(**given))


# What is given instead of a good value, and the rules that refuse it, in order (rules 5.1).
_COMPLAINTS: Final[tuple[tuple[dict[str, Any], list[str]], ...]] = (
    (
        {_C: "", _S: "", _D: ""},
        ["partnership-cohort-given", "partnership-school-given", "partnership-delivery-partner-given"],
    ),
    ({_C: None}, ["partnership-cohort-given", "partnership-delivery-partner-yours"]),
    ({_S: None}, ["partnership-school-given"]),
    ({_S: {}}, ["partnership-school-given"]),
    ({_D: ""}, ["partnership-delivery-partner-given"]),
    ({_C: "1999"}, ["partnership-cohort-exists", "partnership-delivery-partner-yours"]),
    ({_C: "abc"}, ["partnership-cohort-exists", "partnership-delivery-partner-yours"]),
    ({_C: "2026"}, ["partnership-cohort-started"]),
    ({_C: "2021"}, ["partnership-cohort-open"]),
    ({_C: "2022"}, ["partnership-cohort-open"]),
    ({_S: UNKNOWN_ID}, ["partnership-school-exists"]),
    ({_S: "123456"}, ["partnership-school-exists"]),
    ({_D: UNKNOWN_ID}, ["partnership-delivery-partner-exists"]),
    ({_D: "abc"}, ["partnership-delivery-partner-exists"]),
    (
        {_C: "2022", _S: UNKNOWN_ID, _D: UNKNOWN_ID},
        ["partnership-cohort-open", "partnership-school-exists", "partnership-delivery-partner-exists"],
    ),
    # What is blank is named before what is unknown.
    (
        {_C: "1999", _S: "", _D: UNKNOWN_ID},
        ["partnership-school-given", "partnership-cohort-exists", "partnership-delivery-partner-exists"],
    ),
)


@probe("What is missing, unknown, closed or still to come is named, one entry each, in order.", CREATE)
def complaints(bench: Bench, operation: str) -> None:
    """Rows 1 to 10."""
    for other, rules in _COMPLAINTS:
        _refuse(bench.own, rules, _given(bench, **other))
    theirs = bench.partners(PEER)[0]
    _refuse(bench.own, ["partnership-delivery-partner-yours"], _given(bench, delivery_partner_id=theirs))
    ineligible = bench.control.v3.add_school(eligible=False).id
    _refuse(bench.own, ["partnership-school-eligible"], _given(bench, school_id=ineligible))
    # A provider without a contract in the cohort works with nobody there.
    given = _given(bench)
    bench.control.v3.change_provider(OWN, cohorts=["2024"])
    _refuse(bench.own, ["partnership-delivery-partner-yours"], given)
    _refuse(bench.none, ["partnership-delivery-partner-yours"], given)


# When cohorts begin (rules 5.1, row 5): 1 June in London.
_BEGINS: Final = (("2026-05-31T22:59:59Z", False), ("2026-05-31T23:00:00Z", True))


@probe("A cohort takes partnerships from the first moment of 1 June in London, and until it is closed.", CREATE)
def begins(bench: Bench, operation: str) -> None:
    for moment, accepted in _BEGINS:
        bench.to(moment)
        given = _given(bench, cohort="2026")
        if accepted:
            bench.own.accepted(operation, body=body(**given))
        else:
            _refuse(bench.own, ["partnership-cohort-started"], given)
    bench.control.v3.change_cohort("2026", enabled=False)
    _refuse(bench.own, ["partnership-cohort-open"], _given(bench, cohort="2026"))
    # Frozen payments close nothing here.
    bench.control.v3.change_cohort("2025", payments_frozen_at="2026-01-01T00:00:00Z")
    bench.own.accepted(operation, body=body(**_given(bench)))


@probe("One partnership for a provider, school and cohort; other providers and cohorts have their own.", CREATE)
def one_each(bench: Bench, operation: str) -> None:
    """Rows 11 and 12. The department may make a second one."""
    own, other, school = bench.own, bench.other, bench.control.v3.add_school()
    first, second = bench.partners()
    given = {_C: COHORT, _S: school.id, _D: first}
    now = bench.tick()
    made = own.accepted(operation, body=body(**given)).json["data"]
    own.expect(
        made["attributes"]["updated_at"] == made["attributes"]["created_at"] == now, "both moments are now", f"{made}"
    )
    _refuse(own, ["partnership-school-free"], given)
    _refuse(own, ["partnership-school-free"], {**given, _D: second})
    for open_too in ("2023", "2024"):
        own.accepted(operation, body=body(**{**given, _C: open_too}))
    other.accepted(operation, body=body(**{**given, _D: bench.partners(PEER)[0]}))
    school_led = bench.control.v3.add_school()
    bench.trained(provider=None, school_urn=school_led.urn)
    _refuse(own, ["partnership-school-provider-led"], {**given, _S: school_led.id})
    own.accepted(operation, body=body(**{**given, _C: "2024", _S: school_led.id}))
    bench.control.v3.partnership(provider=OWN, school_urn=school.urn, cohort=COHORT, delivery_partner_id=second)
    compare_everything(bench)


@probe("A partnership makes visible whom the school had registered with the provider, and nobody else.", CREATE)
def interests(bench: Bench, operation: str) -> None:
    """Rules 5.1, effects: expressions of interest."""
    own, other, control = bench.own, bench.other, bench.control.v3
    school = control.add_school(induction_tutor_email=None, contact_email="office@example.org")
    # Whoever keeps what was read before shows it later.
    before = own.shown("getSchool", school.id)
    own.expect(before["induction_programme_choice"] == "not_yet_known", "the school hasn't chosen yet", f"{before}")
    registered: dict[tuple[str, str], str] = {}
    for provider, cohort in ((OWN, COHORT), (PEER, COHORT), (OWN, "2024")):
        person = control.register(
            role="ect", provider=provider, school_urn=school.urn, cohort=cohort, started_on="2025-09-01"
        )
        registered[provider, cohort] = person.id
    compare_everything(bench)
    [shown] = [each for each in own.records("getSchools") if each["id"] == school.id]
    facts = shown["attributes"]
    own.expect(facts["expression_of_interest"] is True, "there is an expression of interest", f"{facts}")
    own.expect(facts["induction_tutor_email"] == "office@example.org", "the school's own address is shown", f"{facts}")
    own.expect(facts["in_partnership"] is False, "nobody is in partnership yet", f"{facts}")
    own.expect(own.ids("getParticipants") == [], "nobody is visible yet", "somebody is")
    now = bench.tick()
    own.accepted(operation, body=body(**{_C: COHORT, _S: school.id, _D: bench.partners()[0]}))
    found = own.ids("getParticipants")
    wanted = [registered[OWN, COHORT]]
    own.expect(found == wanted, f"the list has {wanted}", f"it has {found}")
    shows(own, wanted[0], updated_at=now, participant_status="active", delivery_partner_id=bench.partners()[0])
    alone = own.shown("getSchool", school.id)
    moved = alone["updated_at"]
    own.expect(moved == now, f"the school's record moved at {now}", f"it moved at {moved}")
    listed = [each["attributes"] for each in own.records("getSchools") if each["id"] == school.id]
    own.expect(listed == [alone], f"the list shows the school as it is alone: {alone}", f"it shows {listed}")
    other.expect(other.ids("getParticipants") == [], "the other provider sees nobody", "it sees somebody")
    compare_everything(bench)


@probe("A partnership can be given another delivery partner, never the one that the school has already.", UPDATE)
def corrected(bench: Bench, operation: str) -> None:
    """Rules 5.2: declarations keep theirs, participants follow, and all of them move."""
    own, control = bench.own, bench.control.v3
    first, second = bench.partners()
    id = bench.trained(delivery_partner_id=first)
    made = own.declare(id)["id"]
    [partnership] = own.ids("getPartnerships")
    odd: tuple[tuple[str, Values], ...] = (
        ("given", (None, "", " ")),
        ("exists", ("abc", UNKNOWN_ID)),
        ("new", (first, first.upper())),
        ("yours", (bench.partners(PEER)[0],)),
    )
    for rule, values in odd:
        for value in values:
            rules = [f"partnership-delivery-partner-{rule}"]
            own.refused_whole(_LISTS, rules, operation, partnership, body=body(delivery_partner_id=value))
    now = bench.tick()
    own.accepted(operation, partnership, body=body(delivery_partner_id=second, cohort="1999"))
    shows(own, id, delivery_partner_id=second, updated_at=now)
    shown = own.shown("getPartnership", partnership)
    own.expect(
        (shown[_D], shown["updated_at"]) == (second, now), "the partnership has the other one, from now", f"{shown}"
    )
    listed = [each["attributes"] for each in own.records("getPartnerships")]
    own.expect(listed == [shown], f"so does the list: {shown}", f"it has {listed}")
    declared = own.declaration(made)
    own.expect(declared[_D] == first, "the declaration keeps its delivery partner", f"it has {declared[_D]}")
    own.expect(
        declared["updated_at"] == now, f"it moved at {now} all the same", f"it moved at {declared['updated_at']}"
    )
    bench.tick()
    next_one = own.declare(id, declaration_type="retained-1", declaration_date="2025-12-01T09:00:00Z")["attributes"]
    own.expect(next_one[_D] == second, "the next declaration has the new one", f"it has {next_one[_D]}")
    # Closed and frozen cohorts don't matter.
    control.change_cohort(COHORT, enabled=False, payments_frozen_at="2026-01-01T00:00:00Z")
    own.accepted(operation, partnership, body=body(delivery_partner_id=first))
    urn = control.partnerships()[0].school_urn
    control.partnership(provider=OWN, school_urn=urn, cohort=COHORT, delivery_partner_id=second)
    own.refused_whole(
        _LISTS, ["partnership-delivery-partner-new"], operation, partnership, body=body(delivery_partner_id=second)
    )
    compare_everything(bench)


@probe("Another provider's partnership is unknown.", UPDATE, "getPartnership")
def only_ones_own(bench: Bench, operation: str) -> None:
    bench.trained(provider=PEER)
    [theirs] = bench.other.ids("getPartnerships")
    bench.own.send(
        operation, theirs, body=body(delivery_partner_id=bench.partners()[1]) if operation == UPDATE else None
    )
    bench.own.status(404, "the partnership is another provider's")


@probe("`participants_currently_training` counts who trains today, their last day included.", "getPartnership")
def in_training(bench: Bench, operation: str) -> None:
    """Rules 3.4. What the calendar changes moves `updated_at` at 00:01 UTC (rules 3.9)."""
    own = bench.own
    urn = bench.control.v3.add_school().urn
    leaving = bench.trained(school_urn=urn)
    bench.trained("mentor", school_urn=urn)
    bench.trained(school_urn=urn, started_on="2026-02-12")
    bench.control.v3.depart(leaving, role="ect", on="2026-02-10")
    [id] = own.ids("getPartnerships")
    before = own.shown(operation, id)["updated_at"]
    for moment, count, moved in (
        ("2026-02-10T23:59:59Z", 2, before),
        ("2026-02-11T00:00:30Z", 1, before),
        ("2026-02-11T00:01:00Z", 1, "2026-02-11T00:01:00Z"),
        ("2026-02-11T23:59:59Z", 1, "2026-02-11T00:01:00Z"),
        ("2026-02-12T00:01:00Z", 2, "2026-02-12T00:01:00Z"),
        ("2026-02-20T09:00:00Z", 2, "2026-02-12T00:01:00Z"),
    ):
        bench.to(moment)
        shown = own.shown(operation, id)
        came = shown["participants_currently_training"], shown["updated_at"]
        own.expect(came == (count, moved), f"at {moment} the count and moment are {(count, moved)}", f"they are {came}")


PROBES: Final = (complaints, begins, one_each, interests, corrected, only_ones_own, in_training)
