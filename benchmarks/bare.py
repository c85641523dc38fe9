"""The bare ASGI callable: the upper bound of what a Python server on uvicorn can reach.

It answers the very bytes that the mock answered to the same requests, looked up by method and path,
and knows nothing else. `python -m benchmarks.bare PORT FILE`.
"""

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import uvicorn

from benchmarks.exchange import Request, Response

# uvicorn writes these by itself.
_DATE, _SERVER = "date", "server"


def write_answers(path: Path, answers: dict[Request, Response]) -> None:
    """Keep what the mock answered, for the process that repeats it."""
    kept = [(r.method, r.path, a.status, a.headers, a.body.decode()) for r, a in answers.items()]
    path.write_text(json.dumps(kept), "utf-8")


def read_answers(path: Path) -> dict[Request, Response]:
    kept = json.loads(path.read_text("utf-8"))
    return {
        Request(method, target): Response(status, tuple((name, value) for name, value in headers), body.encode())
        for method, target, status, headers, body in kept
    }


def application(answers: dict[Request, Response]) -> Any:
    """The ASGI callable. Of a request only method and path count."""
    messages = {
        (request.method, request.path): (
            {"type": "http.response.start", "status": answer.status, "headers": list(_raw(answer.headers))},
            {"type": "http.response.body", "body": answer.body},
        )
        for request, answer in answers.items()
    }

    async def call(scope: Any, receive: Any, send: Any) -> None:
        path, query = scope["path"], scope["query_string"]
        if query:
            path += "?" + query.decode()
        start, body = messages[scope["method"], path]
        if scope["method"] == "POST":
            while (await receive()).get("more_body"):
                pass
        await send(start)
        await send(body)

    return call


def _raw(headers: Iterable[tuple[str, str]]) -> Iterable[tuple[bytes, bytes]]:
    for name, value in headers:
        if name.lower() not in (_DATE, _SERVER):
            yield name.lower().encode(), value.encode()


def main(port: int, path: Path) -> None:
    answers = read_answers(path)
    sent = {name.lower() for answer in answers.values() for name, _ in answer.headers}
    uvicorn.run(
        application(answers),
        port=port,
        loop="uvloop",
        http="httptools",
        lifespan="off",
        access_log=False,
        log_level="warning",
        server_header=_SERVER in sent,
        date_header=_DATE in sent,
    )


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
