#!/bin/sh
# One version of each package for every Python from 3.11 on, with hashes; then the same pins into envs/.
set -eu
resolve() {
    uv pip compile --quiet "$@" --universal --python-version 3.11 --generate-hashes --no-annotate \
        --fork-strategy fewest --custom-compile-command "make lock"
}
resolve pyproject.toml --group dev --upgrade -o requirements.lock
# What clusters, mutation tests and tests of the page want beside it: the same versions, and of the rest alone.
for group in cluster mutants page; do
    resolve pyproject.toml --group "$group" -c requirements.lock |
        awk 'NR == FNR { locked[$1]; next } /^[^ ]/ { new = !($1 in locked) } new || /^#/' requirements.lock - \
            >"requirements-$group.lock"
done
# What goes into an environment of its own.
for group in inspect publishing; do
    resolve --group "pyproject.toml:$group" --upgrade -o "requirements-$group.lock"
done
# A server of others, for a test: all of it, since it wants other versions than we do.
echo "litellm[proxy]" | uv pip compile --quiet - --universal --python-version 3.11 --generate-hashes --no-annotate \
    --fork-strategy fewest --upgrade --custom-compile-command "make lock" -o requirements-gateway.lock
.venv/bin/python tools/pin_environments.py
