#!/bin/sh
# set_up_environment.sh FOLDER LOCK...: makes a virtual environment from lock files; with uv where it is, else with pip.
set -eu
folder=$1
shift
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
    say "Setting up $folder with uv and $("$python" --version)"
    rm -rf "$folder"
    uv venv --quiet --python "$python" "$folder"
    uv pip sync --quiet --python "$folder/bin/python" --require-hashes --compile-bytecode "$@"
else
    say "Setting up $folder with pip and $("$python" --version) (a minute or two)"
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        say "This Python cannot make virtual environments: it lacks ensurepip. Debian and Ubuntu keep it in a package of"
        say "its own. Run 'apt-get install python3-venv' (as root), or install uv, and run the same command again."
        exit 1
    fi
    rm -rf "$folder"
    "$python" -m venv "$folder"
    for lock in "$@"; do
        "$folder/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r "$lock"
    done
    # Without bytecode every job would compile its imports again, also where PYTHONDONTWRITEBYTECODE is set.
    "$folder/bin/python" -m compileall -q -j 0 "$folder/lib" || true
fi
touch "$folder/.complete"
