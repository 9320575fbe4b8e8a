"""Draw what the model predicts: skill, error by time, and fit against held-out error."""

from movelaws.log import logged
from movelaws.plotting import save
from movelaws.plotting.lagrangian.horizon import horizon
from movelaws.plotting.lagrangian.parsimony import parsimony
from movelaws.plotting.lagrangian.prediction import prediction
from movelaws.plotting.lagrangian.saved import attribute, lattices, listed, pages, tables

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        given, params, made = snakemake.input, snakemake.params, snakemake.output
        labels, synthetic = dict(params.labels), params.synthetic
        summary = tables(given.summary)
        minutes = attribute(lattices(given.populations, labels), "slot_minutes")
        curves = tables(given.curves)
        paths = list(zip(listed(made.prediction), listed(made.prediction_png), strict=True))
        per_page = -(-len(labels) // len(paths))
        drawn = {
            "horizon": horizon(curves, summary, labels, slot_minutes=minutes, synthetic=synthetic),
            "parsimony": parsimony(summary, labels, synthetic=synthetic),
        }
        drawn = [
            *(
                (prediction(summary, shown, synthetic=synthetic), page)
                for shown, page in zip(pages(labels, per_page), paths, strict=True)
            ),
            *(
                (figure, (getattr(made, name), getattr(made, f"{name}_png")))
                for name, figure in drawn.items()
            ),
        ]
        for figure, page in drawn:
            save(figure, page)
            print(f"drawn: {', '.join(page)}")
