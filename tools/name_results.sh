#!/bin/sh
# After a run whose results are in the folder $1: the verdict on the paper or what was recovered of a simulated truth, and
# the files worth opening.
set -eu
for words in "$1/publication/verdict.txt" "$1/publication/recovery.md"; do
    if [ -e "$words" ]; then
        printf '\n'
        cat "$words"
    fi
done
printf '\nWorth opening:\n'
for file in publication/summary.md publication/robustness.md publication/certificate.md \
    publication/figures/value_profiles.png publication/figures/recovery.png publication/figures publication/tables \
    scores/profiles.csv items/item_key.csv study/data_quality.csv; do
    if [ -e "$1/$file" ]; then printf '  %s\n' "$1/$file"; fi
done
