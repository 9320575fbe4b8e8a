"""Verdicts: numbers and statements of a run held against what was published or planted."""

import math
import re
from collections.abc import Mapping

from movelaws.claims.findings import (
    DIFFERS,
    NOT_TESTABLE,
    REPRODUCED,
    SYNTHETIC,
    Finding,
    check_finding,
)


def compare(
    id: str,
    dataset: str,
    published: float | str,
    reproduced: float,
    *,
    relative: float | None = None,
    absolute: float | None = None,
    reason: str = "",
    evidence: str = "",
    synthetic: bool = False,
) -> Finding:
    """Compare one number with the published (or, in a synthetic world, the planted) one.

    Parameters
    ----------
    id, dataset : the claim, as in ``claims.csv``, and the dataset that was used.
    published : the reference; text such as ``"2105.90"`` keeps its digits in the ledger.
    reproduced : the number of this run, in the same unit.
    relative, absolute : the largest allowed ``|reproduced - published|``, as a share of
        ``|published|`` or in the unit of the number; exactly one is given, 0 means equal.
    reason : explanation added to the measured deviation, if the two differ.
    evidence : path of a figure or table below the results folder of the run.
    synthetic : the dataset is a synthetic world and ``published`` the planted value.

    Returns
    -------
    Finding with verdict ``reproduced`` or ``differs``; a number that is not finite differs.

    Raises
    ------
    ValueError
        If the tolerance is missing, given twice or negative, or ``published`` is no finite number.
    """
    return compare_many(
        id,
        dataset,
        {"": (published, reproduced)},
        relative=relative,
        absolute=absolute,
        reason=reason,
        evidence=evidence,
        synthetic=synthetic,
    )


def compare_many(
    id: str,
    dataset: str,
    numbers: Mapping[str, tuple[float | str, float]],
    *,
    relative: float | None = None,
    absolute: float | None = None,
    reason: str = "",
    evidence: str = "",
    synthetic: bool = False,
) -> Finding:
    """Compare several numbers of one claim, such as the RMSE of six models.

    Parameters
    ----------
    numbers : label -> (published, reproduced); the label names the number in the ledger.
    Others as in :func:`compare`. The claim is reproduced if every number is within the tolerance.
    """
    if not numbers:
        raise ValueError(f"claim {id} on {dataset}: no numbers to compare")
    tolerance = _tolerance_text(relative, absolute)
    deviations = {}
    for label, (published, reproduced) in numbers.items():
        reference = _reference(published, id, label)
        deviation = abs(float(reproduced) - reference)
        allowed = abs(reference) * relative if relative is not None else absolute
        rounding = 1e-12 * abs(reference) if allowed else 0.0
        if not deviation <= allowed + rounding:
            deviations[label] = _deviation_text(deviation, reference, relative)
    measured = "; ".join(_labelled(label, text) for label, text in deviations.items())
    return Finding(
        id=id,
        dataset=_dataset_text(dataset, synthetic),
        published=("planted " if synthetic else "")
        + "; ".join(_labelled(label, _number(value)) for label, (value, _) in numbers.items()),
        reproduced="; ".join(_labelled(k, _beside(*pair)) for k, pair in numbers.items()),
        tolerance=tolerance,
        verdict=DIFFERS if deviations else REPRODUCED,
        reason="; ".join(part for part in (measured, reason) if part) if deviations else "",
        evidence=evidence,
    )


def statement(
    id: str,
    dataset: str,
    published: str,
    reproduced: str,
    holds: bool,
    *,
    criterion: str = "",
    reason: str = "",
    evidence: str = "",
    synthetic: bool = False,
) -> Finding:
    """Judge a claim in words, such as an ordering of models.

    Parameters
    ----------
    published, reproduced : what the paper says (or what was planted) and what is seen here.
    holds : whether the statement holds in this run.
    criterion : the test that decides, shown in the tolerance column.
    reason : why it does not hold; required if ``holds`` is false.

    Raises
    ------
    ValueError
        If the statement does not hold and no reason is given.
    """
    finding = Finding(
        id=id,
        dataset=_dataset_text(dataset, synthetic),
        published=("planted " if synthetic else "") + published,
        reproduced=reproduced,
        tolerance=criterion,
        verdict=REPRODUCED if holds else DIFFERS,
        reason="" if holds else reason,
        evidence=evidence,
    )
    check_finding(finding)
    return finding


def not_testable(id: str, dataset: str, reason: str, evidence: str = "") -> Finding:
    """A claim that this run cannot decide, with the reason."""
    finding = Finding(id, dataset, "", "", "", NOT_TESTABLE, reason, evidence)
    check_finding(finding)
    return finding


def _tolerance_text(relative: float | None, absolute: float | None) -> str:
    if (relative is None) == (absolute is None):
        raise ValueError(
            f"relative = {relative}, absolute = {absolute}: give exactly one tolerance"
        )
    size = relative if relative is not None else absolute
    if not (math.isfinite(size) and size >= 0):
        raise ValueError(f"tolerance {size}: must be finite and >= 0")
    if size == 0:
        return "exact"
    return f"{100 * relative:.4g} %" if relative is not None else f"± {_number(absolute)}"


def _deviation_text(deviation: float, reference: float, relative: float | None) -> str:
    if not math.isfinite(deviation):
        return "no finite number came out"
    if relative is not None and reference != 0:
        return f"off by {100 * deviation / abs(reference):.2g} %"
    return f"off by {deviation:.3g}"


def _reference(published: float | str, id: str, label: str) -> float:
    try:
        value = float(published)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ValueError(f"claim {id} {label}: published = {published!r} is no finite number")
    return value


def _number(value: float | str) -> str:
    if isinstance(value, str):
        return value
    value = float(value)
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return f"{value:.6g}"


def _beside(published: float | str, reproduced: float) -> str:
    """The reproduced number with up to one digit more than the published text has."""
    found = re.fullmatch(r"[-+]?\d+\.(\d+)", published) if isinstance(published, str) else None
    if found and math.isfinite(reproduced):
        text = f"{float(reproduced):.{len(found[1]) + 1}f}"
        return text.removesuffix("0")
    return _number(float(reproduced))


def _labelled(label: str, text: str) -> str:
    return f"{label} {text}" if label else text


def _dataset_text(dataset: str, synthetic: bool) -> str:
    return f"{dataset} {SYNTHETIC}" if synthetic and not dataset.endswith(SYNTHETIC) else dataset
