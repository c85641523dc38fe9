"""The contracts that the tests of this folder hold to one standard, and what each promises on its own."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import pytest

from tests.specifications import Document, Operation


@dataclass(frozen=True, eq=False)
class Contract:
    """One contract.

    operations: id, method and path of each, in the order of the file, since the first path that fits a request wins.
    media_type: that of answers.
    queries: the query parameters of each operation that has any, in their order.
    records: the schemas of records, by the `type` that their records carry.
    void: the operation that changes a record without a body.
    """

    document: Document
    media_type: str
    operations: tuple[tuple[str, str, str], ...]
    queries: dict[str, tuple[str, ...]]
    records: dict[str, str]
    void: str

    @property
    def name(self) -> str:
        return self.document.name


JSON_API = "application/vnd.api+json"
PAGES = ("page[page]", "page[per_page]")
UPDATED = "filter[updated_since]"

V1 = Contract(
    document=Document("v1"),
    media_type=JSON_API,
    operations=(
        ("listEcfParticipants", "get", "/api/v1/participants/ecf"),
        ("listEcfParticipantsCsv", "get", "/api/v1/participants/ecf.csv"),
        ("getEcfParticipant", "get", "/api/v1/participants/ecf/{id}"),
        ("deferEcfParticipant", "put", "/api/v1/participants/ecf/{id}/defer"),
        ("resumeEcfParticipant", "put", "/api/v1/participants/ecf/{id}/resume"),
        ("withdrawEcfParticipant", "put", "/api/v1/participants/ecf/{id}/withdraw"),
        ("changeEcfParticipantSchedule", "put", "/api/v1/participants/ecf/{id}/change-schedule"),
        ("listParticipants", "get", "/api/v1/participants"),
        ("listParticipantsCsv", "get", "/api/v1/participants.csv"),
        ("deferParticipant", "put", "/api/v1/participants/{id}/defer"),
        ("resumeParticipant", "put", "/api/v1/participants/{id}/resume"),
        ("withdrawParticipant", "put", "/api/v1/participants/{id}/withdraw"),
        ("changeParticipantSchedule", "put", "/api/v1/participants/{id}/change-schedule"),
        ("listParticipantDeclarations", "get", "/api/v1/participant-declarations"),
        ("createParticipantDeclaration", "post", "/api/v1/participant-declarations"),
        ("listParticipantDeclarationsCsv", "get", "/api/v1/participant-declarations.csv"),
        ("getParticipantDeclaration", "get", "/api/v1/participant-declarations/{id}"),
        ("voidParticipantDeclaration", "put", "/api/v1/participant-declarations/{id}/void"),
    ),
    queries={
        "listEcfParticipants": ("filter[cohort]", UPDATED, *PAGES),
        "listEcfParticipantsCsv": ("filter[cohort]", UPDATED),
        "listParticipants": ("filter[cohort]", UPDATED, *PAGES),
        "listParticipantsCsv": ("filter[cohort]", UPDATED),
        "listParticipantDeclarations": ("filter[participant_id]", UPDATED, *PAGES),
        "listParticipantDeclarationsCsv": ("filter[participant_id]", UPDATED),
        "getEcfParticipant": ("filter[cohort]", UPDATED),
    },
    records={"participant": "ECFParticipant", "participant-declaration": "ParticipantDeclaration"},
    void="voidParticipantDeclaration",
)

SORTED = ("sort", *PAGES)
# Rules 2.1: operations, filters and which lists can be sorted.
V3 = Contract(
    document=Document("v3"),
    media_type="application/json",
    operations=(
        ("getParticipants", "get", "/api/v3/participants"),
        ("getTransfers", "get", "/api/v3/participants/transfers"),
        ("getParticipant", "get", "/api/v3/participants/{id}"),
        ("getTransfer", "get", "/api/v3/participants/{id}/transfers"),
        ("deferParticipant", "put", "/api/v3/participants/{id}/defer"),
        ("resumeParticipant", "put", "/api/v3/participants/{id}/resume"),
        ("withdrawParticipant", "put", "/api/v3/participants/{id}/withdraw"),
        ("changeScheduleParticipant", "put", "/api/v3/participants/{id}/change-schedule"),
        ("getDeclarations", "get", "/api/v3/participant-declarations"),
        ("createDeclaration", "post", "/api/v3/participant-declarations"),
        ("getDeclaration", "get", "/api/v3/participant-declarations/{id}"),
        ("voidDeclaration", "put", "/api/v3/participant-declarations/{id}/void"),
        ("getPartnerships", "get", "/api/v3/partnerships"),
        ("createPartnership", "post", "/api/v3/partnerships"),
        ("getPartnership", "get", "/api/v3/partnerships/{id}"),
        ("updatePartnership", "put", "/api/v3/partnerships/{id}"),
        ("getSchools", "get", "/api/v3/schools"),
        ("getSchool", "get", "/api/v3/schools/{id}"),
        ("getDeliveryPartners", "get", "/api/v3/delivery-partners"),
        ("getDeliveryPartner", "get", "/api/v3/delivery-partners/{id}"),
        ("getStatements", "get", "/api/v3/statements"),
        ("getStatement", "get", "/api/v3/statements/{id}"),
        ("getUnfundedMentors", "get", "/api/v3/unfunded-mentors"),
        ("getUnfundedMentor", "get", "/api/v3/unfunded-mentors/{id}"),
    ),
    queries={
        "getParticipants": (
            *("filter[cohort]", UPDATED, "filter[training_status]", "filter[from_participant_id]"),
            *SORTED,
        ),
        "getTransfers": (UPDATED, *SORTED),
        "getDeclarations": (
            *("filter[cohort]", "filter[participant_id]", "filter[delivery_partner_id]", UPDATED),
            *PAGES,
        ),
        "getPartnerships": ("filter[cohort]", UPDATED, "filter[delivery_partner_id]", *SORTED),
        "getSchools": ("filter[cohort]", "filter[urn]", UPDATED, *SORTED),
        "getSchool": ("filter[cohort]",),
        "getDeliveryPartners": ("filter[cohort]", *SORTED),
        "getStatements": ("filter[cohort]", UPDATED, *PAGES),
        "getUnfundedMentors": (UPDATED, *SORTED),
    },
    records={
        "participant": "Participant",
        "participant-transfer": "ParticipantTransfer",
        "participant-declaration": "Declaration",
        "partnership": "Partnership",
        "school": "School",
        "delivery-partner": "DeliveryPartner",
        "statement": "Statement",
        "unfunded-mentor": "UnfundedMentor",
    },
    void="voidDeclaration",
)

CONTRACTS = (V1, V3)

each_contract = pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract.name)


def each_operation(
    contracts: Iterable[Contract] = CONTRACTS, fits: Callable[[Operation], bool] = lambda operation: True
) -> pytest.MarkDecorator:
    """Parametrises `contract` and `operation` by every operation that fits."""
    found = [
        pytest.param(contract, operation, id=f"{contract.name}-{operation.id}")
        for contract in contracts
        for operation in contract.document.operations.values()
        if fits(operation)
    ]
    return pytest.mark.parametrize(("contract", "operation"), found)


def has_body(operation: Operation) -> bool:
    return "requestBody" in operation.definition
