"""Builds the folder that MkDocs reads: finished pages, assets, and the contracts.

The pages in `docs/pages` are Jinja templates. `_names` lists the names that they can use. An unknown name or a missing
value stops the build.
"""

import re
import shutil
from contextlib import ExitStack
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from docs.generator import command_line, guide, markup, rules, schedules, schemas, settings, states
from docs.generator.contract import Contract, Told, answer_anchor, operation_anchor, schema_anchor
from docs.generator.examples import breach, example
from docs.generator.timeline import written
from docs.generator.trial import NOW, trial
from mock_server import __version__
from mock_server.harness.v1.readiness.catalogue import CATALOGUE, GROUPS
from mock_server.harness.v1.readiness.drills import DRILLS
from mock_server.harness.v1.scenarios.sections import INTEGRATION, SECTIONS, USAGE
from mock_server.resources import resource
from mock_server.service import Service
from mock_server.settings import OTHER_VARIABLES
from mock_server.v1.service import V1
from mock_server.v3.service import V3

DOCS: Final = Path(__file__).parent.parent
PAGES: Final = DOCS / "pages"


# What the site has beside the reference, by the service that it is about.
_TOLD: Final = {
    "v1": Told(guide.sections_about, rules.V1_RULES.action_of, V1.error_catalogue),
    "v3": Told(lambda _: (), rules.V3_RULES.action_of, V3.error_catalogue),
}


def _contract(name: str) -> Contract:
    return Contract.named(name, _TOLD.get(name))


def reference(service: Service, root: str) -> str:
    """The reference of a service's contract, in Markdown. `root` is the relative address of the site's first page."""
    template = environment().from_string('{% from "reference.md" import reference %}{{ reference(api, root) }}')
    return template.render(api=Contract.of(service, _TOLD.get(service.name)), root=root)


def _names() -> dict[str, Any]:
    """Every name that a page can use."""
    return {
        "version": __version__,
        "usage_sections": USAGE,
        "sections": SECTIONS,
        "integration": INTEGRATION,
        "told": guide.told,
        "shown_steps": guide.shown_steps,
        "text_for": guide.text_for,
        "statuses": guide.statuses,
        "scene": guide.scene,
        "token_of": guide.token_of,
        "example_of": guide.example_of,
        "page_of": guide.page_of,
        "operations_in": guide.operations_in,
        "failed_story": guide.failed_story,
        "cohorts": schedules.cohorts,
        "last_cohort": schedules.last_cohort,
        "timeline": schedules.picture,
        "declaration_states": states.declaration_states,
        "declaration_diagram": states.declaration_diagram,
        "training_moves": states.training_moves,
        "training_diagram": states.training_diagram,
        "v1_rules": rules.V1_RULES,
        "v3_rules": rules.V3_RULES,
        "settings": settings.settings,
        "other_variables": OTHER_VARIABLES,
        "commands": command_line.commands,
        "requirements": CATALOGUE,
        "requirement_groups": GROUPS,
        "drills": DRILLS,
        "example": example,
        "breach": breach,
        "contract": _contract,
        "rows": schemas.rows,
        "type_of": schemas.type_of,
        "row": schemas.row,
        "operation_anchor": operation_anchor,
        "schema_anchor": schema_anchor,
        "answer_anchor": answer_anchor,
        "source": lambda name: (DOCS / name).read_text().rstrip("\n"),
        # A file at the top of the project.
        "project_file": lambda name: resource(name).read_text().rstrip("\n"),
        "status_name": lambda status: HTTPStatus(int(status)).phrase,
    }


def environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader([PAGES, DOCS / "templates"]),
        # Markdown pages need no escaping. The templates for HTML escape their values.
        autoescape=select_autoescape(enabled_extensions=("html",), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.globals.update(_names())
    made.filters.update(
        {
            "code": markup.code,
            "markdown": markup.markdown,
            "inline_markdown": markup.inline_markdown,
            "one_line": schemas.one_line,
            "day": written,
            "as_file": lambda address: re.sub(r"/(?=#|$)", ".md", address),
            "capitalize_first": lambda text: text[:1].upper() + text[1:],
            "slug": lambda text: re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-"),
            "words": lambda name: re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower(),
        }
    )
    return made


def pages() -> dict[str, str]:
    """Markdown by the path of its page, such as `api-reference/reference-v1.md`."""
    made = environment()
    names = sorted(path.relative_to(PAGES).as_posix() for path in PAGES.rglob("*.md"))
    # A page that needs a mock gets one of its own, so that no page changes what another shows.
    with ExitStack() as mocks:
        made.globals["trial"] = lambda now=NOW: mocks.enter_context(trial(now))
        return {name: made.get_template(name).render() for name in names}


def write(folder: Path) -> None:
    """Makes `folder` contain exactly the site's sources. It doesn't touch files that stay the same."""
    wanted: dict[str, bytes] = {name: text.encode() for name, text in pages().items()}
    assets = DOCS / "assets"
    for path in assets.rglob("*"):
        if path.is_file():
            wanted[f"assets/{path.relative_to(assets).as_posix()}"] = path.read_bytes()
    for name in ("v1", "v3", "control", "control-v1", "control-v3"):
        wanted[f"openapi/{name}.yaml"] = resource(f"openapi/{name}.yaml").read_bytes()
    for name, content in wanted.items():
        file = folder / name
        if not file.is_file() or file.read_bytes() != content:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_file() and path.relative_to(folder).as_posix() not in wanted:
            path.unlink()
        elif path.is_dir() and not any(path.iterdir()):
            shutil.rmtree(path)
