"""Puts the built documentation into the packages, if there is one: `make docs` builds it."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SITE = "build/site"
# Where each package has it: an sdist where the checkout has it, so that a wheel can be built from it.
PLACES = {"wheel": "mock_server/_resources/site", "sdist": SITE}


class DocumentationHook(BuildHookInterface[Any]):
    """The mock serves the site under /_mock/docs/, see mock_server/web/documentation.py."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """`version` is `editable` for a checkout, which has the site where it was built."""
        site = Path(self.root) / SITE
        if version != "editable" and (site / "index.html").is_file():
            build_data["force_include"][str(site)] = PLACES[self.target_name]
