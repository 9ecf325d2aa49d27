#!/bin/sh
# What became of the job $1, in a word of Snakemake's: running, success or failed.
state=$(squeue --noheader --states=all --format=%T --job "$1") || state= # a busy controller is asked again
case $state in
COMPLETED) echo success ;;
"" | PENDING | CONFIGURING | RUNNING | COMPLETING | SUSPENDED | REQUEUED | REQUEUE_HOLD | RESIZING | STOPPED) echo running ;;
*) echo failed ;;
esac
