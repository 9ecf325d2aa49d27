"""Tables as LaTeX: what they say, and that TeX sets them on its page, whatever the names and however many."""

import random
import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from instruments import SMALL, VALUE_PORTRAIT
from typeset import faults, needs_tex
from value_portrait.items.coverage import cross_loading_distances
from value_portrait.paper.certifying.beside_print import MARKS, legend, marked
from value_portrait.paper.certifying.rows import COMPARED
from value_portrait.publication import figures_items
from value_portrait.publication.escaping import breakable, tex
from value_portrait.publication.printing import (
    cross_loading_in_print,
    in_print,
    people_in_print,
    questionnaire_in_print,
    reliability_in_print,
    spread_in_print,
    with_titles,
    write_latex,
)
from value_portrait.publication.typesetting import latex
from value_portrait.reading import why_no_name

HOSTILE = [
    r"a&b%c_d#e~f\g{h}i$j^k",
    "[1] a row's end takes this for an option",
    "*starred",
    "\u2003set in, and a name that is not short",
    r"\input{/etc/passwd}\end{tabular}\end{document}",
    "a--b---c``d''e?`f!`g,,h",
    "naïve-Ångström-Dvořák-łódź-ß-œuvre-ğ-ő-ȩ-ą-đ-þ",
    "模型-7b",
    "модель α≥β “quoted” … • ★ 🤖👩‍👩‍👧",
    "e\u0301 combined, \u202ebidi",
    "W" * 120,
    "m" * 120,
    "0" * 120,
    "模" * 120,
    "ą" * 60 + "Wą" * 30,
    "a_" * 60,
    "1.1." * 30,
    "!?" * 60,
    "^~" * 60,
    " ".join(["Conscientiousness"] * 6),
    "org/" * 29 + "x",
]


def scores(models, dimensions, seed=0):
    values = np.random.default_rng(seed).uniform(-2, 2, (len(models), len(dimensions)))
    return pd.concat([pd.DataFrame({"model": models}), pd.DataFrame(values, columns=dimensions)], axis=1)


def random_names(count, seed):
    """Names of any printable letters; every third is as long as one may be."""
    rng = random.Random(seed)
    letters = [chr(code) for code in (*range(0x20, 0x3000), *range(0x1F300, 0x1F700)) if chr(code).isprintable()]
    while count:
        pool = letters[: rng.choice([95, 400, len(letters)])]
        name = "".join(rng.choices(pool, k=120 if count % 3 == 0 else rng.randint(1, 40))).strip()
        if name:
            count -= 1
            yield name


def test_numbers_have_minus_signs_two_decimals_and_no_negative_nothing():
    frame = pd.DataFrame({"model": ["a-b", "c"], "score": [-0.001, -1.255], "n_items": pd.array([3, None], "Int64")})
    text = latex(frame, "A caption, 95 %.", "x")
    assert r"a-b & 0.00 & 3 \\" in text
    assert r"c & $-$1.25 & -- \\" in text
    assert r"\caption{A caption, 95 \%.}\label{tab:x}" in text


def test_people_read_titles_and_four_digits():
    frame = pd.DataFrame(
        {"family": ["pvq"], "dimension": ["Self_Direction"], "Openness_to_Change": [-1.23456], "n": [123456]}
    ).assign(p=[0.000123456], none=[-0.0])
    shown = in_print(frame, VALUE_PORTRAIT)
    assert list(shown) == ["family", "dimension", "Openness to Change", "n", "p", "none"]
    assert shown.iloc[0, :2].tolist() == ["Values", "Self-Direction"]
    assert shown.iloc[0, 2:5].tolist() == [-1.235, 123456, 0.0001235]
    assert not np.signbit(shown["none"]).any()
    # A family of models is none of the instrument.
    models = pd.DataFrame({"model": ["x"], "family": ["pvq"]})
    pd.testing.assert_frame_equal(with_titles(models, VALUE_PORTRAIT), models)


