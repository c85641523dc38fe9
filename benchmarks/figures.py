"""What the benchmark finds: the shapes that the runs fill and the report prints."""

from dataclasses import dataclass, field
from statistics import median

from benchmarks.load import ERRORS_ALLOWED, Load


@dataclass(frozen=True)
class Run:
    """One round of one workload against one server."""

    load: Load
    cpu_seconds: float
    memory_bytes: int


@dataclass
class Series:
    """All rounds of one row of a table; `answer_bytes` is the body of one answer, without headers."""

    name: str
    request: str
    answer_bytes: int
    # Why there is no figure, empty where there is one.
    problem: str = ""
    runs: list[Run] = field(default_factory=list)

    @property
    def usable(self) -> bool:
        """Whether it ran, and so few answers failed that the figures mean something."""
        return not self.problem and bool(self.runs) and all(run.load.error_share <= ERRORS_ALLOWED for run in self.runs)

    @property
    def errors(self) -> int:
        return sum(run.load.errors for run in self.runs)

    @property
    def rates(self) -> list[float]:
        """Requests per second, a round each, lowest first."""
        return sorted(run.load.per_second for run in self.runs)

    @property
    def rate(self) -> float:
        return median(self.rates)

    @property
    def p50_ms(self) -> float:
        return median(run.load.p50_ms for run in self.runs)

    @property
    def p99_ms(self) -> float:
        return median(run.load.p99_ms for run in self.runs)

    @property
    def cpu_microseconds(self) -> float:
        """CPU time of the server for one request."""
        return 1e6 * sum(r.cpu_seconds for r in self.runs) / max(sum(r.load.requests for r in self.runs), 1)

    @property
    def cores_used(self) -> float:
        return sum(r.cpu_seconds for r in self.runs) / sum(r.load.seconds for r in self.runs)


@dataclass
class Comparison:
    """Rows to compare: the first is what is judged, the others what it is judged by.

    `reach` has the ratio of the first row's rate to another's that the project means to reach, by row.
    """

    name: str
    title: str
    reach: dict[str, float]
    series: list[Series] = field(default_factory=list)

    def ratio(self, series: Series) -> float | None:
        """Requests per second of the first row over those of this one; None for itself and for failures."""
        judged = self.series[0]
        if series is judged or not series.usable or not judged.usable:
            return None
        return judged.rate / series.rate

    def cpu_ratio(self, series: Series) -> float | None:
        """CPU time for one request of this row over that of the first; steadier than `ratio` on a busy machine."""
        judged = self.series[0]
        if self.ratio(series) is None or not judged.cpu_microseconds:
            return None
        return series.cpu_microseconds / judged.cpu_microseconds


@dataclass(frozen=True)
class Started:
    """One server's starts: seconds to the first answer, a start each, and memory after that answer."""

    server: str
    cores: str
    seconds: list[float]
    memory_bytes: int


@dataclass(frozen=True)
class Figure:
    """One figure of the mock alone; `reach` says in words what it means to reach, empty for nothing."""

    title: str
    value: float
    unit: str
    reach: str = ""
    remark: str = ""


@dataclass
class Results:
    """Everything that one call of the benchmark found, and where, and how."""

    date: str
    command_line: str
    machine: dict[str, str]
    versions: dict[str, str]
    method: list[str]
    started: list[Started] = field(default_factory=list)
    comparisons: list[Comparison] = field(default_factory=list)
    findings: list[Figure] = field(default_factory=list)
