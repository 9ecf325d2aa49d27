from types import SimpleNamespace

import pytest
from value_portrait.responses import limit_headers
from value_portrait.responses.limit_headers import per_minute, seconds, until_reset


@pytest.mark.parametrize(
    ("text", "wait"),
    [
        ("1m", 60),
        ("1h", 3600),
        ("2d", 172_800),
        ("1h2m3.5s", 3723.5),
        ("1970-01-01T00:00:09+00:00", 4),
        ("Thu, 01 Jan 1970 00:00:09 GMT", 4),
        ("1970-01-01T00:00:04+00:00", 0),
        ("soon", None),
        ("", None),
        (None, None),
    ],
)
def test_waiting_times_are_read(monkeypatch: pytest.MonkeyPatch, text: str | None, wait: float | None) -> None:
    monkeypatch.setattr(limit_headers, "time", SimpleNamespace(time=lambda: 5.0))
    assert seconds(text) == wait


@pytest.mark.parametrize("name", ["x-ratelimit-{}-requests", "anthropic-ratelimit-requests-{}"])
def test_limits_are_read_as_both_apis_name_them(name: str) -> None:
    headers = {name.format("limit"): "60", name.format("remaining"): "0", name.format("reset"): "6s"}
    assert (per_minute(headers, "requests"), per_minute(headers, "tokens")) == (60, None)
    assert (until_reset(headers, "requests"), until_reset(headers, "tokens")) == (6, None)
    assert until_reset(headers | {name.format("remaining"): "1"}, "requests") is None
