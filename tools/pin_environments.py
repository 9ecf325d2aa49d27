"""Writes envs/*.yaml: for each software environment the packages that its jobs import, pinned as in the lock."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PYTHON = "3.11"

# What the jobs of each environment import; everything else comes with these.
ENVIRONMENTS = {
    "collection": ("numpy", "orjson", "pyarrow"),
    "live": ("aiohttp", "anthropic", "httpx2", "numpy", "openai", "orjson", "pyarrow", "pydantic", "pyyaml"),
    "analysis": (
        "fonttools",
        "jinja2",
        "markdown-it-py",
        "matplotlib",
        "numpy",
        "orjson",
        "pandas",
        "pingouin",
        "pyarrow",
        "pydantic",
        "pyreadstat",
        "pyyaml",
        "scipy",
    ),
}
# A plan is of what jobs of both do: asking, and what answers are worth.
ENVIRONMENTS["planning"] = tuple(sorted({*ENVIRONMENTS["live"], *ENVIRONMENTS["analysis"]}))
# Where the conda package of a name on the index has another name.
CONDA_NAMES = {"matplotlib": "matplotlib-base"}


def locked_versions(lock: str) -> dict[str, str]:
    """The version of every package in the text of a lock file."""
    return dict(re.findall(r"^([A-Za-z0-9_.-]+)==([^ ;\\]+)", lock, re.MULTILINE))


def environment_yaml(packages: tuple[str, ...], versions: dict[str, str]) -> str:
    """The text of the conda YAML file with these packages."""
    pins = "".join(f"  - {CONDA_NAMES.get(name, name)} ={versions[name]}\n" for name in packages)
    return f"channels:\n  - conda-forge\n  - nodefaults\ndependencies:\n  - python >={PYTHON}\n{pins}"


def main() -> None:
    """Write the files."""
    versions = locked_versions((ROOT / "requirements.lock").read_text())
    for name, packages in ENVIRONMENTS.items():
        (ROOT / "envs" / f"{name}.yaml").write_text(environment_yaml(packages, versions))


if __name__ == "__main__":
    main()
