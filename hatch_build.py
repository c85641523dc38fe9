"""Completes the packages: the built documentation, if there is one, and the addresses of the project."""

import os
from email.parser import HeaderParser
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.metadata.plugin.interface import MetadataHookInterface

SITE = "build/site"
# Where each package has it: an sdist where the checkout has it, so that a wheel can be built from it.
PLACES = {"wheel": "mock_server/_resources/site", "sdist": SITE}


class DocumentationHook(BuildHookInterface[Any]):
    """The mock serves the site under /_mock/docs/, see mock_server/web/documentation.py. `make docs` builds it."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """`version` is `editable` for a checkout, which has the site where it was built."""
        site = Path(self.root) / SITE
        if version != "editable" and (site / "index.html").is_file():
            build_data["force_include"][str(site)] = PLACES[self.target_name]


class AddressesHook(MetadataHookInterface):
    """Whoever owns the repository releases it: the addresses are those of the repository that the workflow runs in."""

    PLUGIN_NAME = "custom"

    def update(self, metadata: dict[str, Any]) -> None:
        """An sdist knows its addresses. A checkout outside of a workflow has none."""
        told = Path(self.root) / "PKG-INFO"
        if told.is_file():
            lines = HeaderParser().parsestr(told.read_text("utf-8")).get_all("Project-URL", [])
            metadata["urls"] = dict(line.split(", ", 1) for line in lines)
            return
        owner, _, name = os.environ.get("GITHUB_REPOSITORY", "").partition("/")
        repository = f"{os.environ.get('GITHUB_SERVER_URL', 'https://github.com')}/{owner}/{name}"
        addresses = {
            "Documentation": f"https://{owner.lower()}.github.io/{name}/",
            "Changelog": f"https://{owner.lower()}.github.io/{name}/changelog/",
            "Issues": f"{repository}/issues",
            "Repository": repository,
        }
        metadata["urls"] = addresses if name else {}
