#!/bin/sh
# Names the files worth opening after a run whose results are in the folder $1.
set -eu
printf '\nWorth opening:\n'
for file in publication/summary.md publication/figures/value_profiles.png publication/figures/recovery.png \
    publication/tables scores/profiles.csv items/item_key.csv study/data_quality.csv; do
    if [ -e "$1/$file" ]; then printf '  %s\n' "$1/$file"; fi
done
