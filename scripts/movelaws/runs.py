"""Which cases a run computes: raw files of each dataset, and the cases that cannot be had."""

import math
from collections.abc import Collection, Mapping
from pathlib import Path
from types import ModuleType

import yaml
from jsonschema import Draft202012Validator, ValidationError

from movelaws import adapters, options, synthetic
from movelaws.choice.interventions import check_form
from movelaws.inequality.settings import check_inequality
from movelaws.lagrangian.settings import check_lagrangian
from movelaws.lattices import adapters as lattice_adapters
from movelaws.nearest import check_known, near
from movelaws.pairdist.settings import check_pairdist
from movelaws.pointsets import adapters as point_adapters
from movelaws.registry import Registry, RegistryError, Row, status
from movelaws.symbolic.settings import check_search
from movelaws.synthetic.inequality_law import checked_inequality
from movelaws.synthetic.options import checked_law


def checked_mirror(folder: str | None) -> str | None:
    """The mirror folder, if one is given.

    Raises
    ------
    ValueError
        If there is no such folder: every dataset that only the mirror holds would be left out.
    """
    if folder and not Path(folder).is_dir():
        raise ValueError(
            f"mirror folder {folder!r} does not exist: correct MIRROR=, MOVELAWS_MIRROR or the "
            "config's `mirror`"
        )
    return folder or None


SECTIONS = ("od", "points", "bins", "lattices")
"""Sections of the config that hold datasets."""


def datasets(config: Mapping) -> dict[str, dict]:
    """Every dataset of the config by name, each with the ``section`` it stands in.

    Raises
    ------
    ValueError
        If two sections have a dataset of the same name: results would get mixed up.
    """
    found: dict[str, dict] = {}
    for section in SECTIONS:
        for name, entry in config[section].items():
            if name in found:
                raise ValueError(
                    f"config: {section}.{name}: the name is taken by "
                    f"{found[name]['section']}.{name}; choose another"
                )
            found[name] = {"section": section, **entry}
    return found


def raw_files(
    name: str, entry: Mapping, raw: Path, world_folder: Path, world_files: Mapping[str, str]
) -> dict[str, Path]:
    """Paths of the raw files of one dataset by role.

    Parameters
    ----------
    name : of the dataset, for error messages.
    entry : its entry in the config, with ``source`` and ``files``.
    raw : folder that retrieved files lie in, as <dataset>/<version>/<file>.
    world_folder, world_files : where a synthetic world writes, and its file names by role.

    Raises
    ------
    ValueError
        If a published file is not given as <dataset>/<version>/<file>.
    """
    if entry["source"] == "synthetic":
        return {role: world_folder / file for role, file in world_files.items()}
    chosen = {role: file for role, file in entry["files"].items() if file is not None}
    if entry["source"] == "own":
        return {role: Path(file) for role, file in chosen.items()}
    return {
        role: raw.joinpath(*_key(_named(name, entry), role, file)) for role, file in chosen.items()
    }


def registry_rows(name: str, entry: Mapping, rows: Registry) -> dict[str, Row]:
    """Registry rows of the raw files of one published dataset, by role.

    Raises
    ------
    ValueError
        If a file is not given as <dataset>/<version>/<file>, or the registry has no such row.
    """
    found = {}
    for role, file in entry["files"].items():
        if file is not None:
            try:
                found[role] = rows.find(*_key(_named(name, entry), role, file))
            except RegistryError as error:
                raise ValueError(
                    f"config: {_named(name, entry)}.files.{role} = {file!r}: {error.args[0]}"
                ) from None
    return found


def check_own_files(datasets: Mapping[str, Mapping]) -> None:
    """Whether the files of the user's own datasets are there; Snakemake asks for none it has read.

    Raises
    ------
    ValueError
        Naming the key and the path.
    """
    for name, entry in datasets.items():
        for role, file in entry.get("files", {}).items() if entry["source"] == "own" else ():
            if file is not None and not Path(file).is_file():
                key = f"{_named(name, entry)}.files.{role}"
                raise ValueError(f"config: {key}: there is no file {file!r}")


def left_out(
    datasets: Mapping[str, Mapping], rows: Registry, mirror: str | None, raw: Path
) -> dict[str, str]:
    """Datasets whose raw files cannot all be had, each with a sentence that says why.

    A missing file of the user's own is not left out but an error, see ``check_own_files``: who
    points at a file expects it to be read.
    """
    reasons = {}
    for name, entry in datasets.items():
        if entry["source"] != "published":
            continue
        for row in registry_rows(name, entry, rows).values():
            state = status(row, mirror, raw)
            if not state.available:
                reasons[name] = state.reason
                break
    return reasons


def why_absent(rows: Registry, dataset: str) -> str:
    """Why a dataset of the registry cannot be had by everybody, in a sentence.

    Raises
    ------
    ValueError
        If the registry has no such dataset, or each of its files can be downloaded.
    """
    states = [status(row, None, Path()) for row in rows if row.dataset == dataset]
    if not states:
        known = sorted({row.dataset for row in rows})
        raise ValueError(f"config/datasets.csv has no dataset {dataset!r}{near(dataset, known)}")
    reasons = [state.reason for state in states if not state.available]
    if not reasons:
        raise ValueError(f"dataset {dataset!r} can be downloaded: it is not absent")
    return reasons[0]


def check_schema(config: Mapping, schema: Path) -> None:
    """Hold the config against its JSON schema (YAML).

    Raises
    ------
    ValueError
        One line per fault, naming the key, the value and what is allowed.
    """
    rules = yaml.safe_load(schema.read_text(encoding="utf-8"))
    faults = sorted(Draft202012Validator(rules).iter_errors(config), key=lambda e: list(e.path))
    if faults:
        raise ValueError("\n".join(f"config: {_fault(fault)}" for fault in faults))


