"""The stage `coverage`: says what of the contract the check didn't see. What wasn't seen breaks nothing."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from mock_server.harness.check.kit import CheckKit
from mock_server.harness.check.links import links_of
from mock_server.harness.check.outcome import Finding, OperationCoverage
from mock_server.harness.check.traffic import TrafficLog, body_names

# Only a fault of the server causes it, and the mock has no faults by itself.
ONLY_BY_FAULT = frozenset({"500"})


def coverage_of(traffic: TrafficLog) -> list[OperationCoverage]:
    """How much of each operation the check tried, in the contract's order."""
    return [_coverage(traffic, id) for id in traffic.check.operations]


def _coverage(traffic: TrafficLog, id: str) -> OperationCoverage:
    operation = traffic.check.operations[id]
    tried = traffic.tried[id]
    documented = list(operation.definition["responses"])
    parameters = [f"{parameter['in']} {parameter['name']}" for parameter in operation.parameters]
    links = [f"{status} {name}" for status, name, _ in links_of(traffic.check, id)]
    return OperationCoverage(
        id=id,
        method=operation.method,
        path=operation.path,
        statuses={status: tried.statuses[status] for status in documented},
        undocumented={status: n for status, n in sorted(tried.statuses.items()) if status not in documented},
        parameters={name: tried.parameters[name] for name in parameters},
        bodies={name: tried.bodies[name] for name in body_names(traffic.check.document, operation)},
        links={name: tried.links[name] for name in links},
        valid=tried.valid,
        accepted=tried.accepted,
        excused=ONLY_BY_FAULT & set(documented),
    )


def check_coverage(kit: CheckKit, coverage: list[OperationCoverage], traffic: TrafficLog) -> None:
    """Reports what the check didn't try. Only a mock must show every status, because there the check can cause them."""
    stage = traffic.stage
    for operation in coverage:
        for found in _gaps(operation, all_statuses=traffic.is_mock):
            stage.gaps.append(replace(found, repeat=traffic.repeat))
    for chain in kit.chains:
        if not any(_contains(walked, chain, kit.newer) for walked in traffic.chains):
            stage.gaps.append(
                Finding(
                    stage.name,
                    chain[0],
                    f"{' → '.join(chain)} wasn't walked",
                    "this chain is walked from link to link",
                    "it wasn't: some request of it was never accepted",
                    repeat=traffic.repeat,
                )
            )
    met = sum(1 for o in coverage for n in o.statuses.values() if n)
    documented = sum(len(o.statuses) - len(o.excused) for o in coverage)
    followed = sum(1 for o in coverage for n in o.links.values() if n)
    stage.facts |= {
        "statuses": f"{met} of {documented}",
        "links": f"{followed} of {sum(len(o.links) for o in coverage)}",
        "chains": sum(traffic.chains.values()),
    }
    stage.cases = len(coverage)


def _gaps(operation: OperationCoverage, *, all_statuses: bool) -> Iterator[Finding]:
    def gap(what: str, says: str) -> Finding:
        return Finding("coverage", operation.id, what, says, "never")

    for status, times in operation.statuses.items():
        needed = all_statuses or status == "200"
        if needed and not times and status not in operation.excused:
            yield gap(f"{status} was never met", f"every documented status is met, {status} too")
    for name, times in operation.parameters.items():
        if not times:
            yield gap(f"the parameter {name} was never sent", "every documented parameter is sent")
    for name, times in operation.bodies.items():
        if not times:
            yield gap(f"no valid body {name} was sent", "every request schema is sent, in each content type")
    for name, times in operation.links.items():
        if not times:
            yield gap(f"the link {name} was never followed", "every link is followed")


def _contains(walked: tuple[str, ...], chain: tuple[str, ...], newer: Mapping[str, str]) -> bool:
    """Whether `walked` contains the chain. An operation on an older path counts as the one on the newer path."""
    known = tuple(newer.get(id, id) for id in walked)
    return any(known[start : start + len(chain)] == chain for start in range(len(known) - len(chain) + 1))
