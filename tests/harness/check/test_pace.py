"""How fast the check sends: below a rate limit, within a time limit, only while the server lives. No time passes."""

from dataclasses import dataclass, field

import pytest

from mock_server.harness.check.pace import OutOfTime, Pace, ServerGone
from mock_server.sandbox.rate_limit import RateLimiter
from mock_server.settings import Rate


@dataclass
class LimitedServer:
    """A server with a rate limit, and a clock that moves when somebody waits."""

    rate: Rate | None = None
    now: float = 1000.0
    waits: list[str] = field(default_factory=list)
    refused: int = 0
    served: int = 0

    def __post_init__(self) -> None:
        self._limiter = RateLimiter(self.rate)

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def pace(self, *, rate: Rate | None = None, seconds: float | None = None) -> Pace:
        until = None if seconds is None else self.now + seconds
        return Pace(rate, until, now=lambda: self.now, sleep=self.sleep, on_wait=self.waits.append)

    def ask(self, pace: Pace, takes: float = 0.01) -> int:
        return pace.send(lambda: self._answer(takes), heard=lambda answer: answer, failures=())[0]

    def ask_on(self, pace: Pace, takes: float = 0.01) -> None:
        while True:
            self.ask(pace, takes)

    def _answer(self, takes: float) -> tuple[int, str | None]:
        self.now += takes
        retry_after = self._limiter.admit(self.now)
        if retry_after:
            self.refused += 1
            return 429, str(retry_after)
        self.served += 1
        return 200, None


@pytest.mark.parametrize("rate", [Rate(1000, 300), Rate(50, 5), Rate(300, 10), Rate(3, 60), Rate(1, 1)])
def test_the_limit_is_learnt_from_the_first_429_and_then_kept(rate: Rate) -> None:
    world = LimitedServer(rate)
    pace = world.pace()
    assert {world.ask(pace) for _ in range(3 * rate.requests)} == {200}
    assert world.refused == 1
    assert pace.rate == rate
    assert any(f"the server allows {rate.requests} requests in {rate.seconds:.0f} s" in said for said in world.waits)


def test_a_limit_that_is_known_is_never_met() -> None:
    world = LimitedServer(Rate(100, 10))
    pace = world.pace(rate=Rate(100, 10))
    for _ in range(500):
        world.ask(pace)
    assert world.refused == 0
    # And it doesn't dawdle: nearly all that is allowed in each window.
    assert world.now - 1000 < 10 * 500 / 90


def test_a_slow_server_is_never_waited_for() -> None:
    world = LimitedServer(Rate(1000, 300))
    pace = world.pace()
    for _ in range(2000):
        world.ask(pace, takes=0.4)
    assert (world.refused, world.waits) == (0, [])


def test_nothing_is_sent_after_the_time_limit() -> None:
    world = LimitedServer()
    pace = world.pace(seconds=10)
    pace.begin()
    with pytest.raises(OutOfTime):
        world.ask_on(pace, takes=0.2)
    assert 9.9 < world.now - 1000 < 10.3


def test_a_stage_has_its_share_of_the_time_and_what_it_leaves_goes_to_the_others() -> None:
    world = LimitedServer()
    pace = world.pace(seconds=100)
    pace.begin(0.25)
    with pytest.raises(OutOfTime):
        world.ask_on(pace, takes=1)
    assert 24 < world.now - 1000 < 27
    pace.begin(0.5)
    world.ask(pace)
    pace.begin(1.0)
    with pytest.raises(OutOfTime):
        world.ask_on(pace, takes=1)
    assert 99 < world.now - 1000 < 102


def test_under_a_limit_a_stage_has_its_share_of_the_requests() -> None:
    world = LimitedServer(Rate(100, 10))
    pace = world.pace(rate=Rate(100, 10), seconds=35)
    pace.begin(0.5)
    with pytest.raises(OutOfTime):
        world.ask_on(pace)
    # Four windows begin in that time, and half of what fits in is its own.
    assert 150 < world.served < 210
    pace.begin(1.0)
    with pytest.raises(OutOfTime):
        world.ask_on(pace)
    assert world.served > 330
    assert world.refused == 0
    assert world.now - 1000 <= 35.1


def test_what_a_stage_sent_before_the_limit_was_known_counts_as_its_own() -> None:
    world = LimitedServer(Rate(100, 10))
    pace = world.pace(seconds=35)
    pace.begin(0.25)
    with pytest.raises(OutOfTime):
        world.ask_on(pace)
    # It met the limit with its hundredth request, and that was about its share.
    assert 95 <= world.served <= 115
    pace.begin(1.0)
    with pytest.raises(OutOfTime):
        world.ask_on(pace)
    assert world.served > 330


def test_a_429_that_says_nothing_is_waited_for_longer_and_longer_and_then_believed() -> None:
    world = LimitedServer()
    answers = iter([(429, None)] * 3 + [(200, None)] + [(429, None)] * 100)
    pace = world.pace()

    def ask() -> int:
        return pace.send(lambda: next(answers), heard=lambda answer: answer, failures=())[0]

    assert ask() == 200
    assert world.now == pytest.approx(1000 + 1 + 2 + 4, abs=1)
    assert ask() == 429


@pytest.mark.parametrize("odd", ["soon", "²", "-1", "9999999", ""])
def test_a_retry_after_that_says_nothing_is_for_others_to_judge(odd: str) -> None:
    world = LimitedServer()
    pace = world.pace()
    assert pace.send(lambda: (429, odd), heard=lambda answer: answer, failures=())[0] == 429
    assert world.now == 1000


def test_a_server_that_answers_no_more_ends_the_check_and_one_lost_connection_does_not() -> None:
    world = LimitedServer()
    pace = world.pace()

    def lose() -> tuple[int, str | None]:
        raise ConnectionResetError("reset")

    def ask() -> None:
        pace.send(lose, heard=lambda answer: answer, failures=(OSError,))

    with pytest.raises(ConnectionResetError):
        ask()
    pace.silent = lambda: "[Errno 111] Connection refused"
    with pytest.raises(ServerGone, match=r"answers no more, after 2 requests: \[Errno 111\] Connection refused"):
        ask()


def test_a_proxy_that_says_that_the_server_is_gone_ends_the_check() -> None:
    pace = LimitedServer().pace()
    assert pace.send(lambda: (502, None), heard=lambda answer: answer, failures=())[0] == 502
    pace.silent = lambda: "it answers 502"
    with pytest.raises(ServerGone, match="it answers 502"):
        pace.send(lambda: (502, None), heard=lambda answer: answer, failures=())


def test_where_the_check_sets_the_limits_itself_a_429_is_an_answer_like_others() -> None:
    world = LimitedServer(Rate(1, 60))
    pace = world.pace()
    pace.heeds_limits = False
    assert [world.ask(pace), world.ask(pace)] == [200, 429]
    assert pace.rate is None
