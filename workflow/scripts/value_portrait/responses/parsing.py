"""From a model's words to a rating: the published parser, and a strict one that says why an answer is not plain.

Both read whatever options an instrument has; their rules are made from the options' texts, once for each instrument.
"""

import re
from functools import cache
from typing import NamedTuple

from value_portrait.instrument import Instrument

ANSWER_CLASSES = (
    "plain",  # one of the options, but for case, outer space and a full stop
    "decorated",  # exactly one option, with other words or marks around it
    "refusal",  # the model declines
    "negated",  # an option inside a negation
    "ambiguous",  # several options
    "off_scale",  # words, but none of the options
    "empty",  # no words
)

_REFUSAL = re.compile(
    r"\bi(?: am)? (?:(?:really |so |very |truly )?sorry|apologi[sz]e)\b.{0,60}\b(?:can(?:'t|not)|unable|won't|don't)"
    r"|\bi (?:can(?:'t|not)|won't|am (?:unable|not able) to)"
    r"\b.{0,30}\b(?:assist|help|provide|select|compare|respond|answer|choose|generate|create|continue|engage|offer|rate)"
    r"|\bi (?:do not|don't) feel comfortable"
    r"|\bi (?:do not|don't) (?:have|possess|hold|experience) (?:any )?(?:personal |my own |human |individual |real )*"
    r"(?:thoughts?|opinions?|feelings?|consciousness|beliefs?|emotions?|experiences?|preferences?)"
    r"|\b(?:as an|i am an) (?:ai|artificial)\b"
    r"|\bwould you like me to\b",
    re.DOTALL,
)
_NEGATION = r"\b(?:not|never|no|neither|nor|hardly|cannot|without)\b|n't\b"
# Words that make another degree of an option ("some like me", "somewhat agree"), where the instrument has no such one.
_DEGREE = (
    r"some|little|much|very|quite|more|less|most|nothing|mostly|really|exactly|bit|lot"
    r"|somewhat|slightly|strongly|moderately|partly|rather|fairly|mildly|completely|totally|fully|extremely|generally"
)
# What ends the words in which an answer opens; a point or comma inside a number does not.
_BREAK = r"(?:[\n:;!(]|(?<!\d)[.,]|[.,](?!\d)| [-–—] )"


class Parsed(NamedTuple):
    """What an answer says: its rating on the instrument's scale, or None, and its answer class."""

    rating: int | None
    answer_class: str


class _Rules(NamedTuple):
    """How answers are read.

    Attributes
    ----------
    published : texts with their ratings, the longest first.
    options : the rating of every option's folded text; spoken : of its text without marks of emphasis.
    opening : an answer that starts with an option on a line or in a sentence of its own.
    pieces : whatever counts inside an answer: options, options in other degrees, negations, ends of sentences.
    """

    published: tuple[tuple[str, int], ...]
    options: dict[str, int]
    spoken: dict[str, int]
    opening: re.Pattern[str]
    pieces: re.Pattern[str]


def parse_published(text: str | None, instrument: Instrument) -> int | None:
    """The rating by the published rule: the longest option that occurs anywhere in the text, whatever its case.

    Further words that the instrument has for this parser (``also_read``) count as options; of two options of the same
    length the higher rating is taken.
    """
    lowered = (text or "").lower()
    return next((rating for option, rating in _rules(instrument).published if option in lowered), None)


