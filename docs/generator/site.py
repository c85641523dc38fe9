"""Builds the folder that MkDocs reads: finished pages, assets, and the contracts.

The pages in `docs/pages` are Jinja templates. `_names` lists the names that they can use; `page` is the page's own
file. An unknown name or a missing value stops the build. Further pages stand below these: one for each section of a
usage guide, and for each part of a reference.
"""

import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from docs.generator import (
    command_line,
    front_matter,
    guide,
    markup,
    navigation,
    remedies,
    rules,
    schemas,
    settings,
)
from docs.generator.addresses import href, link
from docs.generator.changelog import change_files, changelog
from docs.generator.contract import Contract, Told, answer_anchor, operation_anchor, schema_anchor
from docs.generator.dates import last_change
from docs.generator.examples import breach, example
from docs.generator.exchanges import Samples
from docs.generator.exchanges import written as in_every_language
from docs.generator.guide import GUIDES, Guide
from docs.generator.requests import request_of
from docs.generator.timeline import written
from docs.generator.trial import NOW, trial
from docs.generator.v1 import schedules, states
from docs.generator.v3 import from_v1, training_states, transfer_states
from docs.generator.v3 import schedules as v3_schedules
from docs.generator.v3 import states as v3_states
from docs.generator.v3.evidence import evidence_tables
from docs.generator.words import WORDS
from mock_server.harness.scenarios.model import ScenarioResult
from mock_server.harness.v1.readiness import KIT as V1_GRADING
from mock_server.harness.v3.readiness import KIT as V3_GRADING
from mock_server.resources import resource
from mock_server.service import Service
from mock_server.settings import OTHER_VARIABLES

DOCS: Final = Path(__file__).parent.parent
PAGES: Final = DOCS / "pages"

# What the site has beside the reference, by the service that it is about.
_TOLD: Final = {
    name: Told(told.sections_about, told.page_of, rules.RULES[name].action_of, told.error_catalogue)
    for name, told in GUIDES.items()
}
# The contracts with a reference.
REFERENCES: Final = (*GUIDES, "control")


def _contract(name: str) -> Contract:
    return Contract.named(name, _TOLD.get(name))


def reference(service: Service) -> str:
    """The reference of a service's contract on one page, in Markdown."""
    made, page = environment(), "reference.md"
    samples = made.globals["samples"] = Samples()
    samples.begin(page)
    template = made.from_string('{% from "reference.md" import whole with context %}{{ whole(api) }}')
    return template.render(api=Contract.of(service, _TOLD.get(service.name)), page=page)


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def _as_file(address: str) -> str:
    """The file behind an address: `ecf-usage/index.md#defer` for `ecf-usage/#defer`."""
    name, _, anchor = address.partition("#")
    index = f"{name}index.md"
    file = index if (PAGES / index).exists() else f"{name.removesuffix('/')}.md"
    return f"{file}#{anchor}" if anchor else file


def _parts(result: ScenarioResult) -> list[str]:
    """The anchors of the parts of a story."""
    steps = [each.step for each in result.steps]
    return [f"{result.scenario.id}-{_slug(step.heading)}" for step in steps if step.heading]


def _names() -> dict[str, Any]:
    """Every name that a page can use, beside `page`."""
    return {
        "guides": GUIDES,
        "statuses": guide.statuses,
        "scene": guide.scene,
        "token_of": guide.token_of,
        "link": link,
        "href": href,
        "cohorts": schedules.cohorts,
        "last_cohort": schedules.last_cohort,
        "timeline": schedules.picture,
        "declaration_states": states.declaration_states,
        "declaration_diagram": states.declaration_diagram,
        "training_moves": states.training_moves,
        "training_diagram": states.training_diagram,
        "v3_schedules": v3_schedules,
        "v3_states": v3_states,
        "v3_training": training_states,
        "v3_transfers": transfer_states,
        "evidence_tables": evidence_tables,
        "from_v1": from_v1,
        "v1_rules": rules.V1_RULES,
        "v3_rules": rules.V3_RULES,
        "remedy": remedies.linked,
        "settings": settings.settings,
        "other_variables": OTHER_VARIABLES,
        "commands": command_line.commands,
        "grading": {"v1": V1_GRADING, "v3": V3_GRADING},
        "example": example,
        "changelog": changelog,
        "breach": breach,
        "contract": _contract,
        "rows": schemas.rows,
        "type_of": schemas.type_of,
        "row": schemas.row,
        "requests_of": lambda api, operation: in_every_language(request_of(api, operation)),
        "operation_anchor": operation_anchor,
        "schema_anchor": schema_anchor,
        "answer_anchor": answer_anchor,
        "source": lambda name: (DOCS / name).read_text().rstrip("\n"),
        # A file at the top of the project.
        "project_file": lambda name: resource(name).read_text().rstrip("\n"),
        "status_name": lambda status: HTTPStatus(int(status)).phrase,
    }


