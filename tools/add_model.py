"""Adds a live model to a config of your own: its row, a first request, and what asking it would cost."""

import argparse
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import yaml
from responses import ROOT, config_of
from value_portrait.checking import read_config
from value_portrait.config_tables import Model, read_models
from value_portrait.errors import InputError, one_line
from value_portrait.files import slug
from value_portrait.responses.providers import check_targets, read_providers
from value_portrait.responses.recorded import find_recorded

# What a row needs that nobody said; the other cells stay empty.
USUAL = {"request": "chat", "family": "Mine", "developer": "unknown", "weights": "closed", "reasoning": "no"}
USUAL |= {"conditions": "baseline"}
NEEDED = ("model", "provider", "model_id")
PRICES = ("usd_in", "usd_out", "priced_on")
HEAD = """\
# Laid over config.yaml: snakemake --cores 8 --configfile {overlay}
results_dir: results/{name}
responses: {{max_usd: {max_usd}}} # all that live answers may cost, over the whole store
"""
SERVER = {"api": "openai", "api_version": "v1", "token_parameter": "max_tokens", "accepts": ["temperature", "seed"]}
SERVER |= {"max_in_flight": 16, "timeout_s": 600}


def read_arguments() -> argparse.Namespace:
    """The command line, completed by questions where somebody sits before it.

    Raises
    ------
    InputError : the config that it names, or the table of providers, is none.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("overlay", help="a config of your own, such as mine.yaml; it is made where there is none")
    columns = [name for name in Model.model_fields if name != "answers"]
    for name in columns:
        parser.add_argument(
            f"--{name}", help=f"{Model.model_fields[name].description}; {USUAL.get(name, 'no default')}"
        )
    parser.add_argument(
        "--base_url", help="of a server that providers.yaml does not know yet, under the name --provider"
    )
    parser.add_argument("--key_env", help="the variable with that server's key; without it none is sent")
    parser.add_argument("--max_usd", type=float, default=0, help="of a new config: all that live answers may cost")
    given = parser.parse_args()
    ask_for(NEEDED, given)
    if not (given.base_url or is_free(given)):
        ask_for(PRICES, given)
    if missing := [name for name in NEEDED if getattr(given, name) is None]:
        parser.error(f"needs {', '.join(f'--{name}' for name in missing)}")
    return given


def ask_for(names: Sequence[str], given: argparse.Namespace) -> None:
    """Complete the command line by those of these arguments that it lacks, where somebody sits before it."""
    for name in names:
        if getattr(given, name) is None and sys.stdin.isatty():
            setattr(given, name, input(f"{name} ({Model.model_fields[name].description}): ").strip() or None)


def is_free(given: argparse.Namespace) -> bool:
    """Whether the provider charges nothing; one that nobody knows may."""
    overlay = [given.overlay] if Path(given.overlay).exists() else []
    known = read_providers(config_of(overlay).providers)[0].get(given.provider)
    return known is not None and known.free


def own_file(overlay: Path, key: str) -> Path:
    """The file that a key of the overlay names; a copy of the shipped one where it names none."""
    if key not in read_config(overlay):
        shared = Path(getattr(config_of([str(overlay)]), key))
        own = overlay.with_suffix("") / shared.name
        own.parent.mkdir(exist_ok=True)
        shutil.copyfile(shared, own)
        with overlay.open("a", encoding="utf-8") as file:
            file.write(f"{key}: {own}\n")
    return Path(getattr(config_of([str(overlay)]), key))


def add_server(overlay: Path, given: argparse.Namespace) -> None:
    """Add an entry to the overlay's own table of providers, unless it is there.

    Raises
    ------
    InputError : an entry of that name has another address.
    """
    path = own_file(overlay, "providers")
    if known := read_providers(path)[0].get(given.provider):
        if known.base_url != given.base_url:
            raise InputError(str(path), f"{given.provider} has the base_url {known.base_url}.", "Correct it there.")
        return
    entry = {"base_url": given.base_url, "key_env": given.key_env, "free": given.usd_in is None} | SERVER
    text = path.read_text(encoding="utf-8")
    lines = yaml.safe_dump({given.provider: entry}, sort_keys=False).splitlines()
    added = "providers:\n\n" + "".join(f"  {line}\n" for line in lines)
    change(path, text.replace("providers:\n", added, 1), lambda: read_providers(path))


def add_row(overlay: Path, given: argparse.Namespace) -> None:
    """Add a row to the overlay's own table of models, unless one of that name is there."""
    path, config = own_file(overlay, "models"), config_of([str(overlay)])
    text = path.read_text(encoding="utf-8").rstrip("\n")
    header, *rows = text.split("\n")
    if any(slug(row.split("\t")[0]) == slug(given.model) for row in rows):
        print(f"{given.model} has a row in {path} already, which is checked as it stands.")
        return
    cells = {name: getattr(given, name, None) or USUAL.get(name, "") for name in header.split("\t")}
    row = "\t".join((cells | {"answers": "live"}).values())

    def check() -> None:
        live = [
            one
            for one in read_models(path, config.study, find_recorded([config.responses.exports]))
            if one.model == given.model
        ]
        check_targets(live, str(path), config.providers)

    change(path, f"{text}\n{row}\n", check)
    print(f"{given.model} is a row of {path} now.")


def change(path: Path, text: str, check: Callable[[], object]) -> None:
    """Write a file anew; what its check refuses is taken back."""
    before = path.read_text(encoding="utf-8")
    path.write_text(text, encoding="utf-8")
    try:
        check()
    except InputError:
        path.write_text(before, encoding="utf-8")
        raise


def main() -> None:
    """Add what is missing, ask once, and print the estimate."""
    try:
        given = read_arguments()
        overlay = Path(given.overlay)
        if not overlay.exists():
            overlay.write_text(HEAD.format(overlay=overlay, name=overlay.stem, max_usd=given.max_usd), encoding="utf-8")
        if given.base_url:
            add_server(overlay, given)
        add_row(overlay, given)
        results = config_of([str(overlay)]).results_dir
    except (InputError, OSError) as problem:
        sys.exit(one_line(problem))
    run = [
        sys.executable,
        "-m",
        "snakemake",
        "-s",
        str(ROOT / "Snakefile"),
        "--cores",
        "1",
        "--configfile",
        str(overlay),
    ]
    target = f"{results}/responses/{slug(given.model)}/preflight.json"
    asked = subprocess.run([*run, "--quiet", "progress", "host", "reason", "--", target], check=False)
    quiet = ["--quiet", "all", "--forcerun", "estimate_queries", "--", "estimate_queries"]
    subprocess.run([*run, *quiet], check=False)
    if asked.returncode:
        sys.exit(f"{given.model} could not be asked yet, for the reason above. Set that right, and run this again.")
    print(f"{given.model} answers. Ask it everything: snakemake --cores 8 --configfile {overlay}")


if __name__ == "__main__":
    main()