@given(st.floats(-1e6, 1e6, allow_subnormal=False))
def test_four_digits_are_within_half_a_unit_of_the_last(number):
    (shown,) = in_print(pd.DataFrame({"x": [number]}), SMALL)["x"]
    assert abs(shown - number) <= abs(number) * 5.0001e-4
    assert len(f"{abs(shown):.10e}".split("e")[0].rstrip("0").replace(".", "")) <= 4


def test_families_that_are_too_wide_together_stand_in_parts_in_the_rows_they_have():
    names = [name for _, name in VALUE_PORTRAIT.planted]
    frame = scores(["m1", "m2", "m3"], names).rename(columns={"model": "group"})
    frame.insert(0, "who", ["GPT", "GPT", "people"])
    values, traits = (list(family.names) for family in VALUE_PORTRAIT.families if not family.made_up)
    frame.loc[2, traits] = np.nan
    text = latex(frame, "c", "x", [values, traits], under="who")
    first, second = text.split(r"\end{tabular}")[:2]
    assert all(f"{{{name}}}".replace("_", " ") in first for name in values)
    assert all(f"{{{name}}}" in second for name in traits)
    assert [r"\emph{people}" in part for part in (first, second)] == [True, False]
    assert (first.count("m1"), second.count("m1"), second.count("m3")) == (1, 1, 0)
    assert text.count(r"\caption") == 1


def test_many_rows_take_pages_with_one_number_for_the_table():
    text = latex(scores([f"m{n}" for n in range(60)], [f"dimension number {n}" for n in range(30)]), "c", "x")
    parts = text.count(r"\begin{longtable}")
    assert parts > 1
    assert text.count(r"\label") == 1
    assert text.count(r"\addtocounter{table}{-1}") == parts - 1
    assert r"\begin{table}" not in text


def test_statuses_are_marks_with_a_legend():
    rows = [
        ("oak", "Power", "0.40", "0.42", "explained"),
        ("oak", "Self-Direction", "-0.10", "-0.10", "match"),
        ("fir", "Power", "0.10", "0.20", "unexplained"),
        ("fir", "Self-Direction", "0.30", "0.31", "differs"),
    ]
    beside = pd.DataFrame(rows, columns=["row", "column", "printed", "ours", "status"])
    text = latex(marked(beside), f"Table 8.{legend(beside)}", "x")
    assert r"oak & 0.40 & $-$0.10 \\*" in text
    assert r"\quad{}ours & 0.42\rlap{$^\dagger$} & $-$0.10 \\" in text
    assert r"\quad{}ours & 0.20\rlap{$^\S$} & 0.31\rlap{$^\P$} \\" in text
    assert "conjectured" not in text
    assert all(words in text for words in (r"$^\dagger$ Equal to print", r"$^\S$ Still open.", r"$^\P$ Differs."))
    narrow = marked(beside.drop(columns="column"))
    assert narrow.iloc[0].tolist() == ["oak", "0.40", "0.42†"]
    # One printed row is read down, not across; a row that lacks a column leaves it empty.
    assert marked(beside[:2])["row"].tolist() == ["Power", "Self-Direction"]
    assert marked(beside[1:]).iloc[0].isna().tolist() == [False, True, False]


def test_every_status_of_a_compared_number_has_a_mark_or_is_a_match():
    assert {"match", *MARKS} == set(COMPARED)


def test_reliability_in_print_has_a_row_for_each_dimension_and_who_answered():
    counts = ["n_items", "n_observations", "n_groups"]
    columns = ["source", "family", "dimension", "coefficient", *counts, "estimate", "ci_low", "ci_high"]
    rows = [
        ("models", "taste", "Sweet", "alpha", 3, 9, 1, 0.5, -0.1, 0.8),
        ("models", "taste", "Sweet", "omega", 3, 9, 1, 0.55, np.nan, np.nan),
        ("models", "pace", "Haste", "alpha", 1, 9, 1, np.nan, np.nan, np.nan),
        ("raters", "taste", "Sweet", "alpha", 3, 40, 2, 0.6, 0.4, 0.7),
    ]
    table = reliability_in_print(pd.DataFrame(rows, columns=columns), SMALL)
    assert table.iloc[:, :2].to_numpy().tolist() == [
        ["Tastes, among models", "Sweet"],
        ["Pace, among models", "Haste"],
        ["Tastes, among raters", "Sweet"],
    ]
    assert table.loc[0, ["Cronbach's alpha", "McDonald's omega"]].tolist() == ["0.50 [-0.10, 0.80]", "0.55"]
    assert table.loc[1:, ["Cronbach's alpha", "McDonald's omega"]].isna().to_numpy().tolist() == [
        [True, True],
        [False, True],
    ]
    assert r"0.50 [$-$0.10, 0.80] & 0.55 \\" in latex(with_titles(table, SMALL), "c", "x", under="who")


