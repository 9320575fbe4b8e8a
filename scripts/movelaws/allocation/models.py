"""The flow models: formula, parameters, source, and how each is computed."""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from movelaws.allocation import attraction as attractions
from movelaws.allocation import deterrence as deterrences
from movelaws.allocation.law import FlowModel, Parameter

_POWER = Parameter("b", "", 0.0, 10.0, "linear", "b")
_RATE = Parameter("b", "1/km", 1e-6, 10.0, "log", "b")
_SHAPE = Parameter("a", "", 0.01, 3.0, "log", "a")
_MASS_POWER = Parameter("a", "", 0.0, 5.0, "linear", "a")

_ALL = (
    FlowModel(
        "GMZipf",
        "Gravity (Zipf)",
        r"m_j / d_{ij}",
        (),
        "Zipf (1946), American Sociological Review 11, 677",
        attractions.mass,
        deterrences.POWER,
        fixed=(1.0,),
    ),
    FlowModel(
        "GMPow",
        "Gravity, power law",
        r"m_j \, d_{ij}^{-b}",
        (_POWER,),
        "Wilson (1971), Environment and Planning 3, 1",
        attractions.mass,
        deterrences.POWER,
    ),
    FlowModel(
        "GMExp",
        "Gravity, exponential",
        r"m_j \, e^{-b d_{ij}}",
        (_RATE,),
        "Wilson (1971), Environment and Planning 3, 1",
        attractions.mass,
        deterrences.EXPONENTIAL,
    ),
    FlowModel(
        "GMExpPow",
        "Gravity, exponential power",
        r"m_j \, e^{-d_{ij}^{a}}",
        (_SHAPE,),
        "Guo et al., distilled form: exponential power of the distance in km",
        attractions.mass,
        deterrences.STRETCHED,
    ),
    FlowModel(
        "GMExpPow2",
        "Gravity, exponential power with scale",
        r"m_j \, e^{-(d_{ij} / d_0)^{a}}",
        (_SHAPE, Parameter("d0", "km", 1e-3, 1e4, "log", "d_0")),
        "GMExpPow with the distance scale set free",
        attractions.mass,
        deterrences.SCALED_STRETCHED,
    ),
    FlowModel(
        "GMPow2",
        "Gravity, power law, mass exponent",
        r"m_j^{a} \, d_{ij}^{-b}",
        (_MASS_POWER, _POWER),
        "Wilson (1971), Environment and Planning 3, 1, with a mass exponent",
        attractions.mass_power,
        deterrences.POWER,
    ),
    FlowModel(
        "GMExp2",
        "Gravity, exponential, mass exponent",
        r"m_j^{a} \, e^{-b d_{ij}}",
        (_MASS_POWER, _RATE),
        "Wilson (1971), Environment and Planning 3, 1, with a mass exponent",
        attractions.mass_power,
        deterrences.EXPONENTIAL,
    ),
    FlowModel(
        "RM",
        "Radiation",
        r"\frac{m_j}{(m_i + s_{ij})(m_i + s_{ij} + m_j)}",
        (),
        "Simini et al. (2012), Nature 484, 96, Eq. 2",
        attractions.mass,
        deterrences.RADIATION,
    ),
    FlowModel(
        "IO",
        "Intervening opportunities",
        r"e^{-b s_{ij}} - e^{-b (s_{ij} + m_j)}",
        (Parameter("b", "1/person", 1e-12, 1.0, "log", "b"),),
        "Schneider (1959), Papers of the Regional Science Association 5, 51",
        attractions.absorption,
        deterrences.OPPORTUNITIES,
    ),
    FlowModel(
        "OPS",
        "Opportunity priority selection",
        r"\frac{m_j}{m_i + s_{ij} + m_j}",
        (),
        "Liu & Yan (2019), Physica A 526, 121023",
        attractions.mass,
        deterrences.PRIORITY,
    ),
    FlowModel(
        "RMExt",
        "Extended radiation",
        r"\frac{1}{(m_i + s_{ij})^{\alpha} + 1} - \frac{1}{(m_i + s_{ij} + m_j)^{\alpha} + 1}",
        (Parameter("alpha", "", 0.01, 10.0, "log", r"\alpha"),),
        "Yang et al. (2014), Scientific Reports 4, 5662",
        attractions.none,
        deterrences.EXTENDED_RADIATION,
    ),
    FlowModel(
        "PWO",
        "Population-weighted opportunities",
        r"m_j \left( \frac{1}{S_{ji}} - \frac{1}{M} \right)",
        (),
        "Yan et al. (2014), Journal of the Royal Society Interface 11, 20140834",
        attractions.mass,
        deterrences.CIRCLE,
    ),
)

MODELS: Mapping[str, FlowModel] = MappingProxyType({model.name: model for model in _ALL})


def find_model(model: str | FlowModel) -> FlowModel:
    """The model of that name, or the given model itself.

    Raises
    ------
    ValueError
        If there is no model of that name; the message lists those there are.
    """
    if isinstance(model, FlowModel):
        return model
    if model not in MODELS:
        raise ValueError(f"model = {model!r}: choose one of {', '.join(MODELS)}")
    return MODELS[model]


def parameter_vector(
    model: FlowModel, parameters: Mapping[str, float] | np.ndarray | None
) -> np.ndarray:
    """Parameters in the model's order, as float64 (n_parameters,).

    Raises
    ------
    ValueError
        If a name is missing or unknown, or a value not finite or not positive on the log scale.
    """
    names = [parameter.name for parameter in model.parameters]
    if parameters is None:
        parameters = {}
    if isinstance(parameters, Mapping):
        if set(parameters) != set(names):
            raise ValueError(f"{model.name} has the parameters {names}, got {sorted(parameters)}")
        parameters = [parameters[name] for name in names]
    theta = np.atleast_1d(np.asarray(parameters, dtype=float))
    if theta.shape != (len(names),):
        raise ValueError(f"{model.name} has the parameters {names}, got {theta.size} values")
    for parameter, value in zip(model.parameters, theta, strict=True):
        if not np.isfinite(value) or (parameter.scale == "log" and value <= 0):
            allowed = "positive and finite" if parameter.scale == "log" else "finite"
            raise ValueError(f"{model.name}: {parameter.name} = {value} must be {allowed}")
    return theta
