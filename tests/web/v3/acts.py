"""What people do with the forms of v3, and what the control API shows of it."""

from typing import Any

import httpx

from tests.web.conftest import Site, text_of

URN = "123456"


async def press(site: Site, action: str, about: str | None = None, **form: str) -> httpx.Response:
    """Sends a form of v3. Fields whose names are Python's own words end in an underscore."""
    return await site.press(f"v3.{action}", {name.rstrip("_"): value for name, value in form.items()}, about=about)


async def done(site: Site, action: str, about: str | None = None, **form: str) -> str:
    """Sends a form that isn't refused; the path below the sandbox that it leads to."""
    answer = await press(site, action, about, **form)
    assert answer.status_code == 303, text_of(answer)
    path, _, query = answer.headers["location"].partition("?")
    assert query == f"done=v3.{action}"
    return str(path.removeprefix(site.at("")))


async def register(site: Site, **form: str) -> str:
    """Registers an ECT, or whom the form says, at one school; the person's id."""
    path = await done(site, "register", role=form.pop("role", "ect"), school_urn=URN, **form)
    assert path.startswith("v3/people/")
    return path.rpartition("/")[2]


async def person(site: Site, id: str) -> Any:
    return await site.control("GET", f"/v3/participants/{id}")
