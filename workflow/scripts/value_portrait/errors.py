"""The one kind of error that a user is meant to see."""

import reprlib

_VALUES = reprlib.Repr()
_VALUES.maxstring = _VALUES.maxother = 80
_VALUES.maxlevel, _VALUES.maxlist, _VALUES.maxtuple, _VALUES.maxdict = 2, 4, 4, 4


def shown(value: object) -> str:
    """A value as a complaint quotes it: of what is long or deep, as much as tells it from others."""
    return _VALUES.repr(value)


def one_line(text: object, most: int = 2000) -> str:
    """What is to be said, as one printable line of bounded length: what a terminal would obey is spelt out."""
    said = str(text)
    letters = [letter if letter.isprintable() else letter.encode("unicode_escape").decode() for letter in said[:most]]
    return "".join(letters) + ("…" if len(said) > most else "")


class InputError(Exception):
    """Something from outside is not as it must be: says where, what is wrong and what to do, in one line.

    Parameters
    ----------
    where : the file, and the row or record inside it, as the user can find it.
    problem : what is wrong there, with the offending value.
    remedy : what the user can do about it.
    """

    def __init__(self, where: object, problem: str, remedy: str) -> None:
        super().__init__(f"{one_line(where, 500)}: {one_line(problem, 900)} {one_line(remedy, 500)}")
