"""The mock servers that npm provides: Prism, Mockoon, WireMock. Each is set up to answer what ours answers.

All are as quiet as they can be, and WireMock keeps no journal: each is measured at its best.
"""

import json
import shutil
import subprocess
import uuid
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from benchmarks.exchange import Request, Response
from benchmarks.processes import ROOT, Server
from benchmarks.servers import DECLARATIONS, FIRST_PAGE, FIRST_PAGES, PARTICIPANTS, V1

FOLDER = Path(__file__).with_name("peers")
PRISM, MOCKOON, WIREMOCK = "prism", "mockoon", "wiremock"
NAMES = (PRISM, MOCKOON, WIREMOCK)
_PACKAGES = {PRISM: "@stoplight/prism-cli", MOCKOON: "@mockoon/cli", WIREMOCK: "wiremock"}
_MODULES = FOLDER / "node_modules"
_CONTENT_TYPE = "application/vnd.api+json"


class ToolMissing(Exception):
    """A program that the machine lacks, and Debian's package of it."""

    def __init__(self, program: str, package: str) -> None:
        super().__init__(f"{program} is missing: install it, for instance with `apt-get install {package}`")


class InstallFailed(Exception):
    """npm couldn't install the peers; the message is npm's."""


def install(names: frozenset[str]) -> None:
    """Install the locked packages with npm, unless they are there; raises ToolMissing, InstallFailed."""
    if not names:
        return
    if shutil.which("npm") is None:
        raise ToolMissing("npm", "npm")
    if WIREMOCK in names and shutil.which("java") is None:
        raise ToolMissing("java", "default-jre-headless")
    installed = _MODULES / ".package-lock.json"
    if installed.exists() and installed.stat().st_mtime >= (FOLDER / "package-lock.json").stat().st_mtime:
        return
    done = subprocess.run(["npm", "ci"], cwd=FOLDER, capture_output=True, text=True, check=False)
    if done.returncode:
        raise InstallFailed(f"`npm ci` in benchmarks/peers failed:\n{done.stderr.strip()}")


@dataclass(frozen=True)
class Stubs:
    """What ours answered, for the peers to repeat; `folder` is where their configuration goes."""

    answers: dict[Request, Response]
    folder: Path

    def server(self, name: str) -> Server:
        make = {PRISM: prism, MOCKOON: self._mockoon, WIREMOCK: self._wiremock}[name]
        return make()

    def _mockoon(self) -> Server:
        path = self.folder / "mockoon.json"
        records = self.answers[FIRST_PAGE].json()["data"]
        path.write_text(json.dumps(mockoon_environment(records)), "utf-8")
        return Server(
            name=MOCKOON,
            command=lambda port: [
                *("node", str(_MODULES / ".bin/mockoon-cli"), "start", "--data", str(path)),
                *("--port", str(port), "--disable-log-to-file", "--disable-admin-api"),
            ],
            first=FIRST_PAGE,
            one_core=False,
        )

    def _wiremock(self) -> Server:
        mappings = self.folder / "wiremock" / "mappings"
        mappings.mkdir(parents=True, exist_ok=True)
        (mappings / "stubs.json").write_text(json.dumps(wiremock_stubs(self.answers)), "utf-8")
        (jar,) = _MODULES.glob("wiremock/build/wiremock-standalone-*.jar")
        return Server(
            name=WIREMOCK,
            command=lambda port: [
                *("java", "-jar", str(jar), "--bind-address", "127.0.0.1", "--port", str(port)),
                *("--root-dir", str(mappings.parent), "--no-request-journal", "--disable-request-logging"),
                *("--disable-banner", "--disable-gzip"),
            ],
            first=FIRST_PAGE,
            one_core=False,
        )


def prism(api: str = V1) -> Server:
    """Prism with the contract of that API."""
    return Server(
        name=PRISM,
        command=lambda port: [
            *("node", str(_MODULES / ".bin/prism"), "mock", "-h", "127.0.0.1", "-p", str(port)),
            *("-v", "silent", str(ROOT / f"openapi/{api}.yaml")),
        ],
        first=FIRST_PAGES[api],
        one_core=False,
    )


def request_for(server: str, request: Request) -> Request:
    """The same request in that server's words: Mockoon has its own names for pages."""
    if server == MOCKOON and "page%5B" in request.path:
        path = request.path.replace("page%5Bpage%5D", "page").replace("page%5Bper_page%5D", "limit")
        return replace(request, path=path)
    return request


def wiremock_stubs(answers: dict[Request, Response]) -> dict[str, Any]:
    """WireMock's mappings: one stub a request, the body as ours answered it."""
    return {
        "mappings": [
            {
                "request": {"method": request.method, "url": request.path},
                "response": {
                    "status": answer.status,
                    "body": answer.body.decode(),
                    "headers": {"Content-Type": _CONTENT_TYPE},
                },
            }
            for request, answer in answers.items()
        ]
    }


def mockoon_environment(records: list[Any]) -> dict[str, Any]:
    """Mockoon's environment: participants with `records` in it, and declarations without."""
    buckets, routes = [], []
    for path, content in ((PARTICIPANTS, records), (DECLARATIONS, [])):
        bucket = path.rpartition("/")[2]
        buckets.append({"uuid": _uuid(bucket), "id": bucket, "name": bucket, "value": json.dumps(content)})
        answer = {
            "uuid": _uuid(f"{bucket} answer"),
            "statusCode": 200,
            "bodyType": "DATABUCKET",
            "databucketID": bucket,
            "headers": [{"key": "Content-Type", "value": _CONTENT_TYPE}],
            "crudKey": "id",
            "default": True,
        }
        routes.append(
            {
                "uuid": _uuid(f"{bucket} route"),
                "type": "crud",
                "endpoint": path.removeprefix("/"),
                "responses": [answer],
            }
        )
    return {
        "uuid": _uuid("environment"),
        "lastMigration": 33,
        "name": "benchmark",
        "hostname": "127.0.0.1",
        "routes": routes,
        "rootChildren": [{"type": "route", "uuid": route["uuid"]} for route in routes],
        "data": buckets,
    }


def _uuid(name: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, name))


def versions(names: frozenset[str]) -> dict[str, str]:
    """The installed versions of `names`, by npm package."""
    packages = [_PACKAGES[name] for name in NAMES if name in names]
    manifests = {package: (_MODULES / package / "package.json").read_text("utf-8") for package in packages}
    return {package: json.loads(manifest)["version"] for package, manifest in manifests.items()}
