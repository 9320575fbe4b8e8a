"""Draw what the model predicts: skill, error by time, and fit against held-out error."""

from movelaws.log import logged
from movelaws.plotting import save
from movelaws.plotting.lagrangian.horizon import horizon
from movelaws.plotting.lagrangian.parsimony import parsimony
from movelaws.plotting.lagrangian.prediction import prediction
from movelaws.plotting.lagrangian.saved import attribute, lattices, tables

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        given, params, made = snakemake.input, snakemake.params, snakemake.output
        labels, synthetic = dict(params.labels), params.synthetic
        summary = tables(given.summary)
        minutes = attribute(lattices(given.populations, labels), "slot_minutes")
        curves = tables(given.curves)
        drawn = {
            "prediction": prediction(summary, labels, synthetic=synthetic),
            "horizon": horizon(curves, summary, labels, slot_minutes=minutes, synthetic=synthetic),
            "parsimony": parsimony(summary, labels, synthetic=synthetic),
        }
        for name, figure in drawn.items():
            paths = [getattr(made, name), getattr(made, f"{name}_png")]
            save(figure, paths)
            print(f"drawn: {', '.join(map(str, paths))}")
