"""Reads the files that --configfile names; a profile runs it, for Snakemake does not get to the workflow before."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "workflow/scripts"))

from value_portrait.checking import read_given
from value_portrait.errors import InputError

try:
    read_given(sys.argv[1:])
except InputError as error:
    sys.exit(f"Error: {error}")
finally:
    sys.path.pop()
