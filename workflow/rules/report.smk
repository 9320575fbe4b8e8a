# The claims ledger and the HTML report.
# Takes:  results/<run>/<paper>/claims.csv (CLAIM_FILES), every figure and table in REPORT_ITEMS
# Makes:  results/<run>/claims.{csv,md}, results/<run>/report.html
#
# A paper's rules file appends to REPORT_ITEMS one dict per figure or table, with the fields of
# movelaws.report.Item: `path` starts with RUN (an SVG has its PNG beside it, a table is CSV),
# `caption` is the name of a file in workflow/report.

REPORT_TEXTS = Path(workflow.basedir) / "workflow" / "report"
REPORT_LOOK = Path(SCRIPTS) / "movelaws" / "report" / "templates"
PAPERS = ["lagrangian", "symbolic", "pairdist", "inequality", "choice"]
CHECKED = {Path(file).parent.name for file in CLAIM_FILES}
UNCHECKED = {
    paper: (
        "the experiment behind this claim is not part of this run"
        if paper in CHECKED
        else "this paper's chapter is not part of this run"
    )
    for paper in PAPERS
}


def files_shown():
    """Every file that the report embeds; the PNG beside an SVG stands in where that is large."""
    paths = [Path(item["path"]) for item in REPORT_ITEMS]
    return paths + [path.with_suffix(".png") for path in paths if path.suffix == ".svg"]


def cases_left_out():
    """The cases of each paper that this run does not hold, with the reason."""
    cases = []
    for paper in PAPERS:
        section = config.get(paper, {})
        absent = {
            case: registry.reason(REGISTRY, dataset)
            for case, dataset in section.get("absent", {}).items()
        }
        absent |= {d: LEFT_OUT[d] for d in section.get("datasets", []) if d in LEFT_OUT}
        cases += [{"paper": paper, "case": c, "reason": why} for c, why in absent.items()]
    used = {case["case"] for case in cases}
    return cases + [{"case": c, "reason": why} for c, why in LEFT_OUT.items() if c not in used]


rule ledger:
    message:
        "Joining what was found with what the papers claim"
    input:
        published=PUBLISHED / "claims.csv",
        findings=CLAIM_FILES,
    output:
        csv=RUN / "claims.csv",
        markdown=RUN / "claims.md",
    log:
        LOGS / "report" / "ledger.log",
    localrule: True
    params:
        left_out=UNCHECKED,
        code=module_digest("movelaws.claims"),
    conda:
        "../../envs/environment.yaml"
    script:
        "../../scripts/report/ledger.py"


rule report:
    message:
        "Writing the report"
    input:
        ledger=rules.ledger.output.csv,
        shown=files_shown(),
        sections=REPORT_TEXTS / "sections.yaml",
        captions=sorted({REPORT_TEXTS / item["caption"] for item in REPORT_ITEMS}),
        look=sorted(path for path in REPORT_LOOK.iterdir() if path.is_file()),
    output:
        html=RUN / "report.html",
    log:
        LOGS / "report" / "report.log",
    benchmark:
        TIMES / "report" / "report.jsonl"
    threads: 1
    resources:
        mem="1GB",
        runtime="10m",
    params:
        folder=str(RUN),
        items=[dict(item, path=str(item["path"])) for item in REPORT_ITEMS],
        left_out=cases_left_out(),
        made={"Run": config["run"], "Seed": str(config["seed"])},
        code=module_digest("movelaws.report", "movelaws.report.made"),
    conda:
        "../../envs/environment.yaml"
    script:
        "../../scripts/report/report.py"
