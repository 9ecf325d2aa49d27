"""What refusals (429) tell of a limit that nobody states.

After a refusal, one request at a time tries, later and later, until one passes. What the server let through between
two refusals, over the time between them, is its rate: requests then leave evenly, a little slower. Where it refused for
a time in which that rate would have let several pass, the limit is a number for a window of time: as many as last time
then leave at once, and more when the window is over. Where slowing down was in vain several times, refusals are not
about speed: the rate recovers, and only who was refused waits.

All times are seconds of one clock, all rates are per second.
"""

from dataclasses import dataclass

_FIRST_RATE = 10.0  # where no limit is known
_SLOWEST, _FASTEST = 0.05, 10_000.0
# How fast the rate grows: each second, without any limit in sight; each request, once it is measured roughly, and well.
_SLOW_START, _ROUGHLY, _WELL = 2.0, 1.004, 1.0005
_FEW, _SOME, _MANY = 10, 50, 200  # requests of a measurement
_LEARNED_SHARE = 0.98  # of the measured rate
_LARGEST_CUT = 0.9
_SHORTEST_GAP_S, _GAP_SHARE = 0.2, 0.12  # between two that try: of the time since none passes
_WOULD_HAVE_PASSED = 3  # at the usual rate, while a window was closed
_SHORTEST_WINDOW_S, _FEWEST_IN_WINDOW = 4.0, 5  # a shorter or a smaller one is kept by leaving evenly
_FULL = 0.9  # of a window's number: no more is to be expected in it
_EARLY, _LATE, _WINDOW_GAP = 0.97, 1.1, 0.015  # when to try, in windows
_IN_VAIN = 3  # times that slowing down did not help
_A_HELP = {_ROUGHLY: 20, _WELL: 50}  # requests between refusals that say it did
_SLOW = 1.1  # times the measured rate, at most
_ABOUT_A_LIMIT = 10  # more refusals than answers


@dataclass(frozen=True, slots=True)
class Ticket:
    """The right to send one request: its number, and when it was given."""

    number: int
    time: float


@dataclass(slots=True)
class _Count:
    """Counts what passes after a ticket."""

    start: Ticket
    refused: int = 0

    def passed(self, until: Ticket) -> int:
        return until.number - self.start.number - self.refused


