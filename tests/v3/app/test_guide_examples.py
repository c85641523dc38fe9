"""The seed `guide` has what the contract's examples name, so that tools that send examples as they stand succeed."""

from tests.v3.guide_examples import Guide, every_example


async def test_the_guide_accepts_every_example_one_after_the_other() -> None:
    """At the clock that the documentation names. If one isn't accepted: `python -m tests.v3.guide_examples`."""
    guide = Guide()
    refused = {}
    for example in every_example():
        answer = await guide.send(example)
        if answer.status_code != 200:
            refused[example.name] = answer.text
    assert refused == {}


async def test_the_guide_accepts_every_example_that_writes_alone() -> None:
    """No example needs another one before it."""
    guide = Guide()
    for example in every_example():
        if example.writes:
            await guide.reset()
            assert (await guide.send(example)).status_code == 200, example.name


def test_there_is_an_example_for_every_operation_on_a_record_or_with_a_body() -> None:
    assert len({example.operation.id for example in every_example()}) == 24 - 8
