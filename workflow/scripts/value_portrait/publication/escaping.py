"""Any text as LaTeX that every engine sets, and how wide it gets."""

import re
import unicodedata

_SYMBOLS = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': "''",
    "–": "--",
    "—": "---",
    "’": "'",
    "‘": "`",
    "“": "``",
    "”": "''",
    "…": r"\dots{}",
    "\u2003": r"\quad{}",
    "−": "$-$",
    "×": r"$\times$",
    "±": r"$\pm$",
    "·": r"$\cdot$",
    "°": r"$^\circ$",
    "≤": r"$\le$",
    "≥": r"$\ge$",
    "†": r"$^\dagger$",
    "‡": r"$^\ddagger$",
    "§": r"$^\S$",
    "¶": r"$^\P$",
}
# Letters that a plain LaTeX has beside ASCII: these, and those with one of the accents grave, acute, circumflex, tilde,
# macron, breve, dot, diaeresis, ring, double acute, caron and cedilla.
_LETTERS = frozenset("ßæœøłÆŒØŁı")
_ACCENTS = frozenset("\u0300\u0301\u0302\u0303\u0304\u0306\u0307\u0308\u030a\u030b\u030c\u0327")
# So many letters that it has not are named; the rest of such a run is left out.
_NAMED = 8
# Pairs of these become one sign.
_LIGATURE = re.compile(r"[-'`,?!][-'`,]")
# Words with points or apostrophes within, spaces, and runs of other marks.
_PIECES = re.compile(r"[^\W_]+(?:[.'][^\W_]+)*|\s+|(?:[^\w\s]|_)+")
_BREAK = r"\allowbreak{}"
# Widths in em of Computer Modern, rounded up; the rest is told by its kind.
_WIDTHS = (
    ("il.,:;!'|", 0.28),
    ("jtfrsI()[]/- ", 0.4),
    ("0123456789–", 0.5),
    ("mW@%œæ", 1.03),
    ("wMO", 0.92),
)
_WIDE = {letter: width for letters, width in _WIDTHS for letter in letters}


def _known(letter: str) -> bool:
    if letter in _SYMBOLS or letter in _LETTERS or " " <= letter <= "~":
        return True
    plain = unicodedata.normalize("NFD", letter)
    return "À" <= letter <= "ſ" and plain[0].isascii() and set(plain[1:]) <= _ACCENTS


def _runs(text: str) -> list[tuple[bool, str]]:
    """The text in runs of letters that a plain LaTeX has, or has not."""
    runs: list[tuple[bool, str]] = []
    for letter in text:
        known = _known(letter)
        if runs and runs[-1][0] == known:
            runs[-1] = (known, runs[-1][1] + letter)
        else:
            runs.append((known, letter))
    return runs


def _codes(run: str) -> str:
    named = " ".join(f"U+{ord(letter):04X}" for letter in run[:_NAMED])
    return f"[{named}{' …' if len(run) > _NAMED else ''}]"


def ems(text: str) -> float:
    """The width of a text in em, rather too much than too little."""
    text = "".join(run if known else _codes(run) for known, run in _runs(text))
    return sum(_WIDE.get(letter, 0.56 if letter.islower() else 0.8) for letter in text)


def tex(text: str) -> str:
    """The text as LaTeX. Letters that only Unicode engines have stand as their code points in the others."""
    parts = []
    for known, run in _runs(text):
        if known:
            parts += [
                _SYMBOLS.get(letter, letter) + "{}" * bool(_LIGATURE.match(run, n)) for n, letter in enumerate(run)
            ]
        else:
            printable = "".join(letter if letter.isprintable() else "?" for letter in run)
            parts.append(rf"\ifdefined\Umathcode {printable}\else {tex(_codes(run))}\fi{{}}")
    return "".join(parts)


def breakable(text: str, width: float) -> str:
    """The text as LaTeX for a column of ``width`` em: it may break at marks, and anywhere in what is wider."""
    parts: list[str] = []
    for known, run in _runs(text):
        if not known:
            parts += [_BREAK, tex(run), _BREAK]
            continue
        for piece in _PIECES.findall(run):
            if piece.isspace() or piece == "-":
                parts.append(tex(piece))
            elif not piece[0].isalnum():
                parts += [tex(mark) + _BREAK for mark in piece]
            elif ems(piece) > width:
                parts += [tex(piece[at : at + 4]) + _BREAK for at in range(0, len(piece), 4)]
            else:
                parts.append(tex(piece))
    return "".join(parts)


def cut(text: str, most: float) -> str:
    """The text as it is, or shortened to ``most`` em: code points of letters that LaTeX has not take a lot of room."""
    if ems(text) <= most:
        return text
    kept = next(n for n in range(len(text), -1, -1) if ems(text[:n]) < most - 1)
    return f"{text[:kept]}…"
