"""Run the same networks in rheobase and in other simulators, check that they agree, and print how long each took.

    python benchmarks/run.py                              all networks at their full sizes
    python benchmarks/run.py cortex cuba --repetitions 5  two of them
    python benchmarks/run.py --quick                      tiny, to see that everything works

The other simulators install themselves into benchmarks/environments/. They take turns, so that a machine whose speed
changes is as slow for one as for the other: times are medians over the turns, ratios medians of the ratios of one turn,
both with their extremes. What they compile is compiled once.
With RHEOBASE_ISA=avx2 rheobase and Brian2 use no more than AVX2 where the machine has AVX-512.
Run it on a machine that does nothing else. Results go to benchmarks/results/.
"""

import argparse
import datetime
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import peers

HERE = Path(__file__).resolve().parent
NETWORKS = HERE / "networks"
#: The variable that tells network scripts where to compile.
PROGRAM = "PROGRAM_FOLDER"
#: What runs in this interpreter. The textbook's network also runs by Euler steps, which Brian2 takes.
OURS = ("rheobase", "rheobase_euler", "numpy")


@dataclass(frozen=True)
class Case:
    """A network at a size, and who runs it: (simulator, threads)."""

    network: str
    neurons: int
    time: float
    runs: tuple[tuple[str, int], ...]
    tolerance: float = 0.15


EVERYBODY = (("rheobase", 1), ("rheobase", 2), ("brian2", 1), ("brian2", 2), ("nest", 1), ("nest", 2))
MORE = (*EVERYBODY, ("annarchy", 1), ("annarchy", 2), ("brainevent", 1), ("genn", 1))

#: Rates of one network differ by chance between runs: by less than `tolerance`, or half a hertz.
CASES = (
    Case("cortex", 1000, 1000, (("rheobase", 1), ("numpy", 1))),
    Case("cortex", 10_000, 1000, (*EVERYBODY, ("rheobase_euler", 1))),
    Case("cuba", 4000, 1000, MORE),
    Case("cuba", 40_000, 1000, MORE),
    Case("coba", 4000, 1000, MORE, tolerance=0.25),
    Case("coba", 40_000, 1000, MORE, tolerance=0.25),
    Case("cobahh", 4000, 1000, EVERYBODY, tolerance=0.25),
    Case("cobahh", 40_000, 1000, EVERYBODY, tolerance=0.25),
    Case("brunel", 12_500, 1000, EVERYBODY),
    Case("vogels2011", 10_000, 10_000, EVERYBODY, tolerance=0.3),
)


def measure(case, simulator, threads, seed, timeout, program):
    """Return what one run of a network reports, or why it does not; what it compiles lies in folder `program`."""
    script = NETWORKS / f"{case.network}_{simulator}.py"
    if not script.exists():
        return {"failed": "not written"}
    command = [peers.python(simulator), script, "--neurons", case.neurons, "--time", case.time, "--threads", threads]
    try:
        run = subprocess.run(
            [*map(str, command), "--seed", str(seed)],
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
            cwd=NETWORKS,
            env=_environment(simulator, program),
        )
    except subprocess.TimeoutExpired:
        return {"failed": f"over {timeout:g} s"}
    if run.returncode != 0:
        error = run.stderr.strip().splitlines()
        return {"failed": error[-1] if error else f"exit status {run.returncode}"}
    return json.loads(run.stdout.strip().splitlines()[-1])


def take_turns(case, runs, options):
    """Return every run's reports, turn by turn; what takes longer than `options.once_over` has one turn only.

    What a simulator compiles is kept from turn to turn.
    """
    turns = {run: [] for run in runs}
    with tempfile.TemporaryDirectory(prefix="programs-", ignore_cleanup_errors=True) as programs:
        for turn in range(1 if options.quick else options.repetitions):
            for (simulator, threads), reports in turns.items():
                last = reports[-1] if reports else {}
                if "failed" in last or last.get("simulation", 0.0) > options.once_over:
                    continue
                print(f"{case.network}, {case.neurons} neurons, {simulator}, {threads} thread(s)", file=sys.stderr)
                program = Path(programs, f"{simulator}-{threads}")
                reports.append(measure(case, simulator, threads, turn + 1, options.timeout, program))
    return {f"{simulator}-{threads}": reports for (simulator, threads), reports in turns.items()}


