"""What single refusals tell: the request that leaves last, and the others."""

from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from value_portrait.responses.limits import Limit, Ticket


def leave(limit: Limit, number: int, begin: float, end: float) -> list[Ticket]:
    """So many requests leave evenly, the last at ``end``."""
    return [limit.leave(begin + (end - begin) * i / number) for i in range(1, number + 1)]


def test_between_two_refusals_the_servers_rate_is_measured() -> None:
    limit = Limit(None, 1000.0)
    assert (limit.learned, limit.one_at_a_time, limit.refused_since) == (None, False, None)
    *_, refused = leave(limit, 31, 1000.0, 1003.0)
    # 30 passed in three seconds; the next one that tries goes after an interval at that rate, a little shortened.
    assert limit.refuse(refused, 1003.1) == pytest.approx(0.2)
    assert limit.learned == 10
    assert (limit.one_at_a_time, limit.refused_since) == (True, 1003.1)
    probe = limit.leave(1003.3)
    limit.let_pass(probe)
    limit.serve(1003.5)
    assert (limit.rate, limit.one_at_a_time, limit.refused_since) == (pytest.approx(9.8), False, None)
    *_, refused = leave(limit, 40, 1003.3, 1011.0)
    # The one that tried and 39 others passed in eight seconds.
    limit.refuse(refused, 1011.1)
    assert limit.learned == 5
    limit.let_pass(limit.leave(1011.4))
    assert limit.rate == pytest.approx(5 * 0.98)
    # 30 passed before the first refusal, in three seconds, 15 more than at that rate: a second's worth is caught up.
    assert limit.burst == 5


def test_a_limit_that_others_have_used_up_says_little() -> None:
    limit = Limit(None, 1000.0)
    assert limit.refuse(limit.leave(1000.0), 1000.1) == pytest.approx(0.2)
    assert limit.learned == 5
    limit.let_pass(limit.leave(1040.0))
    assert limit.rate == pytest.approx(4.9)


def test_a_refusal_from_before_is_no_news() -> None:
    limit = Limit(None, 1000.0)
    tickets = leave(limit, 20, 1000.0, 1002.0)
    assert limit.refuse(tickets[14], 1002.1) is not None
    rate = limit.learned
    assert rate == 14 / 1.5
    assert [limit.refuse(ticket, 1002.1) for ticket in tickets[15:]] == [None] * 5
    # Nor is an answer: the door stays closed.
    limit.let_pass(tickets[3])
    limit.serve(1002.2)
    assert (limit.learned, limit.one_at_a_time) == (rate, True)


def test_who_tries_waits_longer_each_time() -> None:
    limit = Limit(None, 1000.0)
    *_, refused = leave(limit, 31, 1000.0, 1003.0)
    gaps = [limit.refuse(refused, 1003.0)]
    for after in (1, 5, 10, 50):
        gaps.append(limit.refuse(limit.leave(1003.0 + after), 1003.0 + after))
    assert gaps == pytest.approx([0.2, 0.2, 0.6, 1.2, 6])


def test_a_door_that_stays_closed_is_a_window() -> None:
    limit = Limit(None, 1000.0)
    for second in range(5):
        for _ in range(20):
            limit.serve(1000.0 + 1.1 * second)
    *_, refused = leave(limit, 101, 1000.0, 1005.0)
    limit.refuse(refused, 1005.0)
    limit.refuse(limit.leave(1030.0), 1030.0)
    limit.let_pass(limit.leave(1060.0))
    # 100 in 60 s, as fast as ever served: the one that tried, and 99 more. Then one tries whether there are more.
    assert limit.learned == 100 / 60
    assert limit.rate == 20
    leave(limit, 98, 1060.0, 1065.0)
    assert not limit.one_at_a_time
    limit.leave(1065.1)
    assert limit.one_at_a_time
    more = limit.leave(1065.2)
    # The next window is expected 60 s after this one; a little before, somebody tries.
    assert limit.refuse(more, 1065.2) == pytest.approx(0.97 * 60 - 5.2)
    assert limit.refuse(limit.leave(1118.2), 1118.2) == pytest.approx(0.015 * 60)
    # Much later than expected, with growing gaps again.
    assert limit.refuse(limit.leave(1130.0), 1130.0) == pytest.approx(0.12 * (1130 - 1065.2))


