"""The page in real Chromium, with a mock for each module and a sandbox for each test."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from mock_server.client import ControlClient
from tests.browser import PATIENCE, chromium
from tests.web.browser.visitors import Client, Served, serving


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    yield from serving()


@pytest.fixture(scope="module")
def locked_url() -> Iterator[str]:
    for each in serving(control_token="open sesame"):  # noqa: S106
        yield each.url


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture
def client(served: Served) -> Iterator[Client]:
    with ControlClient(served.url) as control:
        made = control.create_sandbox(clock={"now": "2021-11-20T09:00:00Z", "running": False})
        client = Client(served.url, control.sandbox(made.id))
        yield client
        client.http.close()
        control.sandbox(made.id).delete()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.set_default_timeout(PATIENCE)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()
