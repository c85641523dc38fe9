"""The changes that `test_changes.py` makes in a copy, step by step, as somebody would make them."""

from tests.contributing.copies import ROOT, Copy

CONTRACT, CONTROL_CONTRACT = "openapi/v3.yaml", "openapi/control-v3.yaml"

# -- a rule ------------------------------------------------------------------------------------------

_RULES = "mock_server/v3/domain/participant_rules.py"
_RULE = """

@rule(
    "defer-name-known",
    "participant_id",
    means="You can only defer a participant whose name is known.",
    remedy="Ask the school for the name.",
)
def defer_name_known(facts: TrainingFacts) -> str | None:
    return "#/participant_id has no name"


# Resume
"""
_RULES_STORY = """
id: defer-unnamed
api: v3
section: updating-participants
place: 99
kind: refusal
title: A participant without a name
text: The school has to tell the name first.
seed: empty
clock: 2026-02-10T09:00:00Z
provider: alder
given:
  - operation: register
    body: {role: ect, full_name: Nobody, provider: alder, partnership: new, started_on: "2025-09-01"}
    keep: {participant: /id}
steps:
  - text: The deferral is refused.
    operation: deferParticipant
    parameters: {path: {id: "${participant}"}}
    body: {data: {type: participant-defer, attributes: {reason: other, course_identifier: ecf-induction}}}
    expect:
      status: 422
      rules: [defer-name-known]
      body: {/errors/0/title: participant_id}
"""


def a_rule_in_its_table(copy: Copy) -> None:
    copy.edit(_RULES, "\n\n# Resume\n", _RULE)
    last = "    Row(6, defer_not_on_first_day),\n)"
    copy.edit(_RULES, last, "    Row(6, defer_not_on_first_day),\n    Row(7, defer_name_known),\n)")


def the_rules_test_and_story(copy: Copy) -> None:
    test = 'def test_row_7() -> None:\n    assert CATALOGUE["defer-name-known"].title == "participant_id"\n'
    imports = "from mock_server.v3.domain.commands import CATALOGUE\n\n\n"
    copy.write({"tests/v3/domain/test_name_rules.py": imports + test, "scenarios/v3/defer-unnamed.yaml": _RULES_STORY})


# -- an attribute ------------------------------------------------------------------------------------

_NAME = "          description: The organisation's name.\n          type: string\n"
_WEBSITE = """\
        website:
          description: Where it is on the web, if anywhere.
          type: string
          nullable: true
"""


def an_attribute_of_the_contract(copy: Copy) -> None:
    required = "required: [name, created_at, updated_at, cohort]"
    copy.edit(CONTRACT, required, required.replace("name, ", "name, website, "))
    schema = f"      properties:\n        name:\n{_NAME}        created_at:\n"
    copy.edit(CONTRACT, schema, schema.replace("        created_at:\n", f"{_WEBSITE}        created_at:\n"))
    for name in ("Meadow Training Hub", "Harbour Teaching Alliance", "Parkside Education Trust"):
        for depth in (10, 12, 14, 16):
            line = f"attributes:\n{' ' * depth}name: {name}\n"
            if line in (copy.folder / CONTRACT).read_text("utf-8"):
                copy.edit(CONTRACT, line, f"{line}{' ' * depth}website: null\n")


def the_attribute_kept_and_shown(copy: Copy) -> None:
    copy.edit(
        "tests/contract/test_schemas.py",
        '"DeliveryPartnerAttributes": "name created_at updated_at cohort"',
        '"DeliveryPartnerAttributes": "name website created_at updated_at cohort"',
    )
    copy.edit(
        "tests/contract/test_schemas.py", '"DeliveryPartnerAttributes": ""', '"DeliveryPartnerAttributes": "website"'
    )
    record = "    name: str\n    created_at: datetime\n    updated_at: datetime\n    sequence: int\n    works_with"
    copy.edit(
        "mock_server/v3/domain/records.py",
        record,
        record.replace("name: str\n", "name: str\n    website: str | None\n"),
    )
    made = "invented if name is None else name, change.now"
    website = 'f"https://{world.next_sequence()}.example"'
    copy.edit("mock_server/v3/domain/organisations.py", made, made.replace(", change", f", {website}, change"))
    shown = '            "name": partner.name,\n'
    copy.edit("mock_server/v3/records.py", shown, f'{shown}            "website": partner.website,\n')
    facts = "description: What to know of a delivery partner.\n      additionalProperties: false\n      properties:\n"
    copy.edit(CONTROL_CONTRACT, facts, f"{facts}        website: {{type: string}}\n")


