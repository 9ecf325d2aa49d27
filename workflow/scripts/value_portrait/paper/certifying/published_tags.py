"""The tags that the authors published with their items."""

from pathlib import Path

import pyarrow as pa

from value_portrait.errors import InputError
from value_portrait.paper.instrument import VALUE_PORTRAIT
from value_portrait.paper.raw_files import item_id
from value_portrait.reading import read_json

# The archive's name for the tags of each family.
FIELDS = {"pvq": "correlations", "higher_pvq": "higher_pvq_correlations", "bfi": "bfi_correlations"}


def read_published_tags(path: str | Path) -> pa.Table:
    """The tags that stand with the items in the file ``path``: columns item_id, family, dimension and rho.

    Raises
    ------
    InputError : a tag is no pair of a known dimension and a number.
    """
    rows = []
    for query in read_json(path):
        for response in query["outputs"]:
            item = item_id(query["portrait_id"], response["id"])
            for family, field in FIELDS.items():
                for tag in response.get(field, ()):
                    if not (
                        len(tag) == 2 and (family, tag[0]) in VALUE_PORTRAIT.dimensions and isinstance(tag[1], float)
                    ):
                        raise InputError(f"{path}, item {item}", f"has the tag {tag!r}.", "Restore the file.")
                    rows.append({"item_id": item, "family": family, "dimension": tag[0], "rho": tag[1]})
    return pa.Table.from_pylist(rows)
