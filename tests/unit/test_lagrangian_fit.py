"""Fits and their files."""

import dataclasses

import numpy as np
import pytest
import xarray as xr

from movelaws.lagrangian.fit import error_of, fitted, read_fit, rms_of, write_fit
from movelaws.lagrangian.state import reference
from movelaws.lagrangian.stencil import neighbours


@pytest.fixture
def fit():
    rng = np.random.default_rng(3)
    data = reference(rng.lognormal(2, 1, (8, 3, 5)), 2.0)
    inside = neighbours(data.shape) >= 0
    gamma, lam = rng.normal(0, 1, (2, 7, 5, 15)) * inside
    settings = {"iterations": 2, "rate": [0.1, 0.2], "how": "none", "limit": None}
    return fitted("printed", data, gamma, lam, np.array([9.0, 7.5]), np.arange(3.0), settings)


def test_a_fit_ends_with_the_error_of_its_trajectory(fit):
    assert fit.error.tolist()[:2] == [9, 7.5] and fit.error.size == 3
    away = fit.q - fit.reference.q
    assert fit.error[2] == error_of(fit.q, fit.reference)
    assert fit.error[2] == pytest.approx(0.5 * np.sum(away**2) / 7)
    assert fit.rms == rms_of(fit.q, fit.reference) == pytest.approx(np.sqrt(np.mean(away[1:] ** 2)))


def test_an_error_of_some_sites(fit):
    away, some = fit.q - fit.reference.q, np.arange(15) % 2 == 0
    expected = np.sqrt(np.mean(away[1:, some] ** 2))
    assert rms_of(fit.q, fit.reference, some) == pytest.approx(expected)
    everywhere = rms_of(fit.q, fit.reference, np.ones(15, dtype=bool))
    assert everywhere == pytest.approx(fit.rms)
    assert np.isnan(rms_of(fit.q, fit.reference, np.zeros(15, dtype=bool)))


def test_a_file_keeps_all_but_the_wall_time(fit, tmp_path):
    write_fit(fit, tmp_path / "fit.nc")
    again = read_fit(tmp_path / "fit.nc")
    assert again.seconds is None
    for one, other in ((fit, again), (fit.reference, again.reference)):
        for field in dataclasses.fields(one):
            if field.name not in ("seconds", "reference"):
                assert np.array_equal(getattr(one, field.name), getattr(other, field.name))
    with xr.open_dataset(tmp_path / "fit.nc") as file:
        assert file["gamma"].dims == ("step", "link", "y", "x")
        assert file["q_reference"].dims == ("n", "y", "x")
        assert file["lambda"].sel(link="west").isel(x=0).max() == 0
        assert file["error"].dims == ("iteration",)


def test_equal_fits_give_equal_bytes(fit, tmp_path):
    write_fit(fit, tmp_path / "one.nc")
    write_fit(dataclasses.replace(fit, seconds=None), tmp_path / "two.nc")
    write_fit(read_fit(tmp_path / "one.nc"), tmp_path / "three.nc")
    contents = {(tmp_path / f"{name}.nc").read_bytes() for name in ("one", "two", "three")}
    assert len(contents) == 1


@pytest.mark.parametrize("constant", [("gamma", "lam"), ("gamma",), ("lam",)])
def test_parameters_may_be_constant_in_time(fit, tmp_path, constant):
    fit = dataclasses.replace(fit, **{name: getattr(fit, name)[:1] for name in constant})
    write_fit(fit, tmp_path / "fit.nc")
    again = read_fit(tmp_path / "fit.nc")
    assert np.array_equal(again.gamma, fit.gamma)
    assert np.array_equal(again.lam, fit.lam)


def test_another_file_is_an_error(tmp_path):
    xr.Dataset({"mu": (("y", "x"), np.zeros((2, 2)))}).to_netcdf(tmp_path / "other.nc")
    with pytest.raises(ValueError, match=r"q_reference.*no fit"):
        read_fit(tmp_path / "other.nc")