def _series(items: Iterable[str], word: str) -> str:
    """The items as a sentence lists them: `a, b or c` with the word `or`."""
    *first, last = items
    return f"{', '.join(first)} {word} {last}" if first else last


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
            "breakable": markup.breakable,
            "markdown": markup.markdown,
            "inline_markdown": markup.inline_markdown,
            "one_line": schemas.one_line,
            "day": written,
            "as_file": _as_file,
            "capitalize_first": lambda text: text[:1].upper() + text[1:],
            "slug": _slug,
            "parts": _parts,
            "quoted": "`{}`".format,
            "series": _series,
            "words": lambda name: re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower(),
        }
    )
    return made


def _wanted() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every page: its file, its template, and the names that only it can use. Pages below another come after it."""
    for path in sorted(PAGES.rglob("*.md")):
        name = path.relative_to(PAGES).as_posix()
        if name not in {told.overview for told in GUIDES.values() if not told.sections}:
            yield name, name, {}
    for told in GUIDES.values():
        for section in told.sections:
            yield told.page_of(section), "guide_section.md", {"guide": told, "section": section}
    for name in REFERENCES:
        yield from _reference_parts(_contract(name))


def _reference_parts(api: Contract) -> Iterator[tuple[str, str, dict[str, Any]]]:
    def part(name: str, kind: str, title: str, lead: str, **more: Any) -> tuple[str, str, dict[str, Any]]:
        page = api.page(name)
        return page, "reference_part.md", {"api": api.on(page), "part": kind, "title": title, "lead": lead, **more}

    for tag in api.tags:
        paths = [operation.path for operation in api.tagged(tag.name)]
        own = [name for name in GUIDES if all(f"/{name}/" in path for path in paths)]
        more = {"version": front_matter.label(own[0])} if own else {}
        yield part(tag.anchor, "operations", tag.name, tag.description, tag=tag, **more)
    yield part("answers", "answers", "Shared answers", "What several operations answer in the same way.")
    yield part("schemas", "schemas", "Schemas", "What the bodies of requests and answers look like.")


def _sources(page: str, names: dict[str, Any]) -> list[str]:
    """The files of the repository that a page is made of."""
    if "section" in names:
        told: Guide = names["guide"]
        files = [scenario.file.name for scenario in told.stories_of(names["section"])]
        return [f"scenarios/{told.service.name}/{file}" for file in files]
    if "api" in names:
        return [f"openapi/{names['api'].name}.yaml"]
    return change_files() if page == "changelog.md" else [f"docs/pages/{page}"]


def page_files() -> list[str]:
    """The file of every page. It runs no scenario."""
    return [page for page, *_ in _wanted()]


def site() -> dict[str, str]:
    """Text by the path of its file: every page in Markdown, and the samples of its requests."""
    made = environment()
    samples = made.globals["samples"] = Samples()
    found: dict[str, str] = {}
    sources: dict[str, list[str]] = {}
    # A page that needs a mock gets one of its own, so that no page changes what another shows.
    with ExitStack() as mocks:
        made.globals["trial"] = lambda now=NOW: mocks.enter_context(trial(now))
        for page, template, names in _wanted():
            samples.begin(page)
            found[page] = made.get_template(template).render(page=page, **names)
            samples.end()
            sources[page] = _sources(page, names)
    labels = front_matter.versions(navigation.navigation(list(found)))
    complete = {
        page: front_matter.completed(
            page,
            text,
            labels.get(page, front_matter.SHARED),
            WORDS.get(page, ()),
            last_change(sources[page]),
            sources[page],
        )
        for page, text in found.items()
    }
    return {**complete, **samples.files}


def pages() -> dict[str, str]:
    """Markdown by the path of its page, such as `api-reference/reference-v1/index.md`."""
    return {name: text for name, text in site().items() if name.endswith(".md")}


def write(folder: Path) -> None:
    """Makes `folder` contain exactly the site's sources. It doesn't touch files that stay the same.

    Beside the folder it writes `mkdocs.yml`, from which MkDocs builds the site.
    """
    wanted: dict[str, bytes] = {name: text.encode() for name, text in site().items()}
    navigation.write(folder, list(wanted))
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
