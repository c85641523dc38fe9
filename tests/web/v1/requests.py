"""What a client and a school do in v1, for the views to show."""

from typing import Any

import httpx

from tests.web.conftest import Site

PARTICIPANTS = "/api/v1/participants/ecf"
DECLARATIONS = "/api/v1/participant-declarations"


async def declare(site: Site, **attributes: Any) -> httpx.Response:
    body = {"data": {"type": "participant-declaration", "attributes": attributes}}
    return await site.call("POST", DECLARATIONS, json=body)


async def add(site: Site, **attributes: Any) -> str:
    body = {"provider": "alder", "participant_type": "ect", "cohort": "2021", **attributes}
    id: str = (await site.control("POST", "/v1/participants", body))["id"]
    return id
