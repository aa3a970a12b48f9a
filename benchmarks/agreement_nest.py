"""Compare networks here with the same networks on NEST, built by `rb.io.to_nest`, over several seeds.

    python benchmarks/agreement_nest.py                        all networks, a table as Markdown
    python benchmarks/agreement_nest.py brunel coba            some of them
    python benchmarks/agreement_nest.py --processes 2          NEST on two processes, by mpirun
    python benchmarks/agreement_nest.py --check                exit with 1 where something differs

Rate, CV and mean correlation of the spike counts of every population are compared by Student's t over seeds. With all
comparisons together, one run in a hundred of two simulators that agree says that they differ.

The interpreter must have NEST, and mpi4py for more than one process.
"""

import argparse
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import scipy.stats

import rheobase as rb

#: Probability that networks which agree are called different, in all comparisons together.
LEVEL = 0.01


@dataclass(frozen=True)
class Case:
    """A network, how long it runs (ms), and from when on it is measured."""

    make: object
    duration: float
    t_start: float
    seeds: int = 8


def recurrent(seed):
    """The network of the README, whose neurons have currents of three time constants."""
    net = rb.Network(dt=0.1, seed=seed)
    eif = rb.EIF(tau_m=10, E_L=-72, V_T=-55, D=2, V_th=0, V_re=-72)
    e = net.add(eif, 8000, name="e", V=rb.Uniform(-72, -55))
    i = net.add(eif, 2000, name="i", V=rb.Uniform(-72, -55))
    x = net.add(rb.Poisson(rate=5), 8000, name="x")
    for pre, post, k, weight, tau in [
        (x, e, 160, 30, 8),
        (x, i, 160, 20, 8),
        (e, e, 160, 12, 6),
        (e, i, 160, 35, 6),
        (i, e, 40, -45, 4),
        (i, i, 40, -70, 4),
    ]:
        net.connect(pre, post, rb.FixedInDegree(k), weight=weight, synapse=rb.Exponential(tau=tau))
    return net


CASES = {
    "brunel": Case(lambda seed: rb.circuits.brunel(order=1000, seed=seed), 500, 100),
    # without input, and long before it may fall silent
    "coba": Case(lambda seed: rb.circuits.coba(4000, seed=seed), 400, 100),
    "microcircuit": Case(lambda seed: rb.circuits.microcircuit(scale=0.1, seed=seed), 1000, 200),
    "readme": Case(recurrent, 400, 100, seeds=4),
}
MEASURES = ("rate (Hz)", "CV", "correlation")


def measure(res, t_start):
    """Return each measure of each population, under names such as "e rate (Hz)"."""
    found = {}
    for name in res.populations:
        spikes = res.spikes(name).between(t_start, res.t_stop)
        values = (
            len(spikes.times) / spikes.n / (1e-3 * spikes.duration),
            np.nanmean(rb.spikes.cv(spikes)),
            rb.spikes.mean_correlation(spikes, 5.0),
        )
        found |= {f"{name} {key}": float(value) for key, value in zip(MEASURES, values, strict=True)}
    return found


def on_nest(name, seed):
    """Print the measures of one run; the first of all processes speaks."""
    case = CASES[name]
    built = rb.io.to_nest(case.make(seed))
    found = measure(built.gather(built.run(case.duration)), case.t_start)
    if built.rank == 0:
        print("found", json.dumps(found), flush=True)


def run_nest(name, seed, processes):
    """Return the measures of one run in processes of its own, which give back their memory."""
    command = [sys.executable, str(Path(__file__).resolve()), "--run-nest", name, str(seed)]
    if processes > 1:
        command = ["mpirun", "--oversubscribe", "--allow-run-as-root", "-n", str(processes), *command]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    lines = [line for line in run.stdout.splitlines() if line.startswith("found")]
    if run.returncode != 0 or len(lines) != 1:
        raise SystemExit(f"{name} on NEST ended with {run.returncode}\n{run.stdout}{run.stderr}")
    return json.loads(lines[0][5:])


def compare(name, processes, seeds):
    """Return, for each measure, the values here and on NEST, one per seed of which the network stayed awake."""
    case, here, there = CASES[name], [], []
    for seed in range(1, 1 + (seeds or case.seeds)):
        there.append(run_nest(name, seed, processes))
        here.append(measure(case.make(seed).run(case.duration), case.t_start))
    awake = [[run for run in runs if all(map(np.isfinite, run.values()))] for runs in (here, there)]
    silent = [len(runs) - len(kept) for runs, kept in zip((here, there), awake, strict=True)]
    print(
        f"{name}: fell silent in {silent[0]} of {len(here)} runs here, {silent[1]} of {len(there)} on NEST", flush=True
    )
    if scipy.stats.fisher_exact([silent, [len(kept) for kept in awake]]).pvalue < LEVEL:
        raise SystemExit(f"{name} must fall silent as often here as on NEST")
    return {key: tuple(np.array([run[key] for run in runs]) for runs in awake) for key in here[0]}


def standard_errors(here, there):
    """Return the difference of two means in standard errors of it."""
    error = np.sqrt(here.var(ddof=1) / len(here) + there.var(ddof=1) / len(there))
    return 0.0 if here.mean() == there.mean() else float((here.mean() - there.mean()) / error)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", choices=[[], *CASES], metavar="name", help="default: all")
    parser.add_argument("--processes", type=int, default=1, help="of NEST, by mpirun")
    parser.add_argument("--seeds", type=int, help="how many; default: 8, and 4 of the README's network")
    parser.add_argument("--check", action="store_true", help="exit with 1 where something differs")
    parser.add_argument("--run-nest", nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.run_nest:
        return on_nest(arguments.run_nest[0], int(arguments.run_nest[1]))
    names = arguments.names or list(CASES)
    found = {name: compare(name, arguments.processes, arguments.seeds) for name in names}
    comparisons = sum(map(len, found.values()))
    differ = False
    print(
        "\n| network | measure | rheobase | NEST | difference (standard errors) | agrees |\n|---|---|---|---|---|---|"
    )
    for name, measures in found.items():
        for key, (here, there) in measures.items():
            limit = scipy.stats.t.ppf(1 - 0.5 * LEVEL / comparisons, len(here) + len(there) - 2)
            away = standard_errors(here, there)
            differ |= not abs(away) <= limit
            shown = " | ".join(f"{v.mean():.4g} ± {v.std(ddof=1):.2g}" for v in (here, there))
            print(
                f"| {name} | {key} | {shown} | {away:+.1f} of {limit:.1f} | {'yes' if abs(away) <= limit else 'no'} |"
            )
    return int(arguments.check and differ)


if __name__ == "__main__":
    sys.exit(main())
