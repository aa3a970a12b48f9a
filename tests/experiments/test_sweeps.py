"""Sweeps give what the function gives, whoever works at them, and go on where they were."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import killed_sweep
import numpy as np
import pytest

import rheobase as rb
from rheobase.experiments import SweepError


def product(a, b):
    return a * b


def parts(a, seed):
    return {"sum": a + seed, "row": np.arange(3) * a}


def fails_at_two(a):
    if a == 2:
        raise KeyError("no such network")
    return a


def test_values_have_the_axes_of_the_grid():
    done = rb.sweep(product, {"a": [1, 2, 3], "b": [10.0, 20.0]})
    assert done.shape == (3, 2)
    np.testing.assert_array_equal(done.values, np.outer([1, 2, 3], [10, 20]))
    assert done.table()["b"] == [10.0, 20.0] * 3
    assert repr(done) == "<sweep of a (3) × b (2): 6 of 6 done>"
    assert "<table>" in done._repr_html_()


def test_seeds_are_an_axis_and_dicts_give_several_values():
    done = rb.sweep(parts, {"a": np.array([1, 2])}, seeds=range(4))
    assert done.names == ["sum", "row"]
    np.testing.assert_array_equal(done["sum"], [[1, 2, 3, 4], [2, 3, 4, 5]])
    assert done["row"].shape == (2, 4, 3)
    assert set(done.values) == {"sum", "row"}
    assert {type(point["a"]) for point in done.points} == {int}


def test_points_can_be_listed():
    done = rb.sweep(product, [{"a": 1, "b": 2}, {"a": 3, "b": 4}])
    assert done.parameters is None and done.values.tolist() == [2, 12]


@pytest.mark.parametrize("more", [{"workers": 2}, {"workers": 2, "processes": True}])
def test_workers_change_nothing(more, tmp_path):
    alone = rb.sweep(killed_sweep.rate, {"drive": [18.0, 25.0]}, seeds=[1, 2])
    again = rb.sweep(killed_sweep.rate, {"drive": [18.0, 25.0]}, seeds=[1, 2], path=tmp_path / "kept", **more)
    for name in ("rate", "counts"):
        np.testing.assert_array_equal(alone[name], again[name])
    with ThreadPoolExecutor(2) as pool:
        assert rb.sweep(product, {"a": [1, 2], "b": [3]}, workers=pool).values.tolist() == [[3], [6]]


def test_joblib_runs_sweeps(tmp_path):
    joblib = pytest.importorskip("joblib")
    for kind in ("generator_unordered", "list"):
        pool = joblib.Parallel(n_jobs=2, backend="threading", return_as=kind)
        done = rb.sweep(product, {"a": [1, 2, 3], "b": [2]}, workers=pool, path=tmp_path / kind)
        assert done.values.tolist() == [[2], [4], [6]]


@pytest.mark.filterwarnings("default")  # what other packages warn about is theirs
def test_dask_runs_sweeps(tmp_path):
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(n_workers=2, processes=False, dashboard_address=None) as cluster,
        distributed.Client(cluster) as client,
    ):
        done = rb.sweep(lambda a: 2 * a, {"a": [1, 2, 3]}, workers=client, path=tmp_path)
    assert done.values.tolist() == [2, 4, 6]


@pytest.mark.skipif(shutil.which("mpirun") is None, reason="no mpirun here")
def test_two_processes_of_mpi_run_a_sweep(tmp_path):
    pytest.importorskip("mpi4py")
    script = tmp_path / "sweep.py"
    script.write_text(
        "import rheobase as rb\n"
        "from mpi4py.futures import MPIPoolExecutor\n\n\n"
        "def twice(a):\n    return 2 * a\n\n\n"
        "if __name__ == '__main__':\n"
        "    with MPIPoolExecutor() as pool:\n"
        "        print(rb.sweep(twice, {'a': [1, 2, 3]}, workers=pool, path='kept').values.tolist())\n"
    )
    command = ["mpirun", "--allow-run-as-root", "--oversubscribe", "-n", "2"]
    done = subprocess.run(
        [*command, sys.executable, "-m", "mpi4py.futures", str(script)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert done.stdout.strip() == "[2, 4, 6]"
    assert len([*(tmp_path / "kept").glob("*.npz")]) == 3


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL here")
def test_a_killed_sweep_goes_on_where_it_was(tmp_path):
    folder, log = tmp_path / "kept", tmp_path / "log"
    child = subprocess.Popen([sys.executable, killed_sweep.__file__, str(folder), str(log)])
    try:
        end = time.monotonic() + 60
        while len([*folder.glob("*.npz")] if folder.exists() else []) < 30 and time.monotonic() < end:
            assert child.poll() is None
            time.sleep(0.01)
    finally:
        child.send_signal(signal.SIGKILL)
        child.wait()
    before = len([*folder.glob("*.npz")])
    assert 30 <= before < 100
    begun = len(log.read_text().splitlines())
    done = rb.sweep(killed_sweep.logged(log, 0), killed_sweep.GRID, seeds=killed_sweep.SEEDS, path=folder, workers=2)
    assert len(log.read_text().splitlines()) - begun == 100 - before
    assert len(done.done) == 100 and done["rate"].shape == (20, 5) and done["counts"].shape == (20, 5, 2)
    for place in ((0, 0), (9, 3), (19, 4)):
        drive, seed = killed_sweep.GRID["drive"][place[0]], killed_sweep.SEEDS[place[1]]
        assert done["rate"][place] == killed_sweep.rate(drive, seed)["rate"]
    assert not [*folder.glob(".*")] or all(f.suffix == ".saving" for f in folder.glob(".*"))


def test_a_larger_grid_does_what_is_new(tmp_path):
    called = []

    def function(a):
        called.append(a)
        return float(a)

    rb.sweep(function, {"a": [1, 2]}, path=tmp_path)
    assert rb.sweep(function, {"a": [3, 2, 1]}, path=tmp_path).values.tolist() == [3.0, 2.0, 1.0]
    assert called == [1, 2, 3]


def test_parts_come_together(tmp_path):
    grid = {"a": [1, 2, 3, 4, 5], "b": [1]}
    first = rb.sweep(product, grid, path=tmp_path, part=(0, 2))
    assert sorted(first.done) == [0, 2, 4] and np.isnan(first.values[1, 0])
    rb.sweep(product, grid, path=tmp_path, part=(1, 2))
    assert rb.sweep(product, grid, path=tmp_path).values[:, 0].tolist() == [1, 2, 3, 4, 5]


def test_a_point_that_fails_is_named_and_what_was_done_is_kept(tmp_path):
    with pytest.raises(SweepError, match="the point a=2 failed: KeyError: 'no such network'") as failure:
        rb.sweep(fails_at_two, {"a": [1, 2, 3]}, path=tmp_path)
    assert failure.value.point == {"a": 2} and failure.value.done.done == {0: 1}
    done = rb.sweep(fails_at_two, {"a": [1, 2, 3]}, path=tmp_path, skip=True)
    assert [*done.failed] == [1]
    assert "1 failed" in repr(done)
    np.testing.assert_array_equal(done.values, [1, np.nan, 3])


def test_retries():
    called = []

    def function(a):
        called.append(a)
        if len(called) < 3:
            raise OSError("busy")
        return a

    assert rb.sweep(function, {"a": [7]}, retries=2).values.tolist() == [7]
    assert called == [7, 7, 7]


def test_ctrl_c_keeps_what_was_done(capsys):
    def function(a):
        if a == 3:
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(5)
        return a

    signal.signal(signal.SIGINT, signal.default_int_handler)
    with pytest.raises(rb.Interrupted, match="sweep stopped by Ctrl-C: 3 of 100 points are done") as stopped:
        rb.sweep(function, {"a": range(100)}, progress=True)
    assert stopped.value.result.interrupted
    assert [*stopped.value.result.done.values()] == [0, 1, 2]
    assert "sweep" in capsys.readouterr().err


def test_tables_and_datasets():
    done = rb.sweep(parts, {"a": [1, 2]}, seeds=[5, 6])
    pandas = pytest.importorskip("pandas")
    frame = done.to_pandas()
    assert isinstance(frame, pandas.DataFrame)
    assert frame.columns.tolist() == ["a", "seed", "sum", "row"] and len(frame) == 4
    pytest.importorskip("xarray")
    dataset = done.to_xarray()
    assert dict(dataset.sizes) == {"a": 2, "seed": 2, "row_0": 3}
    assert float(dataset["sum"].sel(a=2, seed=6)) == 8


def test_what_is_refused(tmp_path):
    (tmp_path / "file").write_text("x")
    for arguments, error, message in (
        ({"grid": {}}, ValueError, "grid must have a parameter at least"),
        ({"grid": {"a": []}}, ValueError, r"grid\['a'\] must have a value at least"),
        ({"grid": {"a": 3}}, TypeError, r"grid\['a'\] must be a sequence of values, got 3"),
        ({"grid": 5}, TypeError, "grid must be a dict or a list"),
        ({"grid": {"seed": [1]}, "seeds": [1]}, ValueError, "grid must not have a parameter 'seed'"),
        ({"seeds": [-1]}, ValueError, "seeds must be >= 0"),
        ({"part": (0, 2)}, ValueError, "path must be given with part"),
        ({"part": (2, 2), "path": tmp_path}, ValueError, "part must be >= 0 and <= 1"),
        ({"part": (1,), "path": tmp_path}, ValueError, "part must be two integers"),
        ({"path": tmp_path / "file"}, ValueError, "path must be a folder"),
        ({"grid": {"a": [rb.LIF()]}, "path": tmp_path}, TypeError, "grid must hold numbers"),
        ({"workers": "two"}, TypeError, "workers must be an integer, an executor"),
        ({"retries": -1}, ValueError, "retries must be"),
        ({"function": 3}, TypeError, "function must be a function"),
    ):
        with pytest.raises(error, match=message):
            rb.sweep(**{"function": fails_at_two, "grid": {"a": [1]}, **arguments})
    with pytest.raises(SweepError, match="function must return numbers"):
        rb.sweep(lambda a: object(), {"a": [1]}, path=tmp_path)
    assert threading.active_count() < 10


def test_a_file_of_something_else_is_named(tmp_path):
    rb.sweep(fails_at_two, {"a": [1]}, path=tmp_path)
    next(Path(tmp_path).glob("*.npz")).write_bytes(b"nothing")
    with pytest.raises(ValueError, match="path must hold files of a sweep"):
        rb.sweep(fails_at_two, {"a": [1]}, path=tmp_path)
