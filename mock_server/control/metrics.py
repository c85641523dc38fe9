"""What Prometheus reads at `/_mock/metrics`. The names and texts of the metrics are one table."""

from collections.abc import Callable, Iterator
from itertools import accumulate
from typing import Final, NamedTuple

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from mock_server.sandbox.request_counts import BOUNDS, Kind
from mock_server.sandbox.sandboxes import Registry

# The form of the text, which Prometheus has read since its first versions.
CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"


class Level(NamedTuple):
    """A metric that goes up and down, with how to read it from the registry."""

    name: str
    text: str
    read: Callable[[Registry], float]


LEVELS: Final = (
    Level("ecf_mock_sandboxes", "Sandboxes that there are, `default` included.", len),
    Level(
        "ecf_mock_journal_entries",
        "Requests that the journals of all sandboxes keep.",
        lambda registry: sum(len(sandbox.journal) for sandbox in registry),
    ),
    Level(
        "ecf_mock_journal_bytes",
        "Bytes of requests and answers that the journals of all sandboxes keep.",
        lambda registry: sum(sandbox.journal.size for sandbox in registry),
    ),
    Level(
        "ecf_mock_faults",
        "Faults that are injected in all sandboxes, used-up ones included.",
        lambda registry: sum(len(sandbox.faults) for sandbox in registry),
    ),
    Level(
        "ecf_mock_state_file_waiting_writes",
        "Changes that wait to be written to the state file; 0 without one.",
        lambda registry: 0 if registry.keeper is None else registry.keeper.waiting_writes,
    ),
)


def metrics(registry: Registry) -> bytes:
    """Every metric as text."""
    prometheus = CollectorRegistry()
    prometheus.register(_Metrics(registry))
    return generate_latest(prometheus)


class _Metrics(Collector):
    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    def collect(self) -> Iterator[Metric]:
        counts = self._registry.request_counts
        requests = CounterMetricFamily(
            "ecf_mock_requests", "Requests that the mock answered.", labels=("api", "operation", "status")
        )
        for kind, status, number in counts.by_status():
            requests.add_metric([kind.api, kind.operation, str(status)], number)
        yield requests
        durations = HistogramMetricFamily(
            "ecf_mock_request_duration_seconds", "How long the answers took.", labels=("api", "operation")
        )
        for kind, found in counts.durations().items():
            durations.add_metric(*_histogram(kind, found))
        yield durations
        yield CounterMetricFamily(
            "ecf_mock_faults_struck", "Requests that an injected fault has struck.", value=counts.struck_by_faults
        )
        for level in LEVELS:
            yield GaugeMetricFamily(level.name, level.text, value=level.read(self._registry))


def _histogram(kind: Kind, counts: list[float]) -> tuple[list[str], list[tuple[str, float]], float]:
    """The labels, the cumulative buckets and the sum, as Prometheus wants them."""
    bounds = [*(str(bound) for bound in BOUNDS), "+Inf"]
    return [kind.api, kind.operation], list(zip(bounds, accumulate(counts[:-1]), strict=True)), counts[-1]
