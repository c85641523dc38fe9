"""What becomes of version 1's attributes in version 3, from both contracts, and how the contracts differ."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from mock_server.harness.diff.documents import changes
from mock_server.harness.diff.report import report
from mock_server.service import Service
from mock_server.v1.service import V1
from mock_server.v3.service import V3


@dataclass(frozen=True, slots=True)
class Record:
    """A record of both versions: the names of the schemas with its attributes.

    `within` is version 3's schema of the parts that the attribute `part` lists. `instead` says what replaces an
    attribute that is gone.
    """

    v1: str
    v3: str
    instead: Mapping[str, str]
    part: str = ""
    within: str = ""


RECORDS: Final = {
    "participant": Record(
        "ECFParticipantAttributes",
        "ParticipantAttributes",
        {
            "status": "`ecf_enrolments[].participant_status`: `joining`, `active`, `leaving` or `left`",
            "teacher_reference_number_validated": "gone: every new registration has a validated number",
        },
        "ecf_enrolments",
        "ParticipantECFEnrolment",
    ),
    "declaration": Record(
        "ParticipantDeclarationAttributes",
        "DeclarationAttributes",
        {
            "eligible_for_payment": "gone: `state` says it",
            "voided": "gone: `state` says it",
            "has_passed": "gone",
        },
    ),
}


def kept(name: str) -> list[tuple[str, str]]:
    """Every attribute of version 1's record, and where version 3 has it.

    Raises:
        LookupError: an attribute is gone, and nothing says what replaces it.
    """
    record = RECORDS[name]
    return [(each, _place(record, each)) for each in _attributes(V1, record.v1)]


def added(name: str) -> list[str]:
    """The attributes of version 3's record that version 1 doesn't have. A part's begin with its name."""
    record = RECORDS[name]
    known = set(_attributes(V1, record.v1))
    own = [each for each in _attributes(V3, record.v3) if each not in known and each != record.part]
    return own + [f"{record.part}[].{each}" for each in _inside(record) if each not in known]


def contract_changes() -> str:
    """What `ecf-mock diff` says of the two contracts."""
    return "\n".join(report(changes(V1.contract, V3.contract)))


def _place(record: Record, attribute: str) -> str:
    if attribute in record.instead:
        return record.instead[attribute]
    if attribute in _attributes(V3, record.v3):
        return f"`{attribute}`"
    if attribute in _inside(record):
        return f"`{record.part}[].{attribute}`"
    raise LookupError(f"nothing says what becomes of {attribute} of {record.v1}")


def _inside(record: Record) -> list[str]:
    return list(_attributes(V3, record.within)) if record.within else []


def _attributes(service: Service, schema: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = service.contract["components"]["schemas"][schema]["properties"]
    return found
