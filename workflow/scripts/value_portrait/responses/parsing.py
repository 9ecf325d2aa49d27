"""From a model's words to a rating: the published parser, and a strict one that says why an answer is not plain."""

import re
from typing import NamedTuple

from value_portrait.instrument import Instrument

PHRASES = {
    "very much like me": 6,
    "like me": 5,
    "somewhat like me": 4,
    "a little like me": 3,
    "not like me": 2,
    "not like me at all": 1,
}

ANSWER_CLASSES = (
    "plain",  # one of the six options, but for case, outer space and a full stop
    "decorated",  # exactly one option, with other words or marks around it
    "refusal",  # the model declines
    "negated",  # an option inside a negation
    "ambiguous",  # several options
    "off_scale",  # words, but none of the options
    "empty",  # no words
)

# The published answers show that the authors also read this one, as "a little like me".
_PUBLISHED = PHRASES | {"very little like me": 3}

_LONGEST_FIRST = sorted(_PUBLISHED, key=len, reverse=True)
_OPTION = re.compile(r"\b(?:" + "|".join(sorted(PHRASES, key=len, reverse=True)) + r")\b(?! to\b)")
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
# Words that make another phrase of a bare "like me" ("some like me", "very little like me").
_OTHER_DEGREE = re.compile(r"\b(?:some|little|much|very|quite|more|less|most|nothing|mostly|really|exactly|bit|lot)\s$")
_NEGATION = re.compile(r"\b(?:not|never|no|neither|nor|hardly|cannot|without)\b|n't\b")


class Parsed(NamedTuple):
    """What an answer says: its rating (1 to 6) or None, and its answer class."""

    rating: int | None
    answer_class: str


def parse_published(text: str | None) -> int | None:
    """The rating by the published rule: the longest option that occurs anywhere in the text, whatever its case."""
    folded = (text or "").lower()
    return next((_PUBLISHED[phrase] for phrase in _LONGEST_FIRST if phrase in folded), None)


def parse_strict(text: str | None, instrument: Instrument | None = None) -> Parsed:
    """The rating of an answer that names exactly one option, and the class of every other answer.

    An answer that starts with an option on a line or in a sentence of its own counts as decorated, whatever
    explanation follows. Negated, ambiguous and off-scale answers, refusals and empty ones have no rating.
    """
    folded = re.sub(r"[’‘`]", "'", text or "").lower().strip()
    folded = re.sub(r"[^\S\n]+", " ", folded).replace("i'm ", "i am ")
    if not re.search(r"\w", folded):
        return Parsed(None, "empty")
    bare = folded.removesuffix(".")
    if bare in PHRASES:
        return Parsed(PHRASES[bare], "plain")
    opening = re.sub(r"^[\W_]+|[\W_]+$", "", re.split(r"[\n.:;,!(]| [-–—] ", folded.lstrip("*_\"'> "), maxsplit=1)[0])
    if opening in PHRASES:
        return Parsed(PHRASES[opening], "decorated")
    # Emphasis inside a sentence ("is **like me**") is no part of the words.
    spoken = re.sub(r"[*_\"]", "", folded)
    refusal = _REFUSAL.search(spoken)
    ratings = set()
    for option in _OPTION.finditer(spoken):
        sentence = re.split(r"[.!?\n]", spoken[: option.start()])[-1]
        if option.group() == "like me" and _OTHER_DEGREE.search(sentence):
            continue
        if refusal and refusal.start() < option.start():
            return Parsed(None, "refusal")
        if _NEGATION.search(sentence):
            return Parsed(None, "negated")
        ratings.add(PHRASES[option.group()])
    if refusal and not ratings:
        return Parsed(None, "refusal")
    if len(ratings) == 1:
        return Parsed(ratings.pop(), "decorated")
    return Parsed(None, "ambiguous" if ratings else "off_scale")


def text_outcome(text: str | None, instrument: Instrument | None = None) -> str:
    """The outcome of an answer that arrived, by its words: answered, refusal or empty."""
    answer_class = parse_strict(text).answer_class
    return answer_class if answer_class in ("refusal", "empty") else "answered"
