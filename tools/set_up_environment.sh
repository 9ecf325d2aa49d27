#!/bin/sh
# Makes .venv from requirements.lock: with uv where it is there, else with venv and pip.
set -eu
say() { printf '%s\n' "$*" >&2; }

python=
for candidate in python3 python3.14 python3.13 python3.12 python3.11; do
    if command -v "$candidate" >/dev/null 2>&1 &&
        "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        python=$candidate
        break
    fi
done
if [ -z "$python" ]; then
    say "No Python 3.11 or newer was found as python3 or python3.11 ... python3.14."
    say "Install one (on Debian 12 or newer: apt-get install python3 python3-venv) and run the same command again."
    exit 1
fi

if command -v uv >/dev/null 2>&1; then
    say "Setting up .venv with uv and $("$python" --version)"
    rm -rf .venv
    uv venv --quiet --python "$python" .venv
    uv pip sync --quiet --python .venv/bin/python --require-hashes --compile-bytecode requirements.lock
else
    say "Setting up .venv with pip and $("$python" --version) (a minute or two)"
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        say "This Python cannot make virtual environments: it lacks ensurepip. Debian and Ubuntu keep it in a package of"
        say "its own. Run 'apt-get install python3-venv' (as root), or install uv, and run the same command again."
        exit 1
    fi
    rm -rf .venv
    "$python" -m venv .venv
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
    # Without bytecode every job would compile its imports again, also where PYTHONDONTWRITEBYTECODE is set.
    .venv/bin/python -m compileall -q -j 0 .venv/lib || true
fi
touch .venv/.complete
