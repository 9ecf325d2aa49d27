"""Claims through the whole workflow: tables agree with each other and with profiles; rows are the user's."""

import pandas as pd
import pytest

CLAIMS = "results/small/robustness/claims.csv"
HEADER = "claim\ttext\twhere\tkind\targuments\n"


def test_claims_of_a_small_study(small, demo_copy):
    done = small("--", CLAIMS)
    assert done.returncode == 0, done.stdout
    results = demo_copy / "results/small"
    claims = pd.read_csv(demo_copy / CLAIMS)
    universes = pd.read_parquet(results / "robustness/universes.parquet")
    total = claims[claims["option"].isna()].set_index("claim")
    profiles = pd.read_csv(results / "scores/profiles.csv").query("condition == 'baseline'")
    wide = profiles.pivot(index="model", columns="dimension", values="centred_mean")
    means = wide.mean()
    # The main analysis is the run.
    higher = total.loc["transcendence_over_enhancement", "value"]
    assert higher == pytest.approx(means["Self_Transcendence"] - means["Self_Enhancement"], abs=1e-12)
    # Shares are those of the universes.
    counted = universes.dropna(subset="value").groupby("claim", observed=True)["holds"]
    shares = counted.agg(lambda holds: holds.astype(float).mean())
    assert total["share_holds"].dropna().to_dict() == pytest.approx(shares.to_dict())
    assert (universes.loc[universes["departures"] == 0, "parser"] == "published").all()
    assert "no model has answers under both gender_male and gender_female." in set(total["note"])
    # A claim more is a row more; no claim is a header alone.
    path = demo_copy / "config/claims.tsv"
    path.write_text(HEADER + "mine\tPower is last\there\tlowest\tPower\n")
    assert small("--", CLAIMS).returncode == 0
    assert list(pd.read_csv(demo_copy / CLAIMS)["claim"].unique()) == ["mine"]
    path.write_text(HEADER)
    assert small("--", CLAIMS).returncode == 0
    assert pd.read_csv(demo_copy / CLAIMS).empty
    path.write_text(HEADER + "mine\tPower is last\there\tlowest\tPowr\n")
    done = small("-n")
    assert done.returncode == 1
    assert "Error: config/claims.tsv, row 2: 'Powr' is no dimension of the instrument Value Portrait." in done.stdout
    assert "Traceback" not in done.stdout
