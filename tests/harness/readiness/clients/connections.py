"""Ways to send requests that clients of every service can have."""

import time
from itertools import cycle

import httpx
import requests
from urllib3.util import Retry

FAULTS = (500, 502, 503)


class TriedByALibrary:
    """It sends with another library, which retries what it reads by itself, with such pauses."""

    backoff = 0.0

    def try_once(self, request: httpx.Request) -> httpx.Response | None:
        retry = Retry(total=6, status_forcelist=FAULTS, backoff_factor=self.backoff, allowed_methods=("GET",))
        headers = {name: value for name, value in request.headers.items() if name not in ("host", "content-length")}
        with requests.Session() as session:
            session.trust_env = False
            session.mount("http://", requests.adapters.HTTPAdapter(max_retries=retry))
            try:
                done = session.request(
                    request.method, str(request.url), headers=headers, data=request.content, timeout=20
                )
            except requests.RequestException:
                return None
        return httpx.Response(done.status_code, headers=dict(done.headers), content=done.content, request=request)


class PatientTransport(httpx.BaseTransport):
    """It retries: the code above never hears of limits and faults."""

    def __init__(self, inner: httpx.BaseTransport) -> None:
        self.inner = inner

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        for pause in (0.3, 0.6, 1.2, 2.4):
            response = self.inner.handle_request(request)
            if response.status_code == 429:
                time.sleep(float(response.headers["Retry-After"]))
            elif response.status_code < 500 or request.method == "POST":
                return response
            else:
                time.sleep(pause)
        return self.inner.handle_request(request)

    def close(self) -> None:
        self.inner.close()


class TurningTransport(httpx.BaseTransport):
    """Three connections that take turns."""

    def __init__(self) -> None:
        self.pools = [httpx.HTTPTransport(verify=False) for _ in range(3)]
        self.next = cycle(self.pools)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return next(self.next).handle_request(request)

    def close(self) -> None:
        for pool in self.pools:
            pool.close()


def retry_below(http: httpx.Client) -> None:
    http._transport = PatientTransport(http._transport)


def take_turns(http: httpx.Client) -> None:
    http._transport.close()
    http._transport = TurningTransport()
