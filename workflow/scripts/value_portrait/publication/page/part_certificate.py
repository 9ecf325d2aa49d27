"""Printed numbers beside ours, causes and evidence."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from value_portrait.publication.page.packing import Packed

# Numbers are rounded to four decimals; the certificate itself has them all.
UNIT = 0.0001
NUMBERS = ("published", "ours", "ours_with_causes")
TEXTS = ("source", "status", "cause", "evidence", "made_by")


def certificate_part(tables: Mapping[str, pd.DataFrame]) -> dict[str, Packed]:
    """What the certificate says in all; nothing without one.

    Parameters
    ----------
    tables : certificate (numbers and sets of names as texts), certificate_findings, certificate_counts (comparisons
        per source, sums marked ``total``, and status), certificate_causes (cause, numbers that it explains) and
        certificate_waiting (source, status, what it needs and how many numbers).
    """
    if "certificate" not in tables:
        return {}
    own = tables["certificate"]
    still_open = own.loc[own["status"].isin(["unexplained", "differs"]), ["source", "quantity", *NUMBERS, "evidence"]]
    return {
        "findings": Packed(tables["certificate_findings"]),
        "counts": Packed(tables["certificate_counts"]),
        "causes": Packed(tables["certificate_causes"]),
        "waiting": Packed(tables["certificate_waiting"]),
        "open": Packed(still_open.assign(**{name: still_open[name].map(_short) for name in NUMBERS})),
    }


def numbers_part(tables: Mapping[str, pd.DataFrame]) -> dict[str, Packed]:
    """Every row of the certificate; nothing without one.

    Returns
    -------
    ``rows`` has the words of a quantity as columns word_0, word_1, ..., as each is a choice of few; and ``published``
    (rounded to ``UNIT``, its ``digits`` after the point where they are known) with what is added for ours and ours with
    causes, which mostly is nothing. What is no number stands in columns of texts beside them.
    """
    if "certificate" not in tables:
        return {}
    # What is printed stands first, as in the counts.
    order = {source: place for place, source in enumerate(tables["certificate_counts"]["source"])}
    own = tables["certificate"].sort_values("source", key=lambda source: source.map(order), kind="stable")
    own = own.reset_index(drop=True)
    words = own["quantity"].str.split(" ", expand=True)
    rows = words.set_axis([f"word_{place}" for place in range(words.shape[1])], axis=1)
    numbers = {name: pd.to_numeric(own[name], errors="coerce") for name in NUMBERS}
    for name in NUMBERS:
        rows[f"{name}_text"] = own[name].where(numbers[name].isna())
    published = (numbers["published"] / UNIT).round() * UNIT
    rows["published"] = published
    # Within half of the last digit a number matches.
    last = pd.to_numeric(own["tolerance"], errors="coerce")
    rows["digits"] = -np.log10(2 * last.where(last > UNIT / 2)).round()
    for name in NUMBERS[1:]:
        rounded = (numbers[name] / UNIT).round() * UNIT
        rows[name] = np.where(published.isna(), rounded, rounded - published)
    for name in TEXTS:
        rows[name] = own[name]
    rows["evidence"] = _told(own["evidence"])
    return {"rows": Packed(rows, dict.fromkeys(NUMBERS, UNIT))}


def _short(number: str) -> str:
    """A number in four digits, a set of names as it is."""
    try:
        return f"{float(number):.4g}"
    except ValueError:
        return number


def _told(evidence: pd.Series) -> pd.Series:
    """Evidence in words; "difference 5.6e-17 with the cause" is said once for all that are below rounding."""
    gap = pd.to_numeric(evidence.str.extract(r"^difference (\S+) with the cause$")[0], errors="coerce")
    return evidence.mask(gap < UNIT / 2, "no difference with the cause, to the last digit here")
