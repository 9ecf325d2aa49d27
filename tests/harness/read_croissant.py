"""Reads an export by its description, with Croissant's own package; prints its rows; python read_croissant.py FILE."""

import json
import sys

import mlcroissant

dataset = mlcroissant.Dataset(sys.argv[1])
issues = dataset.metadata.issues
assert not issues.errors, issues.errors
print(json.dumps([{name: str(value) for name, value in row.items()} for row in dataset.records("answers")]))
