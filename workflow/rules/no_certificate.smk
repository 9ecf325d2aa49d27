# In place of the certificate where it cannot be made, so that no earlier verdict stands for this run.
# Gives  results/publication/verdict.txt

if CONFIG.study == "paper":

    rule waive_certificate:
        output:
            verdict="<results>/publication/verdict.txt",
        log:
            "<logs>/waive_certificate.log",
        conda:
            "../../envs/collection.yaml"
        params:
            words="No certificate: it needs the paper's instrument, all its items, and the archive's answers to all its prompt versions, in its order.",
        message:
            "Saying why there is no certificate"
        shell:
            "echo {params.words:q} > {output.verdict} 2> {log}"
