#!/bin/sh
# One version of each package for every Python from 3.11 on, with hashes; then the same pins into envs/.
set -eu
uv pip compile --quiet pyproject.toml --group dev --universal --generate-hashes --no-annotate \
    --fork-strategy fewest --upgrade --custom-compile-command "make lock" -o requirements.lock
.venv/bin/python tools/pin_environments.py
