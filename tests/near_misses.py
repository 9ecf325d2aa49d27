"""What is nearly right: values with one thing changed somewhere, and what is said of them."""

import copy
import math
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st
from value_portrait.errors import InputError

STRANGE = [None, True, 0, 7, -1, 1e300, math.nan, 2**70, "", " ", "x", "=1", "\x1b[2J", "a\0", "P001", [], [1], {}]
STRANGE += [{"a": 1}, "x" * 9000, "{a}", "..", "\u202e", [[[]]], "<script>"]


@st.composite
def near_misses(draw: st.DrawFn, value: Any) -> Any:
    """The value with one thing changed in it: put in, taken out, doubled, renamed, or of another kind."""
    changed = copy.deepcopy(value)
    place: Any = changed
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        key = draw(st.sampled_from(keys))
        if not (isinstance(place[key], dict | list) and place[key]) or draw(st.integers(0, 3)) == 0:
            break
        place = place[key]
    kind = draw(st.sampled_from(["replace", "replace", "delete", "double", "turn"]))
    if kind == "replace":
        place[key] = draw(st.sampled_from(STRANGE))
    elif kind == "delete":
        del place[key]
    elif isinstance(place, dict):
        place[draw(st.sampled_from([f"{key}_", "a", "\x1b[2J", "=1"]))] = place.pop(key)
    elif kind == "double":
        place.insert(0, copy.deepcopy(place[key]))
    else:
        place.reverse()
    return changed


def complaint(function: Callable[..., object], *arguments: Any) -> str | None:
    """What a reader says where it refuses, held to being one printable line; None where it does not."""
    try:
        function(*arguments)
    except InputError as error:
        said = str(error)
    else:
        return None
    assert said.isprintable()
    assert 10 < len(said) < 2000
    return said
