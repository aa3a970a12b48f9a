"""Data sets, their split and their normalisation."""

import gzip

import numpy as np
import pytest

from rheobase.learning import (
    Perceptron,
    Standardizer,
    load_digits,
    load_mnist,
    load_spike_counts,
    split_data,
)

COUNTS = "SpikeCounts112Neuron12Thetas.npz"


def test_spike_counts(recordings):
    data = load_spike_counts(recordings(COUNTS))
    assert data.x.shape == (1000, 112)
    assert data.x_test.shape == (100, 112)
    orientations, sizes = np.unique(data.y, return_counts=True)
    assert np.array_equal(orientations, np.arange(0, 360, 30))
    assert sizes.tolist() == [98, 78, 82, 68, 89, 81, 81, 90, 88, 90, 72, 83]
    assert data.y[3] == 120
    assert "12 classes" in data._repr_html_()


def test_digits():
    pytest.importorskip("sklearn")
    data = load_digits()
    assert data.x.shape == (1438, 64)
    assert data.x_test.shape == (359, 64)
    assert set(data.y) == set(data.y_test) == set(range(10))


def test_split_keeps_every_sample_once_with_its_label():
    x = np.arange(20.0)[:, None]
    data = split_data(x, np.arange(20), test=0.25, seed=1)
    assert len(data.y_test) == 5
    assert sorted([*data.y, *data.y_test]) == list(range(20))
    assert np.array_equal(data.x[:, 0], data.y)
    assert np.array_equal(data.y_test, split_data(x, np.arange(20), test=0.25, seed=1).y_test)


def test_standardizer_uses_one_mean_and_deviation_or_one_a_feature():
    x = np.random.default_rng(1).normal(5, 3, size=(50, 4)) * [1, 2, 3, 4]
    whole = Standardizer().fit(x).transform(x)
    assert whole.mean() == pytest.approx(0, abs=1e-12)
    assert whole.std() == pytest.approx(1)
    each = Standardizer(per_feature=True).fit(x).transform(x)
    assert np.allclose(each.mean(axis=0), 0)
    assert np.allclose(each.std(axis=0), 1)
    x[:, 0] = 7
    assert not Standardizer(per_feature=True).fit(x).transform(x)[:, 0].any()


def test_e38_test_data_take_the_mean_and_deviation_of_training():
    x = np.array([[-1.0], [1.0]] * 50)
    y = np.array([0, 1] * 50)
    x_test, y_test = np.array([[0.8], [1.2]] * 20), np.ones(40, dtype=int)
    scale = Standardizer().fit(x)
    net = Perceptron(rate=0.5, seed=1).fit(scale.transform(x), y)
    assert net.score(scale.transform(x_test), y_test) == 1
    # the notebook's own mean and deviation of the test set push half of it over the border
    assert net.score(Standardizer().fit(x_test).transform(x_test), y_test) == 0.5


def mnist_arrays():
    rng = np.random.default_rng(1)
    images = [rng.integers(0, 256, (m, 28, 28)).astype(np.uint8) for m in (12, 5)]
    digits = [rng.integers(0, 10, m).astype(np.uint8) for m in (12, 5)]
    return images[0], digits[0], images[1], digits[1]


def write_idx(path, array, packed):
    header = bytes([0, 0, 8, array.ndim]) + b"".join(n.to_bytes(4, "big") for n in array.shape)
    content = header + array.tobytes()
    if packed:
        path = path.with_name(path.name + ".gz")
        content = gzip.compress(content)
    path.write_bytes(content)


def write_mnist(folder, layout):
    x, y, x_test, y_test = mnist_arrays()
    if layout == "keras":
        np.savez(folder / "m.npz", x_train=x, y_train=y, x_test=x_test, y_test=y_test)
        return folder / "m.npz"
    if layout == "textbook":
        columns = {"X": x.reshape(12, -1).T, "XTest": x_test.reshape(5, -1).T}
        np.savez(folder / "m.npz", Y=np.eye(10)[y].T, YTest=np.eye(10)[y_test].T, **columns)
        return folder / "m.npz"
    names = ("train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1")
    for name, array in zip(names, (x, y, x_test, y_test), strict=True):
        write_idx(folder / f"{name}-ubyte", array, layout == "idx.gz")
    return folder


@pytest.mark.parametrize("layout", ["keras", "textbook", "idx", "idx.gz"])
def test_mnist_in_every_layout(tmp_path, layout):
    x, y, x_test, y_test = mnist_arrays()
    data = load_mnist(write_mnist(tmp_path, layout))
    assert np.array_equal(data.x, x.reshape(12, 784))
    assert np.array_equal(data.x_test, x_test.reshape(5, 784))
    assert np.array_equal(data.y, y)
    assert np.array_equal(data.y_test, y_test)
    assert data.x.dtype == float