def test_room_within_a_window_halves_the_rate_alone() -> None:
    limit = Limit(None, 1000.0)
    for _ in range(50):
        limit.serve(1000.5)
    *_, refused = leave(limit, 101, 1000.0, 1002.0)
    limit.refuse(refused, 1002.0)
    limit.refuse(limit.leave(1005.0), 1005.0)
    limit.let_pass(limit.leave(1010.0))
    assert (limit.learned, limit.rate) == (10, 50)
    *_, refused = leave(limit, 9, 1010.0, 1010.4)
    assert limit.refuse(refused, 1010.4) == pytest.approx(0.15)
    rate = limit.rate
    limit.let_pass(limit.leave(1010.6))
    assert limit.rate == pytest.approx(rate / 2)
    assert limit.learned == 10


def test_a_stated_limit_is_a_ceiling() -> None:
    limit = Limit(None, 1000.0)
    limit.leave(1000.0)
    limit.state(5.0)
    assert limit.rate == 5
    limit.state(7.0)
    leave(limit, 50, 1000.0, 1010.0)
    assert limit.rate == 5
    limit.state(4.0)
    limit.leave(1011.0)
    assert limit.rate == 4
    assert Limit(3.0, 1000.0).rate == 3


# Both sides of every rule's boundary. Floats hold most times and rates exactly: eight requests a second.


def refused(limit: Limit, number: int, begin: float, end: float, beyond: int = 0) -> Ticket:
    """So many leave, and the last is refused; by then, others left too, and pass."""
    *_, last = leave(limit, number, begin, end)
    leave(limit, beyond, end, end)
    limit.refuse(last, end)
    return last


def met(passed: int, seconds: float, tries: Sequence[float], reopens: float, stated: float | None = None) -> Limit:
    """So many pass until one is refused at ``seconds``, then those that try, until one passes at ``reopens``."""
    limit = Limit(stated, 0.0)
    refused(limit, passed + 1, 0.0, seconds)
    for time in tries:
        limit.refuse(limit.leave(time), time)
    limit.let_pass(limit.leave(reopens))
    return limit


def rounds(limit: Limit, begin: float, *each: tuple[int, float] | tuple[int, float, int]) -> Iterator[Limit]:
    """From a refusal on, rounds: (how many pass, in how many seconds until one is refused, how many left by then).

    At half of a round's time one tries, and passes; the others follow. Gives the limit at each refusal.
    """
    for passed, seconds, *beyond in each:
        limit.let_pass(limit.leave(begin + seconds / 2))
        refused(limit, passed, begin + seconds / 2, begin + seconds, *beyond)
        begin += seconds
        yield limit


def after_rounds(*each: tuple[int, float] | tuple[int, float, int], stated: float | None = None) -> Iterator[Limit]:
    """As ``rounds``, after 16 that passed in two seconds."""
    limit = Limit(stated, 0.0)
    refused(limit, 17, 0.0, 2.0)
    return rounds(limit, 2.0, *each)


def evenly(*numbers: int) -> list[tuple[int, float]]:
    """Rounds with eight a second."""
    return [(number, number / 8) for number in numbers]


def test_without_a_limit_in_sight_the_rate_doubles_each_second() -> None:
    limit = Limit(None, 0.0)
    leave(limit, 300, 0.0, 0.0)
    assert limit.rate == 10
    limit.leave(1.0)
    assert limit.rate == 20


