"""A mock that serves its page over HTTP, a client that gives it something to show, and what to ask of the browser."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
from playwright.sync_api import Page, expect

from mock_server.app import Application, build_app
from mock_server.client import SandboxClient
from mock_server.serve import base_url, listening_socket, uvicorn_server
from mock_server.settings import Settings

PARTICIPANTS = "/api/v1/participants/ecf"
DECLARATIONS = "/api/v1/participant-declarations"
# Runs wherever a page takes what a client sent for a part of itself.
HOSTILE = "<script>window.ran = true</script><img src=x onerror='window.ran = true'>"


@dataclass
class Served:
    application: Application
    url: str


def serving(**settings: Any) -> Iterator[Served]:
    listener = listening_socket("127.0.0.1", 0)
    application = build_app(Settings(rate_limit=None, seed="empty", **settings))
    server = uvicorn_server(application)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    yield Served(application, base_url(listener))
    server.should_exit = True
    thread.join()
    listener.close()


class Client:
    """A lead provider's client at work, and the sandbox that it works in."""

    def __init__(self, url: str, sandbox: SandboxClient) -> None:
        self.sandbox = sandbox
        self.url = url
        self.page_url = f"{url}/_mock/ui/sandboxes/{sandbox.id}"
        token = sandbox.get().tokens["alder"]
        self.http = httpx.Client(base_url=url, headers={"authorization": f"Bearer {token}"})

    def get(self, path: str = PARTICIPANTS, **options: Any) -> None:
        self.http.get(path, **options)

    def declare(self, **attributes: Any) -> httpx.Response:
        body = {"data": {"type": "participant-declaration", "attributes": attributes}}
        return self.http.post(DECLARATIONS, json=body)

    def hostile(self) -> str:
        """Sends what is meant to run in every place that the page shows, in five requests; the participant's id."""
        id = self.sandbox.v1.add_participant(
            provider="alder", participant_type="ect", cohort="2021", full_name=HOSTILE, email="a'b\"@example.org"
        ).id
        self.get(f"{PARTICIPANTS}/{id}", headers={"x-odd": HOSTILE})
        self.get(f"/{HOSTILE}", params={HOSTILE: HOSTILE})
        self.declare(declaration_type=HOSTILE, participant_id=id, **{HOSTILE: HOSTILE})
        self.http.post(DECLARATIONS, content=f"{HOSTILE}\r\ndata: x\r\revent: gone\r\r")
        self.sandbox.replace_faults(
            [
                {
                    "match": {"path": f"/{HOSTILE}"},
                    "respond": {"status": 422, "body": HOSTILE, "headers": {"X-Odd": HOSTILE}},
                }
            ]
        )
        self.get(f"/{HOSTILE}")
        return id

    def paid(self) -> None:
        """Makes one participant's life visible everywhere: declared, payable, paid, voided, and one to be paid."""
        for months in ("P1M", "P0D"):
            id = self.sandbox.v1.add_participant(
                provider="alder", participant_type="ect", cohort="2021", eligible_for_funding=True
            ).id
            made = self.declare(
                participant_id=id,
                declaration_type="started",
                declaration_date="2021-11-19T09:00:00Z",
                course_identifier="ecf-induction",
            )
            self.sandbox.advance(months)
            if months == "P1M":
                self.http.put(f"{DECLARATIONS}/{made.json()['data']['id']}/void")


def live(page: Page, address: str) -> None:
    """Opens a view and waits until it is in touch with the mock."""
    page.goto(address)
    expect(page.locator("#link")).to_have_text("Live")


def rows(page: Page) -> list[str]:
    return [row.get_attribute("id") or "" for row in page.locator("#entries > li").all()]
