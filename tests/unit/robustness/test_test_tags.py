import logging

import pandas as pd
import pytest
from instruments import SMALL, VALUE_PORTRAIT
from robustness import test_tags as script
from value_portrait.items.validation import correlate_items, drop_repeated_participants, select_items
from value_portrait.robustness.resampling import TagRule
from value_portrait.simulation.people_and_items import draw_study
from value_portrait.tables import write_table

RULE = TagRule("spearman", 0.3, 0.05, "positive")


def run(folder, instrument, groups, raters, repeated="keep", seed=1):
    """The tables by their names, and the tags of the main run's key."""
    folder.mkdir(exist_ok=True)
    simulation = {
        "setting": "easy",
        "groups": groups,
        "queries_per_group": 2,
        "responses_per_query": 3,
        "raters_per_group": raters,
    }
    study = draw_study(simulation, [instrument.prompt_versions[0].name], 3, instrument)
    inputs = {name: folder / f"{name}.parquet" for name in ("survey", "participants")}
    for name, path in inputs.items():
        write_table(getattr(study, name), path, name, instrument)
    outputs = {name: folder / f"{name}.csv" for name in ("chance", "dilution", "replication", "validity")}
    script.test_tags(inputs, outputs, repeated, RULE, "tagged_items", 100, seed, instrument)
    survey, people = study.survey.to_pandas(), study.participants.to_pandas()
    if repeated == "drop":
        survey = drop_repeated_participants(survey)
    key = select_items(correlate_items(survey, people), 0.3, 0.05)
    return {name: pd.read_csv(path) for name, path in outputs.items()}, key, outputs


@pytest.mark.parametrize("repeated", ["keep", "drop"])
@pytest.mark.parametrize("instrument", [SMALL, VALUE_PORTRAIT])
def test_tags_are_those_of_the_item_key(instrument, repeated, tmp_path):
    tables, key, outputs = run(tmp_path, instrument, 3, 30, repeated)
    positive = tables["chance"][(tables["chance"]["direction"] == "positive") & tables["chance"]["dimension"].notna()]
    found = dict(zip(positive["dimension"], positive["tags"], strict=True))
    assert len(key) > 3
    assert found == {name: (key["dimension"] == name).sum() for _, name in instrument.dimensions}
    dilution = tables["dilution"].set_index("family")["tags"]
    assert dilution.to_dict() == key.groupby("family").size().reindex(dilution.index, fill_value=0).to_dict()
    assert tables["replication"]["rho"].notna().any()
    first = {name: path.read_bytes() for name, path in outputs.items()}
    again = run(tmp_path / "again", instrument, 3, 30, repeated)[2]
    assert first == {name: path.read_bytes() for name, path in again.items()}


def test_what_five_raters_cannot_tell_is_empty_and_said_once(tmp_path, caplog):
    with caplog.at_level(logging.WARNING):
        tables, _, _ = run(tmp_path, SMALL, 1, 5)
    assert tables["replication"]["rho_other"].isna().all()
    assert tables["validity"]["r"].isna().all()
    every = "Sweet, Salty, Sour_Bitter, Haste"
    assert [record.getMessage() for record in caplog.records] == [
        f"No {what}: too few raters, no tags, or nothing that varies for {names}."
        for what, names in (("replication", every), ("dilution", "taste, pace"), ("validity", every))
    ]