def parse_strict(text: str | None, instrument: Instrument) -> Parsed:
    """The rating of an answer that names exactly one option, and the class of every other answer.

    An answer that starts with an option on a line or in a sentence of its own counts as decorated, whatever
    explanation follows. Negated, ambiguous and off-scale answers, refusals and empty ones have no rating. An option
    without letters or digits is read only where it opens the answer.
    """
    rules = _rules(instrument)
    folded = _fold(text or "")
    for bare in (folded, folded.removesuffix(".")):
        if bare in rules.options:
            return Parsed(rules.options[bare], "plain")
    if not re.search(r"\w", folded):
        return Parsed(None, "empty")
    if opening := rules.opening.match(folded):
        return Parsed(rules.options[opening["option"]], "decorated")
    spoken = _spoken(folded)
    refusal = _REFUSAL.search(spoken)
    ratings = set()
    negated = False
    for piece in rules.pieces.finditer(spoken):
        if piece.lastgroup == "option":
            if refusal and refusal.start() < piece.start():
                return Parsed(None, "refusal")
            if negated:
                return Parsed(None, "negated")
            ratings.add(rules.spoken[piece.group()])
        elif piece.lastgroup != "degree":
            negated = piece.lastgroup == "negation"
    if refusal and not ratings:
        return Parsed(None, "refusal")
    if len(ratings) == 1:
        return Parsed(ratings.pop(), "decorated")
    return Parsed(None, "ambiguous" if ratings else "off_scale")


def text_outcome(text: str | None, instrument: Instrument) -> str:
    """The outcome of an answer that arrived, by its words: answered, refusal or empty."""
    answer_class = parse_strict(text, instrument).answer_class
    return answer_class if answer_class in ("refusal", "empty") else "answered"


def told_outcome(outcome: str, text: str | None, instrument: Instrument) -> str:
    """The outcome that a server tells; where it has nothing to say but that there are words, these decide."""
    by_words = text_outcome(text, instrument)
    return outcome if by_words == "answered" or outcome not in ("answered", "truncated") else by_words


@cache
def _rules(instrument: Instrument) -> _Rules:
    rating_of = instrument.rating_of
    also = {words.lower(): rating for words, rating in instrument.also_read}
    published = sorted((rating_of | also).items(), key=lambda pair: (len(pair[0]), pair[1]), reverse=True)
    options = {_fold(option): rating for option, rating in rating_of.items()}
    spoken = {_spoken(option): rating for option, rating in options.items() if re.search(r"[^\W_]", option)}
    tails = {option for option in spoken if any(other.endswith(f" {option}") for other in spoken)}
    nothing = "(?!)"
    any_option = "|".join(map(_pattern, sorted(options, key=len, reverse=True)))
    spoken_option = "|".join(map(_pattern, sorted(spoken, key=len, reverse=True))) or nothing
    tail = "|".join(map(_pattern, sorted(tails, key=len, reverse=True))) or nothing
    return _Rules(
        tuple(published),
        options,
        spoken,
        # The two classes have no mark in common: else a line of stars would be tried in endless ways.
        re.compile(
            rf"(?:[*_\"'> ]|(?!{_BREAK})[^\w*\"'> ])*?(?P<option>{any_option})(?:(?!{_BREAK})[\W_])*(?:{_BREAK}|$)"
        ),
        re.compile(
            rf"(?P<option>{spoken_option})|(?P<degree>\b(?:{_DEGREE}) (?:{tail}))"
            rf"|(?P<negation>{_NEGATION})|(?P<end>[.!?\n])"
        ),
    )


def _fold(text: str) -> str:
    """Small letters, one kind of apostrophe, single spaces."""
    folded = re.sub(r"[’‘`]", "'", text).lower().strip()
    return re.sub(r"[^\S\n]+", " ", folded).replace("i'm ", "i am ")


def _spoken(folded: str) -> str:
    """Without emphasis, which inside a sentence ("is **like me**") is no part of the words."""
    return re.sub(r"[*_\"]", "", folded)


def _pattern(option: str) -> str:
    """A pattern for an option where it stands as words of its own."""
    # A digit beside a point, a comma or a minus belongs to another number.
    before = r"(?<![^\W_])" + (r"(?<!\d[.,])(?<!(?<!\d)-)" if option[0].isdigit() else "")
    after = r"(?![^\W_])" + (r"(?![.,]\d)" if option[-1].isdigit() else "")
    # "Would you like me to ..." says nothing of the speaker.
    infinitive = r"(?! to\b)" if re.search(r"\bme\b", option) else ""
    return before + re.escape(option) + after + infinitive
