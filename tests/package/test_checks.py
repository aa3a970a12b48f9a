"""The checks of arguments: what they take as a number or an array, and what they refuse."""

import decimal

import numpy as np
import pytest

from rheobase import checks


@pytest.mark.parametrize("value", [2, 2.0, np.float32(2), np.int8(2), np.array(2.0), np.array(2)])
def test_numbers_of_all_kinds_are_numbers(value):
    result = checks.number("x", value)
    assert result == 2.0 and type(result) is float


@pytest.mark.parametrize("value", [True, np.array(True), "2", 2j, [2.0], np.array([2.0]), None, decimal.Decimal(2)])
def test_what_is_no_number_is_refused(value):
    with pytest.raises(TypeError, match="x must be a number"):
        checks.number("x", value)


@pytest.mark.parametrize("value", [2, np.int8(2), np.uint64(2), np.array(2)])
def test_integers_of_all_kinds_are_integers(value):
    result = checks.integer("n", value)
    assert result == 2 and type(result) is int


@pytest.mark.parametrize("value", [2.0, np.array(2.0), False, "2", [2]])
def test_what_is_no_integer_is_refused(value):
    with pytest.raises(TypeError, match="n must be an integer"):
        checks.integer("n", value)


@pytest.mark.parametrize("value", [10**400, -(10**400), np.inf, np.nan])
def test_numbers_are_finite(value):
    with pytest.raises(ValueError, match="x must be finite"):
        checks.number("x", value)


@pytest.mark.parametrize(
    "value",
    [
        [1 + 2j, 3],
        np.array([1j]),
        np.complex128(1),
        np.ma.masked_array([1.0, 2.0], mask=[False, True]),
        ["1.0", "2.0"],
        "1.0",
        b"1",
        np.array([1.0, None]),
        [object()],
        [[1.0], [1.0, 2.0]],
        {"a": 1.0},
        None,
        np.array(["2020-01-01"], dtype="datetime64[D]"),
        [decimal.Decimal(1)],
    ],
)
def test_what_a_conversion_would_spoil_is_refused(value):
    with pytest.raises(TypeError, match="a must be an array"):
        checks.array("a", value)


def test_complex_arrays_are_taken_where_they_are_asked_for():
    assert checks.array("a", [1 + 2j], dtype=complex)[0] == 1 + 2j


def test_a_mask_that_hides_nothing_is_no_obstacle():
    assert checks.array("a", np.ma.masked_array([1.0, 2.0])).tolist() == [1.0, 2.0]


@pytest.mark.parametrize("value", [[1.5], [np.nan], np.array([0.5])])
def test_fractions_are_not_made_integers(value):
    with pytest.raises(TypeError, match="a must be an array of int64"):
        checks.array("a", value, dtype=np.int64)


def test_whole_floats_are_integers():
    assert checks.array("a", [1.0, 2.0], dtype=np.int64).dtype == np.int64


@pytest.mark.parametrize(("value", "dtype"), [([-1], np.uint8), ([256], np.uint8), ([2.0**70], np.int64)])
def test_integers_do_not_wrap(value, dtype):
    with pytest.raises(ValueError, match="a must be between"):
        checks.array("a", value, dtype=dtype)


def test_floats_do_not_overflow():
    with pytest.raises(ValueError, match="a must be finite"):
        checks.array("a", [1e300], dtype=np.float32)


def test_one_or_each():
    assert checks.one_or_each("tau", 2, 3).tolist() == [2.0, 2.0, 2.0]
    given = np.array([1.0, 2.0, 3.0])
    kept = checks.one_or_each("tau", given, 3)
    given[:] = 9
    assert kept.tolist() == [1.0, 2.0, 3.0]
    with pytest.raises(ValueError, match=r"tau must be a number or have shape \(3,\), got shape \(2,\)"):
        checks.one_or_each("tau", [1.0, 2.0], 3)
    with pytest.raises(ValueError, match=r"tau .* must be > 0"):
        checks.one_or_each("tau", [1.0, 0.0, 1.0], 3, above=0)


@pytest.mark.parametrize("value", [True, np.False_, np.array(True)])
def test_flags_are_truth_values(value):
    assert checks.flag("on", value) is bool(value)


@pytest.mark.parametrize("value", [1, 0.0, "yes", None, [], [True], np.array([True])])
def test_what_only_counts_as_true_or_false_is_no_flag(value):
    with pytest.raises(TypeError, match="on must be True or False, got"):
        checks.flag("on", value)


def test_texts_instances_and_functions():
    assert checks.text("name", "e") == "e"
    assert checks.function("f", len) is len
    assert checks.instance("by", 2.0, float, "a float") == 2.0
    with pytest.raises(TypeError, match="name must be a string, got 3"):
        checks.text("name", 3)
    with pytest.raises(TypeError, match="f must be a function, got 'x'"):
        checks.function("f", "x")
    with pytest.raises(TypeError, match="by must be a float, got 3"):
        checks.instance("by", 3, float, "a float")


@pytest.mark.parametrize("n_bytes", [1e30, np.inf, np.nan])
def test_what_cannot_fit_into_memory_is_refused_before_it_is_tried(n_bytes):
    checks.memory("n", 1000)
    with pytest.raises(MemoryError, match="n must fit into memory, it would take"):
        checks.memory("n", n_bytes)


def test_ragged_lists_are_refused_as_arrays_are():
    with pytest.raises(TypeError, match="x must be an array of float64"):
        checks.reals("x", [[1.0, 2.0], [3.0]])


def test_long_arrays_are_copied_whole_in_parts():
    given = np.arange(2 * 2**20 + 3)
    for copy in checks.copied(given), checks.copied(given[::-1])[::-1], checks.copied(given, float):
        assert not np.may_share_memory(copy, given)
        np.testing.assert_array_equal(copy, given)
    assert checks.copied(given, np.int32).dtype == np.int32