def summary(turns):
    """Return the medians over the turns of every run, its ratio to rheobase's on as many threads among them."""
    results = {}
    for key, reports in turns.items():
        if "failed" in reports[-1]:
            results[key] = reports[-1]
            continue
        middle = {name: _median(r[name] for r in reports) for name in reports[0] if name != "rates"}
        middle["rates"] = {a: statistics.median(r["rates"][a] for r in reports) for a in reports[0]["rates"]}
        middle["simulation_all"] = [r["simulation"] for r in reports]
        ours = [r["simulation"] for r in turns.get(f"rheobase-{key.rsplit('-', 1)[1]}", []) if "failed" not in r]
        if ours:
            pairs = zip(middle["simulation_all"], ours, strict=False)
            middle["ratio_all"] = [theirs / mine for theirs, mine in pairs]
            middle["ratio"] = statistics.median(middle["ratio_all"])
        results[key] = middle
    return results


def _median(values):
    """Return the median of what was measured: Brian2's memory is, the first time that a program runs."""
    known = [value for value in values if value == value]
    return statistics.median(known) if known else float("nan")


def _environment(simulator, program):
    """Let NumPy use one thread, and peers not see this interpreter's packages; name the folder of programs."""
    variables = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore"}
    if simulator == "brainevent":
        variables["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
    elif simulator not in OURS:
        for name in ("PYTHONPATH", "OMP_NUM_THREADS"):
            variables.pop(name, None)
    program.mkdir(exist_ok=True)
    variables[PROGRAM] = str(program)
    return variables


def disagreement(case, found, base):
    """Return what is wrong with the rates, or an empty string."""
    for name, expected in base["rates"].items():
        got = found["rates"].get(name, float("nan"))
        if not abs(got - expected) <= max(case.tolerance * expected, 0.5):
            return f"rate of {name} is {got:.2f} and not {expected:.2f} Hz"
    return ""


def machine():
    """Describe the machine."""
    model = platform.processor() or platform.machine()
    cpuinfo, meminfo = Path("/proc/cpuinfo"), Path("/proc/meminfo")
    if cpuinfo.exists():
        names = [line.split(":", 1)[1].strip() for line in cpuinfo.read_text().splitlines() if "model name" in line]
        model = names[0] if names else model
    memory = f", {int(meminfo.read_text().split()[1]) / 1024**2:.0f} GB" if meminfo.exists() else ""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    compiler = subprocess.run(["c++", "--version"], capture_output=True, text=True, check=False).stdout.split("\n")[0]
    load = f"; load {os.getloadavg()[0]:.1f} at the start" if hasattr(os, "getloadavg") else ""
    only = f"; {os.environ['RHEOBASE_ISA']} alone" if "RHEOBASE_ISA" in os.environ else ""
    return f"{model}, {cores} cores{memory}; {platform.system()} {platform.release()}; {compiler}{only}{load}"


def rows(case, results):
    """Return the lines of a case's table; `ratio` is a simulator's time over rheobase's on as many threads."""
    base = results.get("rheobase-1")
    usable = base is not None and "failed" not in base
    lines = []
    for key, found in results.items():
        simulator, threads = key.rsplit("-", 1)
        if "failed" in found:
            lines.append(f"| {simulator} | {threads} | {found['failed']} | | | | | | |")
            continue
        ratio = _with_extremes(found["ratio_all"], 1) if "ratio" in found else ""
        simulation = _with_extremes(found["simulation_all"], 3)
        rates = ", ".join(f"{rate:.2f}" for rate in found["rates"].values())
        wrong = disagreement(case, found, base) if usable else ""
        lines.append(
            f"| {simulator} | {threads} | {found['compilation']:.1f} | {found['construction']:.3f} | "
            f"{simulation} | {ratio} | {found['peak_memory_mb']:.0f} | {rates} | {wrong or 'yes'} |"
        )
    return lines


def beside_the_table(results):
    """Return lines with the ratios to Euler steps of ours, and what a second thread gains by the medians."""
    done = {key: found["simulation_all"] for key, found in results.items() if "failed" not in found}
    lines = []
    if "rheobase_euler-1" in done and "brian2-1" in done:
        ratios = [theirs / mine for theirs, mine in zip(done["brian2-1"], done["rheobase_euler-1"], strict=False)]
        lines.append(f"brian2 over rheobase_euler, one thread: {_with_extremes(ratios, 1)}.")
    if "rheobase-1" in done and "rheobase-2" in done:
        gain = statistics.median(done["rheobase-1"]) / statistics.median(done["rheobase-2"])
        lines.append(f"rheobase on one thread over two: {gain:.2f}.")
    return ["", *lines] if lines else []


def _with_extremes(values, digits):
    middle = f"{statistics.median(values):.{digits}f}"
    return middle if len(values) == 1 else f"{middle} ({min(values):.{digits}f}–{max(values):.{digits}f})"


def markdown(header, cases):
    """Return the report: one table a case."""
    parts = ["# Benchmarks\n", header, ""]
    head = "| simulator | threads | compilation (s) | construction (s) | simulation (s) | ratio | memory (MB) | "
    head += "rates (Hz) | agrees |"
    for case, results in cases:
        synapses = next((f"{r['synapses']:,.0f} synapses, " for r in results.values() if "synapses" in r), "")
        parts += [
            f"## {case.network}: {case.neurons:,} neurons, {synapses}{case.time:g} ms\n",
            head,
            "|---|---|---|---|---|---|---|---|---|",
            *rows(case, results),
            *beside_the_table(results),
            "",
        ]
    return "\n".join(parts)


def chosen(options):
    """Return the cases asked for, small ones with --quick."""
    known = sorted({case.network for case in CASES})
    for name in options.names:
        if name not in known:
            raise SystemExit(f"names must be among {', '.join(known)}, got {name!r}")
    cases = [case for case in CASES if not options.names or case.network in options.names]
    if options.quick:
        small = {(c.network, c.runs): Case(c.network, 1000, 200, c.runs, 1.0) for c in cases}
        cases = list(small.values())
    return cases


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="networks; all by default")
    parser.add_argument("--simulators", nargs="+", choices=(*OURS, *peers.REQUIREMENTS))
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--timeout", type=float, default=1800, help="seconds a run may take")
    parser.add_argument("--once-over", type=float, default=30, help="seconds of simulation that are not repeated")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--quick", action="store_true", help="1000 neurons, 200 ms, once; rates are hardly checked")
    parser.add_argument("--save", default=str(HERE / "results" / "networks"), help="file without its ending")
    options = parser.parse_args()
    description = machine()
    finished = []
    for case in chosen(options):
        runs = [
            (simulator, threads)
            for simulator, threads in case.runs
            if simulator in (options.simulators or [simulator]) and threads in options.threads
        ]
        finished.append((case, summary(take_turns(case, runs, options))))
    used = sorted({key.rsplit("-", 1)[0] for _, results in finished for key in results})
    versions = ", ".join(f"{peer} {peers.version(peer)}" for peer in used)
    today = datetime.date.today().isoformat()
    header = f"{today}. {description}.\n\n{versions}. Medians of {1 if options.quick else options.repetitions} turns"
    header += f" (one, where a run takes over {options.once_over:g} s)."
    text = markdown(header, finished)
    print(text)
    path = Path(options.save)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.with_suffix(".md").write_text(text)
    data = {
        "date": today,
        "machine": description,
        "versions": versions,
        "cases": [
            {"network": c.network, "neurons": c.neurons, "time_ms": c.time, "results": results}
            for c, results in finished
        ],
    }
    path.with_suffix(".json").write_text(json.dumps(data, indent=1) + "\n")


if __name__ == "__main__":
    main()
