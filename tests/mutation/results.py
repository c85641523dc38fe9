"""Remembers which stage noticed each planted fault, so that an interrupted run can go on.

The file has one JSON object a line: the service, the name of the fault, the stages that noticed it, a digest of the
code, and more for people to read. The last line about a fault counts.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

import orjson

from mock_server.harness.check.stage_names import STAGES
from tests.mutation.planting import Plant

ROOT = Path(__file__).parents[2]
FILE = ROOT / "build" / "mutation.jsonl"
# Everything that decides whether the check notices a fault.
_CODE = ("mock_server/**/*.py", "openapi/*.yaml", "scenarios/**/*.yaml", "tests/mutation/**/*.py")
# Stands in place of a stage when the check couldn't go on.
STOPPED = "could not run"


@dataclass(frozen=True, slots=True)
class Result:
    """One fault and what came of it. `stages` are those that noticed, `found` is the first finding.

    `probe` is the probe that noticed, if probes were asked first.
    """

    service: str
    name: str
    kind: str
    stages: tuple[str, ...]
    seconds: float
    found: str
    code: str
    probe: str = ""


def digest_of_code() -> str:
    """The same text as long as neither the mock, nor the check, nor a fault changes."""
    digest = sha256()
    for file in sorted(file for pattern in _CODE for file in ROOT.glob(pattern)):
        digest.update(str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def remember(result: Result) -> None:
    FILE.parent.mkdir(exist_ok=True)
    with FILE.open("ab") as file:
        file.write(orjson.dumps(asdict(result)) + b"\n")


def remembered() -> Mapping[tuple[str, str], Result]:
    """The last result for each service and name of a fault."""
    if not FILE.exists():
        return {}
    found = {}
    for line in FILE.read_bytes().splitlines():
        told = orjson.loads(line)
        result = Result(**{**told, "stages": tuple(told["stages"])})
        found[result.service, result.name] = result
    return found


def table(results: Iterable[Result]) -> str:
    """By kind of fault, how many there are and which stage noticed first, as a table in Markdown."""
    by_kind: dict[str, Counter[str]] = {}
    for result in results:
        by_kind.setdefault(result.kind, Counter())[result.stages[0] if result.stages else "nobody"] += 1
    seen = {stage for counts in by_kind.values() for stage in counts}
    columns = [stage for stage in (*STAGES, STOPPED, "nobody") if stage in seen]
    rows = [("kind of fault", "planted", *columns), ("---", *["---:"] * (len(columns) + 1))]
    for kind, counts in by_kind.items():
        rows.append((kind, str(counts.total()), *(str(counts[column] or "") for column in columns)))
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def likely(results: Iterable[Result], service: str, plant: Plant) -> list[str]:
    """The probes that noticed this fault, or others of its kind, before. The most likely one comes first."""
    own: list[str] = []
    kin: Counter[str] = Counter()
    for result in results:
        if result.service != service or not result.probe:
            continue
        if result.name == plant.name:
            own.append(result.probe)
        elif result.kind == plant.kind:
            kin[result.probe] += 1
    ranked = [probe for probe, _ in kin.most_common()]
    # A module looks for what is akin.
    return [*own, *ranked, *dict.fromkeys(probe.partition(".")[0] for probe in ranked)]
