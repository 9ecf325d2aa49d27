"""The Value Portrait study as functions over tables: no Snakemake in here, no global state."""
