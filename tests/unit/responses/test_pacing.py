import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from loopback import Loopback
from targets import make_plan, make_target, run

NUMBER, LIMIT = 400, 20
CASES: dict[str, tuple[dict[str, Any], float | None]] = {
    "row": ({}, 60 * LIMIT),
    "headers": ({"limit_headers": {"x-ratelimit-limit-requests": str(60 * LIMIT)}}, None),
    "retry_after": ({}, None),
    "no_retry_after": ({"retry_after": False}, None),
}


def pace(case: str, root: Path) -> tuple[float, int, int]:
    """Seconds, refusals and lost requests against a server that allows 20 requests a second."""
    settings, per_minute = CASES[case]
    with Loopback(latency_s=0.2, requests_per_s=LIMIT, **settings) as server:
        target = make_target(server.url, max_in_flight=50, requests_per_minute=per_minute, timeout_s=10)
        missing = run(target, make_plan(target, NUMBER), root / case).missing
        assert server.began is not None
        return time.monotonic() - server.began, server.statuses[429], missing


def test_the_pace_is_that_of_the_server_however_it_tells(tmp_path: Path) -> None:
    with ThreadPoolExecutor(len(CASES)) as threads:
        results = dict(zip(CASES, threads.map(lambda case: pace(case, tmp_path), CASES), strict=True))
    ideal = NUMBER / LIMIT
    for case, (elapsed, refused, missing) in results.items():
        # Within 5 % is what the benchmark shows on a quiet machine; here, that no case falls far behind.
        assert elapsed <= 1.5 * ideal, (case, results)
        assert refused <= 0.02 * NUMBER, (case, results)
        assert missing == 0