@pytest.mark.parametrize(
    ("passed", "seconds", "learned", "burst"),
    [
        (10, 2.0, 5.0, 0.0),
        (9, 2.0, 25.0, 0.0),  # fewer than ten: half of the rate
        (20, 0.5, 40.0, 0.0),
        (9, 0.125, 25.0, (9 - 25 / 8) / 2),  # half of what passed beyond the rate may follow at once
    ],
)
def test_the_first_refusal(passed: int, seconds: float, learned: float, burst: float) -> None:
    limit = met(passed, seconds, [], seconds + 0.0625, stated=50.0)
    assert (limit.learned, limit.rate, limit.burst) == (learned, learned * 0.98, burst)


@pytest.mark.parametrize(
    ("passed", "seconds", "tries", "reopens", "is_window"),
    [
        (64, 7.0, [7.375], 8.0, True),  # three would have passed in 0.375 s, at eight a second
        (64, 7.0, [7.25], 8.0, False),
        (16, 2.0, [2.75], 4.0, True),  # four seconds at least
        (16, 2.0, [3.0], 3.75, False),
        (5, 2.0, [8.0], 10.0, True),  # five at least
        (4, 2.0, [9.5], 10.0, False),
    ],
)
def test_what_makes_a_window(passed: int, seconds: float, tries: list[float], reopens: float, is_window: bool) -> None:
    limit = met(passed, seconds, tries, reopens, stated=10.0)
    evenly = passed / seconds if passed >= 10 else 5.0
    assert limit.learned == (passed / reopens if is_window else evenly)
    # Nobody was served yet: a window is filled as fast as it was on the whole.
    assert limit.rate == (passed / reopens if is_window else 0.98 * evenly)


def window_of_100_in_10_s() -> Limit:
    """Found at 10 s."""
    limit = met(100, 2.0, [5.0], 10.0)
    assert limit.learned == limit.rate == 10
    return limit


@pytest.mark.parametrize(
    ("passed", "refused_at", "tries", "reopens", "learned", "rate"),
    [
        (90, 15.0, [], 20.0, 9.0, None),  # 90 % of it: the new number
        (89, 15.0, [], 20.0, 10.0, 9.8),  # some room within it: its rate, as half of the present one is less
        (3, 12.0, [13.0], 13.5, 5.0, 4.9),  # closed much earlier: no window, and half of its rate
    ],
)
def test_what_becomes_of_a_window(
    passed: int, refused_at: float, tries: list[float], reopens: float, learned: float, rate: float | None
) -> None:
    limit = window_of_100_in_10_s()
    refused(limit, passed, 10.0, refused_at)
    for time in tries:
        limit.refuse(limit.leave(time), time)
    limit.let_pass(limit.leave(reopens))
    assert limit.learned == learned
    assert rate is None or limit.rate == pytest.approx(rate)


def test_a_window_begins_anew_with_the_first_request_after_its_end() -> None:
    limit = window_of_100_in_10_s()
    leave(limit, 30, 10.0, 15.0)
    limit.leave(20.0)
    leave(limit, 98, 20.0, 25.0)
    assert not limit.one_at_a_time
    limit.leave(25.0)
    assert limit.one_at_a_time


def test_the_first_request_of_a_window_does_not_count_where_it_is_refused_later() -> None:
    limit = met(5, 2.0, [8.0], 10.0)
    first = limit.leave(20.0)
    leave(limit, 4, 20.0, 20.25)
    # Four of five are not all: no reason to wait for the window's end.
    assert limit.refuse(first, 20.5) == pytest.approx(0.15)


@pytest.mark.parametrize(
    ("length", "passed", "tried", "gap"),
    [
        (100.0, 95, 196.75, 0.25),  # until 97 % of its length are over
        (100.0, 95, 197.0, 1.5),  # then every 1.5 %
        (100.0, 50, 150.0, 3.6),  # before it is full: 12 % of the time since none passes
        (10.0, 95, 20.5, 0.15),
        (10.0, 95, 21.0, 0.72),  # after 110 % as without a window
    ],
)
def test_when_to_try_a_window_again(length: float, passed: int, tried: float, gap: float) -> None:
    limit = met(100, length / 5, [length / 2], length)
    refused(limit, passed, length, length * 1.5 if passed > 90 else length * 1.2)
    assert limit.refuse(limit.leave(tried), tried) == pytest.approx(gap)


