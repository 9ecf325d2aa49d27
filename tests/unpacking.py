"""The tables that a page carries, unpacked as `packing.py` describes them and a browser reads them."""

import base64
import gzip
import json
import re
from pathlib import Path

import numpy as np
import pandas as pd


def unpack(packed: str) -> dict[str, pd.DataFrame]:
    """The tables of a part, with None where there is nothing."""
    content = gzip.decompress(base64.b64decode(packed, validate=True))
    length = int.from_bytes(content[:4], "little")
    header = json.loads(content[4 : 4 + length])
    start = -(-(4 + length) // 8) * 8
    tables = {}
    for name, table in header.items():
        columns = {
            column: pd.Series(_read(content, start, table["rows"], about), dtype="object")
            for column, about in table["columns"].items()
        }
        tables[name] = pd.DataFrame(columns, index=range(table["rows"]))
    return tables


def parts_of(page: Path) -> dict[str, dict[str, pd.DataFrame]]:
    """All parts of a page."""
    found = re.findall(r'<script type="text/plain" id="part-([a-z_]+)">([^<]*)</script>', page.read_text())
    return {name: unpack(packed) for name, packed in found}


def _read(content, start, rows, about):
    numbers = np.frombuffer(content, about["type"], rows, start + about["at"])
    null = np.isnan(numbers) if about["null"] is None else numbers == about["null"]
    if about.get("as") == "texts":
        read = [about["texts"][int(number)] if not none else None for number, none in zip(numbers, null, strict=True)]
    elif about.get("as") == "booleans":
        read = [bool(number) for number in numbers]
    else:
        read = (numbers * about.get("unit", 1)).tolist()
    return [None if none else value for value, none in zip(read, null, strict=True)]