def _fault(fault: ValidationError) -> str:
    where = ".".join(map(str, fault.path)) or "top level"
    if fault.validator == "additionalProperties":
        known = list(fault.schema.get("properties", {}))
        unknown = [key for key in fault.instance if key not in known]
        return "; ".join(f"{where}: key {key!r} is unknown{near(key, known)}" for key in unknown)
    meant = fault.schema.get("description", "") if isinstance(fault.schema, dict) else ""
    if fault.validator == "anyOf" and meant:
        return f"{where}: {fault.instance!r} is not allowed: {meant.rstrip('.')}"
    if fault.validator == "type" and fault.validator_value == "string":
        return f'{where}: {fault.instance} is no text: put it in quotes, "{fault.instance}"'
    return f"{where}: {fault.message}" + (f" ({meant.rstrip('.')})" if meant else "")


def check_names(config: Mapping, models: Collection[str]) -> None:
    """Names, numbers and options in the config that a schema cannot know.

    Raises
    ------
    ValueError
        Naming the key, the value that is wrong and the nearest one that is known.
    """
    _check_numbers("", config)
    for name, entry in config["od"].items():
        _check_dataset(f"od.{name}", entry, models, adapters)
    for section in ("points", "bins"):
        for name, entry in config[section].items():
            _check_dataset(f"{section}.{name}", entry, models, point_adapters)
    for name, entry in config["lattices"].items():
        _check_dataset(f"lattices.{name}", entry, models, lattice_adapters)
    section = config["symbolic"]
    for name in section["datasets"]:
        check_known("symbolic.datasets", name, config["od"])
    for name in section["models"]:
        check_known("symbolic.models", name, models)
    for name in section["flow_map"]:
        check_known("symbolic.flow_map", name, ["flow", *section["models"]])
    check_search(section, config["od"])
    _check_choice(config["choice"], config["od"])
    check_inequality(config["inequality"], config["od"])
    check_pairdist(config["pairdist"], config["points"], config["bins"])
    check_lagrangian(config["lagrangian"], config["lattices"])


def _check_choice(section: Mapping, od: Mapping) -> None:
    """Paper 5: its parts name its datasets, and a counterfactual can be understood."""
    for name in section["datasets"]:
        check_known("choice.datasets", name, od)
    for name in section["attraction"]:
        check_known("choice.attraction", name, od)
    for part in ("profiles", "ridge", "heldout", "readings", "solver"):
        named = section[part]["datasets"]
        for name in [] if named == "all" else named:
            check_known(f"choice.{part}.datasets", name, od)
    gammas = section["profiles"]["gammas"]
    if gammas[0] != 0 or sorted(gammas) != gammas:
        raise ValueError(f"config: choice.profiles.gammas = {gammas}: give them rising from 0")
    for case, entry in section["counterfactuals"].items():
        if entry is None:
            continue
        check_known(f"choice.counterfactuals.{case}.dataset", entry["dataset"], od)
        objective = entry.get("objective", section["objectives"][0])
        check_known(f"choice.counterfactuals.{case}.objective", objective, section["objectives"])
        try:
            check_form(entry["interventions"])
        except ValueError as error:
            raise ValueError(f"config: choice.counterfactuals.{case}: {error}") from None


def _check_dataset(key: str, entry: Mapping, models: Collection[str], readers: ModuleType) -> None:
    check_known(f"{key}.adapter", entry["adapter"], readers.available())
    roles = {role: file for role, file in entry.get("files", {}).items() if file is not None}
    try:
        if entry["source"] == "synthetic":
            check_known("world.name", entry["world"]["name"], synthetic.available())
            world = synthetic.load(entry["world"]["name"])
            wanted = entry["world"].get("options", {})
            roles = synthetic.files_of(entry["world"]["name"], wanted)
            options.check(world.write, wanted, "world.options")
            if "law" in wanted:
                check_known("world.options.law.model", wanted["law"].get("model"), [*models, "DCG"])
                checked_law(wanted["law"])
            if "inequality" in wanted:
                law = checked_law(wanted.get("law", world.DEFAULTS["law"]))
                checked_inequality(wanted["inequality"], world.VARIABLES, law)
        readers.check_request(entry["adapter"], roles, entry.get("options", {}))
    except ValueError as error:
        raise ValueError(f"config: {key}: {str(error).removeprefix('config: ')}") from None


def _check_numbers(where: str, value: object) -> None:
    """JSON schema lets nan and inf pass, and a name that ends in a line break."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            _check_numbers(f"{where}.{key}".strip("."), inner)
            if str(key) != str(key).strip():
                raise ValueError(f"config: {where}: key {key!r} begins or ends with white space")
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            _check_numbers(f"{where}.{number}", inner)
    elif isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"config: {where} = {value}: give a finite number")
    elif where in ("run", "seed") and str(value) != str(value).strip():
        raise ValueError(f"config: {where} = {value!r} begins or ends with white space")


def _named(name: str, entry: Mapping) -> str:
    return f"{entry.get('section', 'od')}.{name}"


def _key(name: str, role: str, file: str) -> tuple[str, str, str]:
    parts = tuple(file.split("/"))
    if len(parts) != 3 or not all(parts):
        raise ValueError(
            f"config: {name}.files.{role} = {file!r}: with source: published, give "
            "<dataset>/<version>/<file> of config/datasets.csv; for a path of yours set source: own"
        )
    return parts
