# Snakemake's own report, for where every result comes from: 'make report'.
# Takes  the figures, tables and texts of IN_REPORT, workflow/report
# Gives  results/report/, pages that the report shows


report: "../report/study.rst"


for name in LIVE:
    reported(f"<results>/publication/models/{name}.md", "model_page", "Models", MODELS[name].model)
# Of what any rule could make, what this study has.
IN_REPORT = {path: about for path, about in IN_REPORT.items() if path.replace("<results>", RESULTS) in rules.all.input}


# As pages, since the report itself shows no table, and no caption beside a figure.
rule write_report_pages:
    input:
        results=list(IN_REPORT),
        captions=[shipped(f"workflow/report/{caption}.rst") for caption, _, _ in IN_REPORT.values()],
        library=library("publication/write_report_pages"),
    output:
        [
            report(
                f"<results>/report/{Path(path).parent.name}/{Path(path).name}.html",
                caption=f"../report/{caption}.rst",
                category=category,
                labels={"result": f"{title} (table)" if path.endswith(".csv") else title},
            )
            for path, (caption, category, title) in IN_REPORT.items()
        ],
    log:
        "<logs>/write_report_pages.log",
    conda:
        "../../envs/analysis.yaml"
    params:
        titles=[title for _, _, title in IN_REPORT.values()],
    message:
        "Writing the pages of Snakemake's report"
    script:
        "../scripts/publication/write_report_pages.py"


rule report_pages:
    input:
        rules.all.input,
        rules.write_report_pages.output,
    message:
        "The pages of the report are made"