def test_what_left_before_a_refusal_does_not_reopen() -> None:
    limit = Limit(None, 0.0)
    tickets = leave(limit, 20, 0.0, 2.0)
    limit.refuse(tickets[14], 2.0)
    limit.let_pass(tickets[-1])
    assert limit.one_at_a_time
    limit.let_pass(limit.leave(2.5))
    assert not limit.one_at_a_time


@pytest.mark.parametrize(
    ("each", "learned"),
    [
        ([(10, 1.25)], 8.0),
        ([(9, 1.25)], 8.0),  # below ten, one more is taken to have been under way
        ([(1, 0.0)], 7.84 * 1.004),  # no time at all: as fast as asked
        # Behind a rate that is known well: a tenth less, and measured anew, from the last refusal on.
        ([*evenly(25, 25), (30, 30.0)], 0.9 * 7.84 * 1.0005**30),
        ([(60, 30.0)], 0.9 * 7.84 * 1.004**60),
        ([(60, 30.0), (20, 2.0)], 10.0),
    ],
)
def test_what_rounds_tell(each: list[tuple[int, float]], learned: float) -> None:
    *_, limit = after_rounds(*each)
    assert limit.learned == pytest.approx(learned)


def test_a_measurement_ends_with_200() -> None:
    found = [
        limit.learned
        for number in (199, 200)
        for *_, limit in [after_rounds((number, number / 8), (20, 2.0), stated=8.0)]
    ]
    assert found == [pytest.approx(219 / (199 / 8 + 2)), 10]


def test_nine_tenths_of_the_rate_are_not_behind_it() -> None:
    *_, limit = after_rounds((72, 8.0), stated=10.0)
    assert (limit.rate, limit.learned) == (10, 9)
    *_, limit = after_rounds((72, 8.0), (20, 2.0), stated=10.0)
    assert limit.learned == 9.2


@pytest.mark.parametrize(("numbers", "growth"), [((25, 24), 1.004), ((25, 25), 1.0005)])
def test_after_50_a_rate_is_known_well(numbers: tuple[int, ...], growth: float) -> None:
    *_, limit = after_rounds(*evenly(*numbers))
    limit.let_pass(limit.leave(20.0))
    limit.leave(20.0)
    assert limit.rate == pytest.approx(7.84 * growth)


def test_without_a_refusal_a_well_known_rate_grows_faster_again_after_200() -> None:
    *_, limit = after_rounds(*evenly(25, 25))
    limit.let_pass(limit.leave(20.0))
    leave(limit, 200, 20.0, 40.0)
    assert limit.rate == pytest.approx(7.84 * 1.0005**200)
    limit.leave(40.0)
    assert limit.rate == pytest.approx(7.84 * 1.0005**200 * 1.004)


def test_half_of_what_passed_at_first_beyond_the_rate_may_follow_at_once() -> None:
    limit = Limit(None, 0.0)
    refused(limit, 31, 0.0, 3.0)
    *_, limit = rounds(limit, 3.0, (32, 4.0))
    limit.let_pass(limit.leave(8.0))
    # 30 in the first three seconds, 24 at eight a second.
    assert limit.burst == 3


