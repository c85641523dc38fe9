"""The bare callable repeats what the mock said, to the byte."""

from pathlib import Path

import httpx

from benchmarks.bare import application, read_answers, write_answers
from benchmarks.exchange import Request, Response

HEADERS = (("content-type", "application/vnd.api+json"), ("content-length", "11"), ("date", "today"))
ANSWERS = {
    Request("GET", "/list?page%5Bpage%5D=1"): Response(200, HEADERS, b'{"data":[]}'),
    Request("POST", "/declarations", '{"a": 1}'): Response(200, HEADERS[:1], '{"é":1}'.encode()),
}


async def test_answers_survive_being_written_and_are_repeated(tmp_path: Path) -> None:
    write_answers(tmp_path / "answers.json", ANSWERS)
    transport = httpx.ASGITransport(application(read_answers(tmp_path / "answers.json")))
    async with httpx.AsyncClient(transport=transport, base_url="http://bare") as client:
        listed = await client.get("/list?page%5Bpage%5D=1")
        posted = await client.post("/declarations", json={"another": "body"})
    assert (listed.status_code, listed.content) == (200, b'{"data":[]}')
    assert listed.headers.multi_items() == list(HEADERS[:2])
    assert posted.content == '{"é":1}'.encode()