def test_damaged_mnist_is_refused(tmp_path):
    folder = write_mnist(tmp_path, "idx")
    images = folder / "train-images-idx3-ubyte"
    whole = images.read_bytes()
    for content, text in [
        (whole[:-1], "complete idx file"),
        (whole[:7], "complete idx file"),
        (b"", "idx file"),
        (b"\0\0\x07\x03" + whole[4:], "idx file"),
        (b"PNG!" + whole, "idx file"),
    ]:
        images.write_bytes(content)
        with pytest.raises(ValueError, match=text):
            load_mnist(folder)
    images.unlink()
    with pytest.raises(FileNotFoundError, match="train-images-idx3-ubyte"):
        load_mnist(folder)
    (folder / "train-images-idx3-ubyte.gz").write_bytes(b"not packed")
    with pytest.raises(ValueError, match="readable idx file"):
        load_mnist(folder)
    (folder / "train-images-idx3-ubyte.gz").write_bytes(gzip.compress(whole)[:-20])
    with pytest.raises(ValueError, match="readable idx file"):
        load_mnist(folder)


def test_mnist_with_other_numbers_of_images_and_labels(tmp_path):
    x, y, x_test, y_test = mnist_arrays()
    np.savez(tmp_path / "m.npz", x_train=x, y_train=y[:5], x_test=x_test, y_test=y_test)
    with pytest.raises(ValueError, match="training labels must have shape \\(12,\\)"):
        load_mnist(tmp_path / "m.npz")


@pytest.mark.parametrize("load", [load_mnist, load_spike_counts])
def test_files_that_are_no_npz_are_refused(tmp_path, load):
    with pytest.raises(FileNotFoundError):
        load(tmp_path / "absent.npz")
    (tmp_path / "text.npz").write_text("hello")
    with pytest.raises(ValueError, match="path must be an npz file"):
        load(tmp_path / "text.npz")
    np.savez(tmp_path / "other.npz", a=1)
    with pytest.raises(ValueError, match="path must be an npz file with"):
        load(tmp_path / "other.npz")
    np.save(tmp_path / "array.npy", np.ones(3))
    with pytest.raises(ValueError, match="path must be an npz file"):
        load(tmp_path / "array.npy")


def test_spike_counts_that_do_not_fit_are_refused(tmp_path):
    good = {"x": np.ones((3, 4)), "y": np.eye(4)[:2], "xTest": np.ones((3, 1)), "yTest": np.array([[1.0], [0.0]])}
    good["y"] = np.array([[1.0, 0, 1, 0], [0, 1, 0, 1]])
    for change, text in [
        ({"y": np.zeros((2, 4))}, "y must have a single 1 in each column"),
        ({"y": np.ones((2, 3))}, "y must have shape"),
        ({"yTest": np.array([[0.5], [0.5]])}, "yTest must have a single 1"),
        ({"x": np.full((3, 4), np.nan)}, "x must be finite"),
        ({"x": np.ones((3, 0))}, "x must hold at least one sample"),
    ]:
        np.savez(tmp_path / "counts.npz", **{**good, **change}, AllOrientations=[0.0, 90.0])
        with pytest.raises(ValueError, match=text):
            load_spike_counts(tmp_path / "counts.npz")


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda: split_data(np.ones((3, 2)), [1, 2]), ValueError, "y must have shape (3,)"),
        (lambda: split_data(np.ones((3, 2)), [1, 2, 3], test=0), ValueError, "test must be > 0"),
        (lambda: split_data(np.ones((3, 2)), [1, 2, 3], test=0.01), ValueError, "test must leave samples in both"),
        (lambda: split_data(np.ones((0, 2)), []), ValueError, "x must hold at least one sample"),
        (lambda: split_data([1, 2], [1, 2]), ValueError, "x must have shape (any, any)"),
        (lambda: split_data(np.ones((2, 2)), [1, np.nan]), ValueError, "y must be labels, got nan at index 1"),
        (lambda: split_data(np.ones((2, 2)), [1, None]), TypeError, "y must be numbers or strings"),
        (lambda: split_data(np.ones((2, 2)), [[1, 2], [3]]), TypeError, "y must be numbers or strings"),
        (lambda: Standardizer().fit(np.ones((3, 2))), ValueError, "x must vary"),
        (lambda: Standardizer().transform(np.ones((3, 2))), ValueError, "before fit"),
        (lambda: Standardizer().fit([]), ValueError, "x must have shape"),
        (
            lambda: Standardizer(per_feature=True).fit([[1, 2], [3, 4]]).transform([[1, 2, 3]]),
            ValueError,
            "x must have shape (any, 2)",
        ),
    ],
)
def test_bad_input_is_refused(call, error, text):
    with pytest.raises(error) as caught:
        call()
    assert text in str(caught.value)