def test_steps_on_the_circle_stand_in_one_row_for_both_directions():
    rows = [
        (direction, steps, 10 * place + steps)
        for place, direction in enumerate(("same", "opposite"))
        for steps in (1, 2)
    ]
    printed = cross_loading_in_print(pd.DataFrame(rows, columns=["direction", "distance", "n_pairs"]), SMALL)
    assert printed.to_numpy().tolist() == [[1, 1, 11], [2, 2, 12]]
    assert list(printed) == ["steps", "pairs of one sign", "pairs of opposite signs"]


def test_a_circle_of_one_dimension_has_no_steps_to_print_or_draw(tmp_path):
    alone = replace(VALUE_PORTRAIT.circle, dimensions=VALUE_PORTRAIT.circle.dimensions[:1])
    tags = pd.DataFrame({"item_id": ["1-1"], "family": "pvq", "dimension": "Universalism", "rho": 0.5})
    distances = cross_loading_distances(tags, alone)
    write_latex(cross_loading_in_print(distances, VALUE_PORTRAIT), tmp_path / "steps.tex", "Steps.", VALUE_PORTRAIT)
    assert "pairs of one sign" in (tmp_path / "steps.tex").read_text()
    drawn = figures_items.cross_loading(distances, alone)
    assert [text.get_text() for text in drawn.axes[0].texts] == ["Values: one dimension has no steps to another."]


def test_comparisons_are_printed_in_few_columns():
    known = {"models_mean": 0.5, "people_mean": 0.2, "difference": 0.3, "people_n": 40}
    rows = [
        {
            "family": "taste",
            "dimension": "Sour_Bitter",
            "difference_low": 0.1,
            "difference_high": 0.504,
            "p_adjusted": 0.0004,
        },
        {
            "family": "pace",
            "dimension": "Haste",
            "difference_low": np.nan,
            "difference_high": np.nan,
            "p_adjusted": np.nan,
        },
    ]
    printed = people_in_print(pd.DataFrame([known | row for row in rows]), SMALL)
    assert printed.astype(object).where(printed.notna(), None).to_numpy().tolist() == [
        ["Tastes", "Sour_Bitter", 40, 0.5, 0.2, "0.30 [0.10, 0.50]", "< 0.001"],
        ["Pace", "Haste", 40, 0.5, 0.2, "0.30", None],
    ]
    table = pd.DataFrame({"family": ["taste"], "dimension": "Sweet", "n": 4, "sd": 0.3, "q10": 0.1})
    printed = questionnaire_in_print(table, SMALL)
    assert printed.to_dict("records") == [{"dimension": "Sweet", "n": 4, "SD": 0.3, "10 %": 0.1, "who": "Tastes"}]
    models = pd.DataFrame(
        {"model": ["a", "b", "c"], "family": "F", "size_b": [0.5, np.nan, 7], "variance": [0.0009, np.nan, 0.2]}
        | {"answers": ["printed", "live", "live"]}
    )
    printed = spread_in_print(models, SMALL)
    assert printed["size"].isna().tolist() == [False, True, False]
    assert printed["size"][0] == "0.5"
    assert printed["variance"].fillna("-").tolist() == ["0.001*", "-", "0.200"]
    assert list(printed) == ["model", "family", "size", "variance"]


