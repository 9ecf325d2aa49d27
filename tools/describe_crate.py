"""Makes an RO-Crate (Workflow Run Crate) of what collect_crate.py collected: describe_crate.py COLLECTED CRATE."""

import json
import mimetypes
import shutil
import sys
from pathlib import Path

from rocrate.model import ContextEntity
from rocrate.rocrate import ROCrate

PROFILES = {
    "https://w3id.org/ro/wfrun/process/0.5": "Process Run Crate",
    "https://w3id.org/ro/wfrun/workflow/0.5": "Workflow Run Crate",
    "https://w3id.org/workflowhub/workflow-ro-crate/1.0": "Workflow RO-Crate",
}
KINDS = {".md": "text/markdown", ".tsv": "text/tab-separated-values", ".yaml": "application/yaml", ".csv": "text/csv"}


def describe(collected: Path, target: Path) -> int:
    """Write the crate, and give the number of its results."""
    about = json.loads(Path(f"{collected}.json").read_text(encoding="utf-8"))
    crate = ROCrate(version="1.1")
    crate.name = f"{about['title']}: a run of the Value Portrait pipeline"
    crate.description = (
        f"A finished run (study: {about['study']}): the workflow, its choices, and what came out, with hashes. "
        "The texts of items and prompts, and the answers, are not in it, unless its folders say otherwise."
    )
    crate.license, author = about["license"], about["author"]
    publisher = crate.add(ContextEntity(crate, "#author", properties={"@type": "Person", "name": author}))
    crate.root_dataset["author"] = publisher

    def add(place: str, **more: object) -> object:
        path = collected / place
        kind = KINDS.get(path.suffix) or mimetypes.guess_type(place)[0] or "text/plain"
        size = str(path.stat().st_size)
        known = {"name": place, "encodingFormat": kind, "contentSize": size, "sha256": about["hashes"][place]}
        return crate.add_file(path, place, properties=known | more)

    workflow = crate.add_workflow(collected / "Snakefile", "Snakefile", main=True, lang="snakemake")
    workflow["name"], workflow["sha256"] = "Value Portrait", about["hashes"]["Snakefile"]
    workflow["softwareRequirements"] = add("requirements.lock", description="every package, its version and hash")
    workflow["author"] = publisher
    workflow["license"] = "https://spdx.org/licenses/MIT"
    if about["commit"]:
        workflow["version"] = about["commit"]
    for name in ("workflow", "envs", "profiles", "data/reference"):
        crate.add_directory(collected / name, name, properties={"name": name, "description": "of the workflow"})
    sums = add("data/raw/SHA256SUMS", description="hashes of the raw data, which are not part of this crate")
    chosen = [add(place, description="what was chosen") for place in about["config"]]
    made = [add(place) for place in about["results"]]
    crate.add(
        ContextEntity(
            crate,
            "#run",
            properties={
                "@type": "CreateAction",
                "name": "The run of the workflow",
                "description": "Times are those of the first and the last file.",
                "startTime": about["began"],
                "endTime": about["ended"],
                "actionStatus": "http://schema.org/CompletedActionStatus",
            },
        )
    )
    run = crate.get("#run")
    run["instrument"], run["agent"], run["object"], run["result"] = workflow, publisher, [*chosen, sums], made
    crate.root_dataset["mentions"] = run
    for address, name in PROFILES.items():
        properties = {"@type": "CreativeWork", "name": name, "version": address.rsplit("/", 1)[1]}
        crate.add(ContextEntity(crate, address, properties=properties))
    crate.root_dataset["conformsTo"] = [crate.get(address) for address in PROFILES]
    # The term for hashes is of the profiles' own vocabulary.
    crate.metadata.extra_contexts.append("https://w3id.org/ro/terms/workflow-run/context")
    shutil.rmtree(target, ignore_errors=True)
    crate.write(target)
    return len(made)


if __name__ == "__main__":
    number = describe(Path(sys.argv[1]), Path(sys.argv[2]))
    print(f"{sys.argv[2]}: an RO-Crate of {number} files of results.")
