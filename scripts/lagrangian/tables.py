"""Tables of all cases side by side."""

from movelaws.lagrangian import tables
from movelaws.log import logged
from movelaws.symbolic.saved import by_dataset
from movelaws.tables import write_table

if __name__ == "__main__":
    with logged(snakemake.log[0]):
        given, made = snakemake.input, snakemake.output

        def read(part: str) -> dict:
            """Saved tables of one part by case."""
            files = given.get(part, [])
            return by_dataset([files] if isinstance(files, str) else files)

        shown = {
            "methods": tables.stacked(read("methods")),
            "summary": tables.summaries(read("summary")),
            "parameters": tables.distributions(read("parameters")),
            "integrators": tables.stacked(read("integrators")),
            "sensitivity": tables.stacked(read("sensitivity")),
            "forecasts": tables.forecasts(read("prediction")),
            "planted": tables.stacked(read("planted")),
        }
        for name, table in shown.items():
            if made.get(f"{name}_csv"):
                write_table(table, made[f"{name}_csv"], made[f"{name}_md"])
                print(f"{name}: {len(table)} rows")
