# The claims ledger and the HTML report.
# Takes:  the papers' findings, figures and tables
# Makes:  results/<run>/claims.{csv,md}, results/<run>/report.html
#
# The rules file of each paper fills, before this file is included:
#   CLAIM_FILES   results/<run>/<paper>/claims.csv
#   UNCHECKED     claim id or paper -> why this run does not check it
#   REPORT_ITEMS  a dict per figure or table with the fields of movelaws.report.Item; `path` starts
#                 with RUN (a figure is an SVG with its PNG beside it, a table a CSV), `caption` is
#                 the name of a file in workflow/report
#   LEFT_OUT      a dict per case that cannot be had: case, reason, paper
#   NOTES_FILES   results/<run>/od/<dataset>/notes.json

REPORT_TEXTS = PROJECT / "workflow" / "report"
REPORT_LOOK = PROJECT / "scripts" / "movelaws" / "report" / "templates"


rule ledger:
    input:
        published=PUBLISHED / "claims.csv",
        findings=CLAIM_FILES,
    output:
        csv=RUN / "claims.csv",
        markdown=RUN / "claims.md",
    log:
        LOGS / "report" / "ledger.log",
    benchmark:
        TIMES / "report" / "ledger.jsonl"
    localrule: True
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem="500MB",
        runtime="5m",
    params:
        left_out=UNCHECKED,
        code=module_digest("movelaws.claims"),
    message:
        "Joining what was found with what the papers claim"
    script:
        "../../scripts/report/ledger.py"


rule report:
    input:
        ledger=rules.ledger.output.csv,
        shown=files_shown(),
        sections=REPORT_TEXTS / "sections.yaml",
        captions=sorted({REPORT_TEXTS / item["caption"] for item in REPORT_ITEMS}),
        look=sorted(path for path in REPORT_LOOK.iterdir() if path.is_file()),
        notes=NOTES_FILES,
    output:
        # A failing job leaves the last good report in place.
        html=update(RUN / "report.html"),
    log:
        LOGS / "report" / "report.log",
    benchmark:
        TIMES / "report" / "report.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: 2  # the last job of a run: it has the machine for itself
    resources:
        mem="1GB",
        runtime="10m",
    params:
        exhibits=REPORT_ITEMS,
        left_out=cases_left_out(),
        labels=LABELS,
        made={"Run": config["run"], "Seed": str(config["seed"])},
        code=module_digest("movelaws.report", "movelaws.report.made"),
    message:
        "Writing the report"
    script:
        "../../scripts/report/report.py"