def the_attribute_saved_and_set(copy: Copy) -> None:
    row = 'DELIVERY_PARTNER: Final = ("id", "name", '
    copy.edit("mock_server/v3/domain/rows.py", row, f'{row}"website", ')
    facts = "class DeliveryPartnerFacts(TypedDict, total=False):\n"
    docstring = '    """`works_with` replaces all earlier pairs."""\n\n'
    copy.edit("mock_server/v3/control/models.py", facts + docstring, f"{facts}{docstring}    website: str\n")


# -- an operation ------------------------------------------------------------------------------------


def an_operation_of_the_contract(copy: Copy) -> None:
    text = (ROOT / CONTRACT).read_text("utf-8")
    path, following = "  /api/v3/delivery-partners/{id}:\n", "  /api/v3/statements:\n"
    one = text[text.index(path) : text.index(following)]
    other = one.replace("{id}:", "{id}/history:").replace("getDeliveryPartner", "getDeliveryPartnerHistory")
    copy.edit(CONTRACT, following, other + following)
    listed = "        getDeliveryPartner: {$ref: '#/components/links/GetListedDeliveryPartner'}\n"
    copy.edit(
        CONTRACT, listed, listed + listed.replace("Partner:", "PartnerHistory:").replace("Partner'", "PartnerHistory'")
    )
    link = """\
    GetListedDeliveryPartner:
      description: Read the first delivery partner of the list.
      operationId: getDeliveryPartner
"""
    parameters = "      parameters: {id: $response.body#/data/0/id}\n"
    other_link = link.replace("Partner:\n", "PartnerHistory:\n").replace("Partner\n", "PartnerHistory\n")
    copy.edit(CONTRACT, link, other_link + parameters + link)


def the_operation_itself(copy: Copy) -> None:
    known = '        ("getDeliveryPartner", "get", "/api/v3/delivery-partners/{id}"),\n'
    other = known.replace('Partner"', 'PartnerHistory"').replace('{id}"', '{id}/history"')
    copy.edit("tests/contract/contracts.py", known, known + other)
    handler = '    "getDeliveryPartner": get_delivery_partner,\n'
    copy.edit("mock_server/v3/operations.py", handler, handler + handler.replace('Partner"', 'PartnerHistory"'))
    kind = '    "getDeliveryPartner": "delivery-partner",\n'
    copy.edit("mock_server/harness/v3/readiness/traffic.py", kind, kind + kind.replace('Partner":', 'PartnerHistory":'))
    story = "  - text: Another provider sees its own cohorts.\n    operation: getDeliveryPartner\n"
    copy.edit("scenarios/v3/find-delivery-partners.yaml", story, story.replace("Partner\n", "PartnerHistory\n"))


# -- a service ---------------------------------------------------------------------------------------


def a_service(copy: Copy) -> None:
    third = ROOT / "tests" / "third"
    module = (third / "service.py").read_text("utf-8")
    home = "    home=Path(__file__).parent,\n"
    assert home in module
    module = module.replace(home, "").replace("THIRD: Final", "V9: Final")
    contracts = {f"openapi/{file.name}": file.read_text("utf-8") for file in (third / "openapi").iterdir()}
    copy.write({"mock_server/v9/__init__.py": "", "mock_server/v9/service.py": module, **contracts})
    table = "from mock_server.v3.service import V3\n"
    copy.edit("mock_server/services.py", table, f"{table}from mock_server.v9.service import V9\n")
    copy.edit("mock_server/services.py", "(V1, V3)", "(V1, V3, V9)")


def its_layer_and_story(copy: Copy) -> None:
    copy.edit(
        "tests/test_architecture.py", '    ("v1", "v3"),\n    ("control"', '    ("v1", "v3", "v9"),\n    ("control"'
    )
    copy.edit("tests/test_architecture.py", '("services", "v1", "v3", ', '("services", "v1", "v3", "v9", ')
    stories = ROOT / "tests" / "third" / "scenarios" / "v9"
    copy.write({f"scenarios/v9/{file.name}": file.read_text("utf-8") for file in stories.iterdir()})