def test_two_marks_do_not_become_one():
    assert tex("a--b“c”?`") == "a-{}-b``c''?{}`"
    assert breakable("a--b", 9).replace(r"\allowbreak{}", "|") == "a-|-|b"


@given(st.text(max_size=40))
def test_no_letter_of_a_text_is_a_command(text):
    written = tex(text)
    bare = re.sub(r"\\[\\{}$&#%_]|\\[a-zA-Z]+ ?|\\\^|\$[^$]*\$", "", written)
    assert not set(bare) & set('\\$&#%_~^"<>|'), written
    assert bare.count("{") == bare.count("}")


@given(st.text(max_size=60), st.floats(4, 12))
def test_breaks_change_no_letter(text, width):
    assert breakable(text, width).replace(r"\allowbreak{}", "").replace("{}", "") == tex(text).replace("{}", "")


def test_names_that_are_let_in_at_the_door_are_among_those_that_are_set():
    assert sum(why_no_name(name) is None for name in HOSTILE) >= 12


@needs_tex
def test_tex_sets_every_table_on_its_page(tmp_path):
    """Hostile names and random ones, 330 models, few and many dimensions with short and long titles."""
    names = [*HOSTILE, *random_names(60, 1)]
    models = [f"provider/family-{n}.5-instruct-20250101" for n in range(330)]
    letters = "".join(chr(code) for code in range(0xA0, 0x180))
    tables = {
        "hostile": (scores(names, VALUE_PORTRAIT.main.names), [], None),
        "hostile_narrow": (scores(names[:20], ["Haste"]), [], None),
        "hostile_heads": (scores(["fir"], list(dict.fromkeys(names))[:40]), [], None),
        "hostile_groups": (scores(["a", "b"] * 40, ["x", "y"]).assign(who=sorted(names * 1)[:80]), [], "who"),
        "hostile_groups_alone": (scores(["a"] * len(HOSTILE), ["x"]).assign(who=HOSTILE), [], "who"),
        "models": (scores(models, VALUE_PORTRAIT.main.names), [], None),
        "many": (scores(models[:3], [f"A dimension of rank {n}" for n in range(40)]), [], None),
        "long": (scores(models[:50], [" ".join(["Longish title"] * 9)[:120] + str(n) for n in range(12)]), [], None),
        "one": (scores(["fir"], ["Haste"]), [], None),
        "none": (scores([], ["Haste"]), [], None),
        "letters": (scores([letters[n : n + 16] for n in range(0, len(letters), 16)], ["x"]), [], None),
    }
    paths = []
    for name, (frame, families, under) in tables.items():
        paths.append(tmp_path / f"{name}.tex")
        paths[-1].write_text(latex(frame, f"Of {name}, with {HOSTILE[0]} and 模.", name, families, under), "utf-8")
    paths.append(tmp_path / "small.tex")
    write_latex(scores(["fir"], SMALL.main.names), paths[-1], "Small.", SMALL)
    assert faults(paths, tmp_path / "tex") == {}


@needs_tex
@pytest.mark.parametrize(
    ("spoilt", "complaint"),
    [
        (r"\begin{tabular}{ll}" + "word " * 40 + r"& b\end{tabular}", "Overfull"),
        (r"\begin{longtable}{ll}" + "word " * 40 + r"& b\\ \end{longtable}", "Overfull"),
        (r"\begin{table}\begin{tabular}{l}" + r"a\\" * 80 + r"\end{tabular}\end{table}", "Float too large"),
        ("a & b", "!"),
        ("模", "!"),
    ],
)
def test_what_does_not_fit_is_noticed(spoilt, complaint, tmp_path):
    sound, path = tmp_path / "sound.tex", tmp_path / "spoilt.tex"
    sound.write_text(latex(scores(["fir"], ["Haste"]), "c", "x"), encoding="utf-8")
    path.write_text(spoilt, encoding="utf-8")
    found = faults([sound, path, sound], tmp_path / "tex")
    assert set(found) == {"spoilt.tex"}
    assert found["spoilt.tex"][0].startswith((complaint, f"LaTeX Warning: {complaint}"))
