"""The rate limit: a rolling window of accepted requests."""

from mock_server.sandbox.rate_limit import RateLimiter
from mock_server.settings import Rate


def test_requests_up_to_the_limit_are_accepted_and_the_next_is_told_how_long_to_wait() -> None:
    limiter = RateLimiter(Rate(3, 10))
    assert [limiter.admit(now) for now in (0.0, 1.0, 2.0)] == [0, 0, 0]
    assert limiter.admit(2.5) == 8


def test_a_request_that_waits_as_told_is_accepted() -> None:
    limiter = RateLimiter(Rate(1, 10))
    limiter.admit(0.25)
    wait = limiter.admit(3.0)
    assert limiter.admit(3.0 + wait - 1) > 0
    assert limiter.admit(3.0 + wait) == 0


def test_refused_requests_do_not_count() -> None:
    limiter = RateLimiter(Rate(1, 10))
    limiter.admit(0.0)
    for now in range(1, 10):
        assert limiter.admit(float(now)) > 0
    assert limiter.admit(10.0) == 0


def test_the_window_rolls_instead_of_starting_anew() -> None:
    limiter = RateLimiter(Rate(2, 10))
    assert limiter.admit(0.0) == 0
    assert limiter.admit(9.0) == 0
    assert limiter.admit(10.0) == 0
    assert limiter.admit(11.0) == 8


def test_the_wait_is_never_below_a_second() -> None:
    limiter = RateLimiter(Rate(1, 10))
    limiter.admit(0.0)
    assert limiter.admit(9.999) == 1


def test_without_a_rate_everything_is_accepted() -> None:
    limiter = RateLimiter(None)
    assert not any(limiter.admit(0.0) for _ in range(5000))


def test_a_changed_rate_starts_with_a_clean_count() -> None:
    limiter = RateLimiter(Rate(1, 10))
    limiter.admit(0.0)
    limiter.change(Rate(2, 10))
    assert [limiter.admit(1.0), limiter.admit(1.0)] == [0, 0]
    assert limiter.admit(1.0) == 10
