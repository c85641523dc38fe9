"""The seed `guide` has what the contracts' examples name, so that tools that send examples as they stand succeed.

If one isn't accepted, or the mock answers something else: `python -m tests.guide_examples`.
"""

import pytest

from tests.guide_examples import Guide, GuideExamples, every_example, guides

each_guide = pytest.mark.parametrize("guide", guides(), ids=lambda guide: guide.service)


@each_guide
async def test_the_guide_accepts_every_example_one_after_the_other(guide: GuideExamples) -> None:
    mock, refused = Guide(guide), {}
    for example in every_example(guide):
        answer = await mock.send(example)
        if answer.status_code != 200:
            refused[example.title] = answer.text
    assert refused == {}


@each_guide
async def test_the_guide_answers_every_example_alone_as_the_contract_shows(guide: GuideExamples) -> None:
    """No example needs another one before it. What an older path shows is the newer path's answer."""
    mock, shown = Guide(guide), {}
    for example in every_example(guide):
        for media_type in example.media_types or ("",):
            await mock.reset()
            answer = await mock.send(example, media_type=media_type)
            assert answer.status_code == 200, (example.title, media_type, answer.text)
            if not example.operation.definition.get("deprecated"):
                shown[f"{example.title} {media_type}"] = (answer.json(), example.answer)
    assert {title for title, (came, says) in shown.items() if came != says} == set()


@each_guide
def test_a_request_and_its_answer_have_examples_of_the_same_names(guide: GuideExamples) -> None:
    """Tools that are driven by examples pair them by name, and invent what has no partner."""
    named: dict[str, set[str]] = {}
    for example in every_example(guide):
        assert example.answer is not None, example.title
        named.setdefault(example.operation.id, set()).add(example.name)
    for id, names in named.items():
        [content] = guide.document.operations[id].responses["200"]["content"].values()
        assert set(content["examples"]) == names, id


@each_guide
def test_every_operation_on_a_record_or_with_a_body_has_such_an_example(guide: GuideExamples) -> None:
    fits = {
        id
        for id, operation in guide.document.operations.items()
        if "{id}" in operation.path or "requestBody" in operation.definition
    }
    assert {example.operation.id for example in every_example(guide)} == fits


@each_guide
def test_the_examples_header_names_the_moment_that_they_need(guide: GuideExamples) -> None:
    """Such tools send the header's example, too."""
    header = guide.document.content["components"]["parameters"]["ServerDate"]
    assert header["example"] == guide.clock
