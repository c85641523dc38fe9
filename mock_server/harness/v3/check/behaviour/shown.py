"""Every attribute of every record, against what the control API says of the world; lists against single reads."""

from collections.abc import Callable, Iterator
from typing import Any, Final

from mock_server.harness.check.bench import OWN, PEER
from mock_server.harness.check.probes import probe
from mock_server.harness.v3.check.bench import COHORTS, Bench, Sender
from mock_server.harness.v3.check.expected import Expected, Record

Wanted = Iterator[tuple[str, Record]]

# Each list with the operation that reads one of its records, and with what it must show.
_LISTS: Final[dict[str, tuple[str, Callable[[Expected, str], Wanted]]]] = {
    "getParticipants": ("getParticipant", Expected.participants),
    "getTransfers": ("getTransfer", Expected.transfers),
    "getDeclarations": ("getDeclaration", Expected.declarations),
    "getPartnerships": ("getPartnership", Expected.partnership_records),
    "getDeliveryPartners": ("getDeliveryPartner", Expected.delivery_partners),
    "getStatements": ("getStatement", Expected.statements),
    "getUnfundedMentors": ("getUnfundedMentor", Expected.unfunded_mentors),
}


def compare(sender: Sender, expected: Expected, operation: str, provider: str) -> None:
    """The provider's list has exactly the records, in order, with each attribute as the control API has it."""
    wanted = dict(_LISTS[operation][1](expected, provider))
    _same(sender, sender.records(operation), wanted)


def _same(sender: Sender, records: list[dict[str, Any]], wanted: dict[str, Record]) -> None:
    found, ids = [record["id"] for record in records], list(wanted)
    missing, surplus = [id for id in ids if id not in found], [id for id in found if id not in wanted]
    said = f"without {missing[:3]}" if missing else f"with {surplus[:3]}" if surplus else "in another order"
    sender.expect(found == ids, f"the list has {len(ids)} records, in the order of their creation", said)
    for record in records:
        _fits(sender, record["id"], record["attributes"], wanted[record["id"]])


def _fits(sender: Sender, id: str, shown: Record, wanted: Record) -> None:
    """Attributes that `wanted` doesn't name may have any value, also inside its lists."""
    for name, value in wanted.items():
        came = shown.get(name)
        if isinstance(value, list) and value and isinstance(value[0], dict) and isinstance(came, list):
            sender.expect(len(came) == len(value), f"{id} has {len(value)} {name}", f"it has {len(came)}")
            for one, of in zip(came, value, strict=True):
                _fits(sender, id, one, of)
        else:
            sender.expect(
                came == value and type(came) is type(value), f"{name} of {id} is {value!r}", f"it is {came!r}"
            )


def _compare_schools(sender: Sender, expected: Expected, provider: str, cohort: str) -> None:
    wanted = dict(expected.school_records(provider, cohort))
    _same(sender, sender.records("getSchools", filter__cohort=cohort), wanted)


def compare_everything(bench: Bench) -> None:
    """Every list of both providers, and the schools of each cohort."""
    expected = Expected.of(bench.control)
    for provider, sender in ((OWN, bench.own), (PEER, bench.other)):
        for operation in _LISTS:
            compare(sender, expected, operation, provider)
        for cohort in COHORTS:
            _same(
                sender,
                sender.records("getSchools", filter__cohort=cohort),
                dict(expected.school_records(provider, cohort)),
            )


@probe("Each record shows, attribute by attribute, what the control API says of the world.", *_LISTS, seed="guide")
def attributes(bench: Bench, operation: str) -> None:
    expected = Expected.of(bench.control)
    for provider, sender in ((OWN, bench.own), (PEER, bench.other)):
        compare(sender, expected, operation, provider)


@probe("Each school shows, cohort by cohort, what the control API says of it.", "getSchools", seed="guide")
def schools(bench: Bench, operation: str) -> None:
    expected = Expected.of(bench.control)
    for provider, sender in ((OWN, bench.own), (PEER, bench.other)):
        for cohort in COHORTS:
            _compare_schools(sender, expected, provider, cohort)


_ODD_NAMES: Final = (
    'Ada "Countess", King',
    "Zoë Åström-Łukasiewicz",
    "Nguyễn Thị Minh Khai",
    "O'Brien; DROP TABLE teachers",
    "王 小明",
    "Ann-Christin Alexandra Charlotte Wilhelmina Featherstonehaugh-Cholmondeley of Wolverhampton and Leighton Buzzard",
)


@probe("Names and addresses are shown whole, with accents, commas and quotes.", "getParticipants")
def names(bench: Bench, operation: str) -> None:
    urn = bench.control.v3.add_school(name=f"St Brónagh's, {_ODD_NAMES[1]}", induction_tutor_name=_ODD_NAMES[0]).urn
    for number, name in enumerate(_ODD_NAMES):
        bench.trained(full_name=name, school_urn=urn, email=f"long+{number}@{'very-' * 9}long.example.org")
        mentor = bench.trained("mentor", PEER, full_name=name, school_urn=urn)
        bench.trained(school_urn=urn, mentor_id=mentor)
    compare_everything(bench)


@probe("A record read alone is the record in the list.", *_LISTS, seed="guide", portable=True)
def one_is_as_in_the_list(bench: Bench, operation: str) -> None:
    for record in bench.own.records(operation, page__per_page=60):
        alone = bench.own.accepted(_LISTS[operation][0], record["id"]).json["data"]
        bench.own.expect(alone == record, "the record is as in the list", f"{alone}")


@probe("A school read alone is the school in the list, in each cohort.", "getSchools", seed="guide", portable=True)
def schools_as_in_the_list(bench: Bench, operation: str) -> None:
    for cohort in ("2024", "2025"):
        for record in bench.own.records(operation, filter__cohort=cohort, page__per_page=30):
            alone = bench.own.accepted("getSchool", record["id"], query={"filter[cohort]": cohort}).json["data"]
            bench.own.expect(alone == record, "the school is as in the list", f"{alone}")


PROBES: Final = (attributes, schools, names, one_is_as_in_the_list, schools_as_in_the_list)