class Limit:
    """How fast requests may leave (``rate``), and whether all may.

    Parameters
    ----------
    stated : a known limit; None where there is none.
    now : when the run begins.

    Attributes
    ----------
    burst : requests that may follow each other at once, to catch up after a pause.
    denied_s : how long those that tried were refused.
    refused_since : the first of the refusals after which nothing was served; None after an answer.
    """

    def __init__(self, stated: float | None, now: float) -> None:
        self.rate = stated or _FIRST_RATE
        self.burst = self.denied_s = 0.0
        self.refused_since: float | None = None
        self._ceiling = stated or _FASTEST
        self._growth = _WELL if stated else _SLOW_START
        self._grown = now
        self._last = Ticket(0, now)
        self._open = _Count(self._last)  # since it was found open
        self._closed: Ticket | None = None  # what was refused first
        self._old_news = 0  # the last ticket that was given before the last refusal
        self._window: tuple[float, int] | None = None  # seconds, and how many pass
        self._first: tuple[int, float]  # how many passed before the first refusal, in how many seconds
        self._measuring: _Count | None = None  # since some refusal
        self._measured = 0.0
        self._in_vain = 0
        self._surplus = 0  # refusals above answers, lately
        self._second, self._served, self._best = now, 0, 0  # most requests that were served within a second

    @property
    def learned(self) -> float | None:
        """The rate that refusals tell."""
        if self._window is not None:
            return self._window[1] / self._window[0]
        return self._measured or None

    @property
    def in_vain(self) -> bool:
        """Whether refusals are not about speed."""
        return self._in_vain >= _IN_VAIN

    @property
    def one_at_a_time(self) -> bool:
        """Whether a request has to pass before another may leave."""
        return self._closed is not None or self._reached(1.0)

    def state(self, stated: float) -> None:
        """A reply states a limit."""
        if self._growth == _SLOW_START:
            # Nothing else was known.
            self.rate, self._growth = stated, _WELL
        self._ceiling = min(self._ceiling, stated)

    def leave(self, now: float) -> Ticket:
        """The next request leaves."""
        elapsed, self._grown = now - self._grown, now
        if self._closed is None:
            if self._growth == _WELL and self._open.passed(self._last) > _MANY:
                # A refusal would have come by now.
                self._growth = _ROUGHLY
            growth = _SLOW_START**elapsed if self._growth == _SLOW_START else self._growth
            self.rate = min(self.rate * growth, self._ceiling)
        self._last = Ticket(self._last.number + 1, now)
        if self._window is not None and self._closed is None and now - self._open.start.time >= self._window[0]:
            # The window's number was not asked for.
            self._open = _Count(self._last, -1)
        return self._last

    def serve(self, now: float) -> None:
        """A request was served."""
        self.refused_since, self._surplus = None, max(0, self._surplus - 1)
        if now - self._second > 1:
            self._second, self._served = now, 0
        self._served += 1
        self._best = max(self._best, self._served)

    def let_pass(self, ticket: Ticket) -> None:
        """A request was not refused."""
        if self._closed is not None and ticket.number > self._old_news:
            self._closed = None
            self._reopen(ticket)

    def refuse(self, ticket: Ticket, now: float) -> float | None:
        """A request was refused: seconds until another may try; None where that is no news."""
        self.refused_since = self.refused_since or now
        self._surplus += 1
        for count in (self._open, self._measuring):
            if count is not None and ticket.number >= count.start.number:
                count.refused += 1
        if ticket.number <= self._old_news:
            return None
        self._old_news = self._last.number
        if self._closed is not None:
            self.denied_s = ticket.time - self._closed.time
            return self._gap(now)
        self._measure(ticket)
        if self.in_vain:
            if self._surplus < _ABOUT_A_LIMIT:
                return 0.0
            self._in_vain, self._measuring, self._growth = 0, _Count(ticket), _ROUGHLY
        self._closed, self.denied_s = ticket, 0.0
        return self._gap(now)

    def _measure(self, ticket: Ticket) -> None:
        passed = self._open.passed(ticket)
        if self._measuring is None:
            elapsed = max(ticket.time - self._open.start.time, 1e-9)
            self._first = passed, elapsed
            # Who asked before us may have left too little to tell.
            self._measured = passed / elapsed if passed >= _FEW else self.rate / 2
            self._growth, self._measuring = _ROUGHLY, _Count(ticket)
            return
        count, elapsed = self._measuring.passed(ticket), ticket.time - self._measuring.start.time
        if not self.in_vain:
            slow = self._window is None and self.rate <= _SLOW * self._measured
            self._in_vain = self._in_vain + 1 if slow and count >= _FEW and passed < _A_HELP[self._growth] else 0
            if self.in_vain:
                self.rate, self._growth = max(self._best / 2, _SLOWEST), _SLOW_START
            else:
                self._growth = _ROUGHLY if count < _SOME and self._growth == _ROUGHLY else _WELL
        # One more was under way.
        self._measured = (count + (count < _FEW)) / elapsed if elapsed else self.rate
        lags = (passed >= _SOME or self._growth == _WELL) and self._measured < _LARGEST_CUT * self.rate
        if lags:
            # The rate grew ever since, or the time was short: what passed then says little.
            self._measured = _LARGEST_CUT * self.rate
        if lags or count >= _MANY:
            self._measuring = _Count(ticket)

    def _reopen(self, ticket: Ticket) -> None:
        passed, elapsed = self._open.passed(ticket) - 1, max(ticket.time - self._open.start.time, 1e-9)
        usual = self._window[1] / self._window[0] if self._window is not None else passed / elapsed
        shut = self.denied_s * usual >= _WOULD_HAVE_PASSED
        if self._window is not None and not shut and passed < _FULL * self._window[1]:
            # Some room came back before the window was over: leave less fast.
            self.rate = max(self.rate / 2, usual * _LEARNED_SHARE)
            return
        if (shut or self._window is not None) and passed >= _FEWEST_IN_WINDOW and elapsed >= _SHORTEST_WINDOW_S:
            if self._window is None:
                self.rate = min(max(self._best, passed / elapsed), self._ceiling)
            self._window = elapsed, passed
        else:
            if self._window is not None:
                self._measured = max(self._measured, usual / 2)
            self._window = None
            self.rate = min(max(self._measured * _LEARNED_SHARE, _SLOWEST), self._ceiling)
            first, seconds = self._first
            # Half of what the server's bucket held at first, to catch up after a pause; at most a second's worth.
            self.burst = min(max(0.0, (first - self._measured * seconds) / 2), self._measured)
        self._open = _Count(ticket, -1)

    def _reached(self, share: float) -> bool:
        """Whether a share of the window's number is reached."""
        return self._window is not None and self._open.passed(self._last) >= share * self._window[1]

    def _gap(self, now: float) -> float:
        elapsed = now - self._open.start.time
        if self._window is not None:
            full, length = self._reached(_FULL), self._window[0]
            if full and elapsed < _EARLY * length:
                return _EARLY * length - elapsed
            if elapsed < _LATE * length:
                return max(_WINDOW_GAP * length, 0 if full else _GAP_SHARE * self.denied_s)
        return max(_SHORTEST_GAP_S, _GAP_SHARE * self.denied_s, _LEARNED_SHARE / self._measured)
