"""Held-out days and hours of one city by every variant of the model, beside simple rules."""

from movelaws.lagrangian.prediction import LEADS, predictions
from movelaws.lagrangian.prediction_days import history, third_day
from movelaws.lagrangian.prediction_tasks import day_tasks, hours_task
from movelaws.lattices import populations
from movelaws.log import logged

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        params, made = snakemake.params, snakemake.output
        data = populations.read(snakemake.input.populations)
        days = {name: data.day(name) for name in data.days}
        hour = float(data.attrs.get("slot_minutes", 0)) / 60 or 1.0
        pairs = [tuple(pair) for pair in params.forecasts]
        earlier = {tested: fitted for fitted, tested in reversed(pairs)}
        given = params.floor, params.hours_share
        order = pairs, data.days
        tasks = [
            task
            for pair in pairs
            for task in day_tasks(
                *pair,
                days,
                *given,
                other=third_day(*pair, *order),
                history=history(*pair, *order),
                hour=hour,
            )
        ]
        for day in dict.fromkeys([params.day, *(tested for _, tested in pairs)]):
            before = earlier.get(day)
            known = () if before is None else history(before, day, *order)
            tasks.append(hours_task(day, days, *given, before, history=known, hour=hour))
        leads = getattr(params, "leads_hours", None) or LEADS
        curves, table = predictions(tasks, params.case, leads_hours=leads, **params.settings)
        print(table.to_string())
        curves.to_csv(made.curves, index=False)
        table.to_csv(made.summary, index=False)
