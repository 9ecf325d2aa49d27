"""What the numbers are worth, in a page."""

from collections.abc import Mapping

from value_portrait.files import written_whole
from value_portrait.instrument import Instrument, as_instrument
from value_portrait.job import job
from value_portrait.publication.worth import describe_worth
from value_portrait.robustness.alphas import ALPHAS
from value_portrait.robustness.alternatives import ALTERNATIVES
from value_portrait.robustness.chance import TAGS_BY_CHANCE
from value_portrait.robustness.claims import read_claims
from value_portrait.robustness.comparison_tables import MEAN_PROFILE, PAIRS, RANKS
from value_portrait.robustness.dilution import DILUTION
from value_portrait.robustness.groups import GROUPS
from value_portrait.robustness.on_circle import CIRCLE
from value_portrait.robustness.precision import PRECISION
from value_portrait.robustness.replication import REPLICATION
from value_portrait.robustness.shares import CLAIMS
from value_portrait.robustness.uncertainty import UNCERTAINTY
from value_portrait.robustness.validity import VALIDITY
from value_portrait.tables import read_table

SCHEMAS = {
    "claims": CLAIMS,
    "groups": GROUPS,
    "alphas": ALPHAS,
    "dilution": DILUTION,
    "uncertainty": UNCERTAINTY,
    "pairs": PAIRS,
    "ranks": RANKS,
    "mean_profile": MEAN_PROFILE,
    "precision": PRECISION,
    "alternatives": ALTERNATIVES,
    "chance": TAGS_BY_CHANCE,
    "replication": REPLICATION,
    "validity": VALIDITY,
    "circle": CIRCLE,
}


def write_worth(
    inputs: Mapping[str, str], page: str, simulated: bool, panel: int | None, instrument: Instrument
) -> None:
    """Write the page as Markdown, from those tables of ``SCHEMAS`` that are among the ``inputs``."""
    tables = {name: read_table(inputs[name], schema).to_pandas() for name, schema in SCHEMAS.items() if name in inputs}
    claims = read_claims(inputs["table_of_claims"], instrument)
    with written_whole(page) as partial:
        partial.write_text(describe_worth(tables, claims, simulated, panel, instrument), encoding="utf-8")


if "snakemake" in globals():
    with job(snakemake.log[0]):
        write_worth(
            dict(snakemake.input.items()),
            snakemake.output.page,
            snakemake.params.simulated,
            snakemake.params.panel,
            as_instrument(snakemake.params.instrument),
        )
