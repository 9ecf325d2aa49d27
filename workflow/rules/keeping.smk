# What fails destroys nothing that people keep: what a failed run leaves missing is put back. No rule stands here.
from value_portrait.keeping import keep_aside, put_back

ASIDE = f".snakemake/value_portrait/before/{slug(RESULTS)}"


onstart:
    note_what_is_asked()
    keep_aside(RESULTS, ["publication"], ASIDE)


onsuccess:
    put_back(RESULTS, ASIDE)


onerror:
    say_what_is_missing()
    if number := put_back(RESULTS, ASIDE):
        logger.warning(
            f"Put back {number} file(s) below {RESULTS}: they are the earlier run's, which this one did not renew."
        )