@pytest.mark.parametrize(
    ("each", "stated", "vain"),
    [
        (evenly(10, 10, 10), None, [False, False, True]),
        ([(9, 1.25), *evenly(10, 10, 10)], None, [False, False, False, True]),
        (evenly(10, 20, 10, 10, 10), None, [False, False, False, False, True]),
        (evenly(10, 19, 10), None, [False, False, True]),
        # Rates above 1.1 times the measured one are not slow.
        ([(10, 1.25, 30), (10, 5.0, 30), (10, 5.0)], None, [False] * 3),
        ([(10, 1.25, 30), (10, 5.0, 30), (10, 5.0)], 8.8, [False, False, True]),
    ],
)
def test_when_slowing_down_was_in_vain(each: list[tuple[int, float]], stated: float | None, vain: list[bool]) -> None:
    assert [limit.in_vain for limit in after_rounds(*each, stated=stated)] == vain


@pytest.mark.parametrize(
    ("served", "rate"),
    [([], 0.05), ([2.0] * 8 + [3.0] * 4, 6.0), ([2.0] * 8 + [3.25] * 4, 4.0), ([2.0] * 4 + [3.25] * 9, 4.5)],
)
def test_in_vain_the_rate_starts_again_from_half_of_the_most_in_a_second(served: list[float], rate: float) -> None:
    limit = Limit(None, 0.0)
    refused(limit, 17, 0.0, 2.0)
    for time in served:
        limit.serve(time)
    *_, limit = rounds(limit, 2.0, *evenly(10, 10, 10))
    assert limit.rate == rate
    limit.leave(5.75)
    limit.leave(6.75)
    assert limit.rate == 2 * rate


@pytest.mark.parametrize("answers", [0, 1])
def test_ten_more_refusals_than_answers_are_about_a_limit_again(answers: int) -> None:
    limit = Limit(None, 0.0)
    # Before any refusal, an answer makes up for nothing.
    for _ in range(answers):
        limit.serve(0.0)
    refused(limit, 17, 0.0, 2.0)
    *_, limit = rounds(limit, 2.0, *evenly(10, 10, 10))
    # Four refusals, less one answer.
    limit.serve(6.0)
    for second in range(7, 13):
        assert limit.refuse(limit.leave(second), second) == 0
        assert limit.in_vain
        assert not limit.one_at_a_time
    last = limit.leave(13.0)
    assert limit.refuse(last, 13.0) > 0
    assert limit.one_at_a_time
    assert not limit.in_vain
    # After answers, it takes three times again.
    for _ in range(10):
        limit.serve(13.0)
    assert [one.in_vain for one in rounds(limit, 13.0, *evenly(10, 10, 10))] == [False, False, True]


@pytest.mark.parametrize(("more", "is_behind"), [(39, False), (40, True)])
def test_in_vain_fewer_than_50_say_little(more: int, is_behind: bool) -> None:
    limit = Limit(None, 0.0)
    refused(limit, 17, 0.0, 2.0)
    for _ in range(40):
        limit.serve(2.0)
    *_, limit = rounds(limit, 2.0, *evenly(10, 10, 10))
    # 10 of the last round, and the others; 30 of all.
    refused(limit, more + 1, 5.75, 10.0)
    assert limit.learned == pytest.approx(0.9 * limit.rate if is_behind else (30 + more) / 8)


@given(
    st.none() | st.floats(0.1, 50),
    st.lists(st.tuples(st.integers(0, 9), st.sampled_from(["leave", "pass", "refuse"]), st.sampled_from([0, 0.1, 9]))),
)
def test_any_answers_leave_a_pace_that_can_be_kept(stated: float | None, steps: list[tuple[int, str, float]]) -> None:
    limit, now, under_way = Limit(stated, 1000.0), 1000.0, list[Ticket]()
    for which, step, seconds in steps:
        now += seconds
        if step == "leave" or not under_way:
            under_way.append(limit.leave(now))
            continue
        ticket = under_way.pop(which % len(under_way))
        if step == "refuse":
            assert (limit.refuse(ticket, now) or 0) >= 0
        else:
            limit.let_pass(ticket)
            limit.serve(now)
        assert limit.rate > 0
        assert limit.burst >= 0
        assert limit.learned is None or limit.learned > 0
