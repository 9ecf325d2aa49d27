"""The certificate under attack: one thing is changed, and the certificate changes exactly where it must.

Two hundred changes of raw data, of the archive's own results and of printed tables, each with what must differ then:
by SciPy, by the digits, or by hand. What goes unnoticed is of a class below, with its reason. What no table holds of
the archive's files (the order of keys, a field that no stage reads) is refused at the door by their SHA-256, and the
list of these is sealed with the tables.
"""

from collections import Counter
from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest
from attacking import Attack, Target
from attacks_on_data import attack_answers, attack_profiles, attack_ratings, attack_rest, attack_stored_profile
from attacks_on_print import attack_print
from attacks_on_results import attack_correlations, attack_scores, attack_tags
from certifying import gather_material
from value_portrait.errors import InputError
from value_portrait.paper.certifying import applying, certificate
from value_portrait.paper.certifying.printed import PRINTED
from value_portrait.paper.certifying.published_tags import read_tagged_items
from value_portrait.paper.certifying.rows import COMPARED
from value_portrait.paper.certifying.seals import fingerprints, sealed_tables
from value_portrait.paper.certifying.stated import ARITHMETIC, KEPT_PAIR, ORDER
from value_portrait.paper.raw_files import PUBLISHED_TAGS

UNNOTICED = {
    "order of rows": "a table says the same in any order",
    "source line": "where a table was copied from is told, not compared",
    "same number": "it was that number before",
}


@pytest.fixture(scope="module")
def target(paper, tmp_path_factory) -> Target:
    results = paper / "results"
    material = gather_material(results)
    made = certificate.certify(material, [])
    table = made.rows[["source", "quantity", "status", "published", "ours", "ours_with_causes", "tolerance"]]
    items = material.item_table.astype(object).where(material.item_table.notna(), None)
    return Target(
        material,
        made,
        {(row["source"], row["quantity"]): row for row in table.to_dict("records")},
        results,
        tmp_path_factory.mktemp("attacks"),
        read_tagged_items(results / "study/archive" / PUBLISHED_TAGS)[1],
        applying.apply_causes(material).keys[KEPT_PAIR],
        items.to_dict("records"),
    )


def test_before_any_attack_nothing_differs(target):
    assert not any(row["status"] == "differs" for row in target.rows.values())
    assert all(finding.holds for finding in target.made.findings)


def test_of_every_printed_number_one_more_or_less_in_the_last_digit_differs(target):
    """All of them, not a sample: none stands so that two would pass."""
    print_only = [row for row in target.rows.values() if row["status"] in COMPARED and row["tolerance"] >= ARITHMETIC]
    rows = pd.DataFrame([row for row in print_only if not row["source"].startswith("archive: ")])
    rows = rows[(rows["status"] != "unexplained") & (rows["source"] != "Abstract") & (rows["source"] != ORDER)]
    assert len(rows) == 475
    half = rows["tolerance"].astype(float) - ARITHMETIC
    step = (2 * half).where(half > 0, 1)
    for other in (rows["published"].astype(float) + step, rows["published"].astype(float) - step):
        assert ((other - rows["ours_with_causes"].astype(float)).abs() > rows["tolerance"].astype(float)).all()


ATTACKS = {
    **dict.fromkeys(PRINTED, (4, attack_print)),
    "correlations": (20, attack_correlations),
    "tags": (20, attack_tags),
    "scores": (36, attack_scores),
    "ratings": (12, attack_ratings),
    "profiles": (14, attack_profiles),
    "stored profile": (1, attack_stored_profile),
    "rest": (16, attack_rest),
    "answers": (26, attack_answers),
}


def all_attacks(target: Target) -> Iterator[Attack]:
    """Every attack, each by a random generator of its own."""
    for seed, (what, (number, make)) in enumerate(ATTACKS.items()):
        for kind in range(number):
            rng = np.random.default_rng([seed, kind])
            yield attack_print(target, rng, what, kind) if make is attack_print else make(target, rng, kind)


def together(attacks: list[Attack]) -> list[list[Attack]]:
    """Attacks that can be told apart, to be made at once: a certificate costs a second."""
    bundles: list[list[Attack]] = []
    for attack in attacks:
        for bundle in bundles:
            apart = attack.place not in [other.place for other in bundle] and "alone" not in (
                attack.place,
                bundle[0].place,
            )
            if apart and not any(attack.rows & other.rows for other in bundle):
                bundle.append(attack)
                break
        else:
            bundles.append([attack])
    return bundles


def test_two_hundred_changes_are_noticed_exactly_where_they_must_be(target):
    attacks = list(all_attacks(target))
    told = Counter("refused" if attack.refused else attack.silent or "noticed" for attack in attacks)
    assert told.total() >= 200, told
    assert set(told) - {"refused", "noticed"} <= set(UNNOTICED), told
    for attack in attacks:
        # Each is refused, or must be noticed, or nobody notices it for a reason that stands above.
        noticed = attack.rows or attack.checks or attack.seals
        assert attack.refused + bool(noticed) + bool(attack.silent) == 1, attack.what
        if attack.refused:
            with pytest.raises(InputError):
                attack.change(target.material)
        elif attack.seals and not attack.rows | attack.checks:
            # Others at the same time would hide that the fingerprint is the same.
            changed = attack.change(target.material)
            tables = {name: table for own in sealed_tables(changed).values() for name, table in own.items()}
            own = {"": {name: tables[name] for name in attack.seals}}
            assert not fingerprints(own, changed.printed["fingerprints"])["as_stated"].any(), attack.what
    wrong = [line for bundle in together([own for own in attacks if not own.refused]) for line in target.answer(bundle)]
    assert not wrong, "\n".join(wrong)
