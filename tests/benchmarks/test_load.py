"""Reading what wrk prints."""

import pytest

from benchmarks.load import Load, LoadFailed, parse

# Printed by wrk 4.1.0 with requests.lua, against a server that answered every second request 404.
OUTPUT = """\
Running 1s test @ http://127.0.0.1:8999
  1 threads and 16 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency    42.26ms    8.82ms  47.88ms   95.65%
    Req/Sec    46.00      9.66    60.00     70.00%
  46 requests in 1.00s, 5.46KB read
  Non-2xx or 3xx responses: 23
Requests/sec:     45.96
Transfer/sec:      5.45KB
{"requests": 46, "microseconds": 1000806, "bytes": 5588, "p50": 43929.0, "p99": 47876.0, "longest": 47900.0, \
"bad_answers": 23, "lost_connections": 2, "timeouts": 1}
"""


def test_the_figures_come_in_seconds_and_milliseconds() -> None:
    load = parse(OUTPUT)
    assert load == Load(46, 1.000806, 5588, 43.929, 47.876, 47.9, errors=26)
    assert load.per_second == pytest.approx(45.96, abs=0.01)


def test_errors_are_counted_among_what_was_tried() -> None:
    assert Load(requests=90, seconds=1, bytes=0, p50_ms=1, p99_ms=1, longest_ms=1, errors=10).error_share == 0.1


def test_a_run_that_answered_nothing_has_only_errors() -> None:
    assert Load(requests=0, seconds=1, bytes=0, p50_ms=0, p99_ms=0, longest_ms=0, errors=16).error_share == 1


@pytest.mark.parametrize("output", ["", "unable to connect to 127.0.0.1:1 Connection refused", OUTPUT + OUTPUT])
def test_anything_but_one_line_of_figures_is_refused(output: str) -> None:
    with pytest.raises(LoadFailed, match="no figures"):
        parse(output)
