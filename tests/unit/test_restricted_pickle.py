import collections
import datetime
import functools
import io
import os
import pickle
import struct

import numpy as np
import pytest

from movelaws.restricted_pickle import UnsafePickleError, load, loads

PROTOCOLS = range(pickle.HIGHEST_PROTOCOL + 1)


def restricted(value, protocol=pickle.HIGHEST_PROTOCOL):
    return loads(io.BytesIO(pickle.dumps(value, protocol)))


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_plain_data_come_back_as_they_were(protocol):
    flows = {"a": {"b": 3, "c": 0.5}, "b": {}, 7: [1, [2.5, None, True]], ("a", "b"): "text é"}
    assert restricted(flows, protocol) == flows
    assert restricted(10**40, protocol) == 10**40


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize(
    "array",
    [
        np.arange(6.0).reshape(2, 3),
        np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        np.arange(4, dtype=">i2"),
        np.array([True, False]),
        np.array(["E06000001", "x"]),
        np.array([b"ab", b"c"]),
        np.array(2.5),
        np.empty((0, 3), dtype=np.float32),
        np.arange(10)[::3],
        np.array([1 + 2j]),
    ],
    ids=str,
)
def test_arrays_come_back_as_they_were(array, protocol):
    result = restricted({"array": array, "again": [array]}, protocol)
    assert type(result["array"]) is np.ndarray
    assert result["array"].dtype == array.dtype
    assert np.array_equal(result["array"], array)
    assert np.array_equal(result["again"][0], array)
    assert result["array"].flags.writeable


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_scalars_and_tuples_of_arrays(protocol):
    value = (np.float64(0.1), np.int32(-3), np.bool_(True), (np.arange(3),), np.str_("ab"))
    result = restricted(value, protocol)
    assert result[:3] == value[:3]
    assert [type(part) for part in result] == [type(part) for part in value]
    assert np.array_equal(result[3][0], np.arange(3))


def test_shared_and_circular_parts_are_visited_once():
    shared = [np.arange(3)]
    nested = shared
    for _ in range(60):
        nested = [nested, nested]
    result = restricted(nested)
    for _ in range(60):
        result = result[0]
    assert np.array_equal(result[0], np.arange(3))
    circle = [1]
    circle.append(circle)
    result = restricted(circle)
    assert result[1] is result


class Exploit:
    def __init__(self, function, *arguments):
        self.call = function, arguments

    def __reduce__(self):
        return self.call


@pytest.mark.parametrize(
    ("value", "named"),
    [
        (Exploit(os.system, "true"), r"\.system"),
        (Exploit(eval, "1"), r"eval"),
        (Exploit(getattr, "", "join"), r"getattr"),
        (Exploit(functools.partial, int), r"functools.partial"),
        (Exploit(np.load, "x", None, True), r"numpy.load"),
        (collections.OrderedDict(a=1), r"collections.OrderedDict"),
        (datetime.date(2020, 1, 1), r"datetime.date"),
        (np.array([{}, []], dtype=object), r"arrays of 'O8'"),
        (np.array(["2020-01-01"], dtype="M8[D]"), r"arrays of 'M8'"),
        (np.zeros(2, dtype=[("a", "f8")]), r"arrays of 'V8'"),
        (np.ma.masked_array([1, 2]), r"numpy.ma"),
        (np.dtype("f8"), r"holds a numpy.dtype"),
        (np.ndarray, r"holds a function or type"),
        ({1, 2}, r"holds a set|builtins?(__)?\.set"),
        ([b"bytes"], r"holds a bytes"),
        ({(b"a", 1): 2}, r"key of type bytes"),
    ],
    ids=lambda value: getattr(value, "__name__", type(value).__name__),
)
@pytest.mark.parametrize("protocol", [2, 4, 5])
def test_everything_else_is_refused_by_name(value, named, protocol):
    with pytest.raises(UnsafePickleError, match=named):
        restricted(value, protocol)


def test_nothing_runs(tmp_path):
    mark = tmp_path / "ran"
    for protocol in PROTOCOLS:
        with pytest.raises(UnsafePickleError):
            restricted([1, Exploit(os.mkdir, str(mark))], protocol)
    assert not mark.exists()


def state(*values):
    return pickle.dumps(values, 2)[2:-1]


HEAD = b"cnumpy._core.multiarray\n_reconstruct\n(cnumpy\nndarray\nK\x00\x85U\x01btR"
F8 = b"cnumpy\ndtype\n(U\x02f8tR"


def array_state(shape, data, dtype=F8):
    rows = pickle.dumps(shape, 2)[2:-1]
    return HEAD + b"(K\x01" + rows + dtype + b"\x89" + b"T" + struct.pack("<i", len(data)) + data


@pytest.mark.parametrize(
    ("program", "named"),
    [
        (array_state((2,), bytes(8)) + b"tb.", r"shape \(2,\) and type float64 in 8 bytes"),
        (array_state((-1,), bytes(8)) + b"tb.", "impossible shape"),
        (array_state((2**62, 4), b"") + b"tb.", "in 0 bytes"),
        (array_state((1,), bytes(8), b"cnumpy\ndtype\n") + b"tb.", "array of objects"),
        (HEAD + b".", "without content"),
        (F8 + state(3, "<", None, ("a",), {}, -1, -1, 0) + b"b" + b".", "structured"),
        (b"cnumpy\ndtype\n}U\x01aK\x01sb.", "damaged|change how it is read"),
        (b"cnumpy\ndtype\nN}U\x09_functionNs\x86b.", "change how it is read"),
        (b"cnumpy\nndarray\n(tR.", "holds a bytes"),
        (b"c_codecs\nencode\n(U\x01aU\x04rot1tR.", "encode in 'rot1'"),
        (b"Pid\n.", "outside the file"),
        (b"not a pickle", "damaged"),
        (b"", "damaged"),
        (b"(" * 100, "damaged"),
    ],
)
def test_forged_pickles_are_refused(program, named):
    with pytest.raises(UnsafePickleError, match=named):
        loads(io.BytesIO(program))


def test_a_forged_pickle_leaves_the_reader_as_it_was():
    array = np.arange(3.0)
    for program in (b"cnumpy\ndtype\nN}U\x09_functionNs\x86b.", b"cnumpy\nndarray\n}U\x01aNsb."):
        with pytest.raises(UnsafePickleError):
            loads(io.BytesIO(program))
    assert np.array_equal(restricted(array), array)


def test_files_are_named_and_bounded(tmp_path):
    path = tmp_path / "flows.pkl"
    path.write_bytes(pickle.dumps({"a": {"b": 1}}))
    assert load(path) == {"a": {"b": 1}}
    with pytest.raises(UnsafePickleError, match=r"flows.pkl has \d+ bytes, more than the 5"):
        load(path, largest=5)
    path.write_bytes(pickle.dumps({1, 2}, 2))
    with pytest.raises(UnsafePickleError, match=r"flows.pkl: it asks for"):
        load(path)
