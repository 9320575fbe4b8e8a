"""Held-out days and hours of one city by every variant of the model, beside simple rules."""

from movelaws.lagrangian.prediction import predictions
from movelaws.lagrangian.prediction_tasks import day_task, hours_task
from movelaws.lattices import populations
from movelaws.log import logged

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        params, made = snakemake.params, snakemake.output
        data = populations.read(snakemake.input.populations)
        days = {name: data.day(name) for name in data.days}
        pairs = [tuple(pair) for pair in params.forecasts]
        earlier = {tested: fitted for fitted, tested in pairs}
        tasks = [day_task(*pair, days, params.floor) for pair in pairs]
        tasks += [
            hours_task(day, days, params.floor, params.hours_share, earlier.get(day))
            for day in dict.fromkeys([params.day, *earlier])
        ]
        curves, table = predictions(tasks, params.case, **params.settings)
        print(table.to_string())
        curves.to_csv(made.curves, index=False)
        table.to_csv(made.summary, index=False)
