"""Run the microcircuit and compare its activity with NEST's.

    python benchmarks/microcircuit.py                      full scale: 299 million synapses, 2 GB
    python benchmarks/microcircuit.py --drive dc           the other way to drive it; report the two apart
    python benchmarks/microcircuit.py --scale 0.1 --reference tenth.npz
    python benchmarks/microcircuit.py --recipe             as the field's table of this network asks; takes hours

Activity is compared over the duration of the reference (5 s for the committed one), since CVs of short runs read low.

The recipe (Senk et al. 2026): 500 ms of warm-up; 10 s without recording for the speed; 15 min recorded for the
activity; ten seeds; energy of the processor packages where the system tells it. Three options make it shorter:
--seeds, --speed-time and --time. With --save table.json every seed that is done is kept in that file, and its
statistics beside it: called again, it does what is missing, so that the table can be made in pieces.
"""

import argparse
import json
import resource
import statistics
import tempfile
import time as clock
from itertools import combinations
from pathlib import Path

import energy
import reference
from run import machine
from seeds_done import SeedsDone

import rheobase as rb


def peak_gigabytes():
    """Return the peak memory of this process (GB, Linux counts in kB)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2


def main(words=None):
    options = arguments(words)
    if options.recipe:
        follow_recipe(options)
    else:
        run_once(options)


def arguments(words):
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--drive", choices=("poisson", "dc"), default="poisson")
    parser.add_argument("--discard", type=float, default=500.0, help="ms before the measurement")
    parser.add_argument("--time", type=float, help="ms recorded; those of the reference, or 15 min, by default")
    parser.add_argument("--threads", type=int)
    parser.add_argument("--weight-bits", type=int, choices=(16, 32), default=32)
    parser.add_argument("--seed", type=int, default=1, help="the first one, with --recipe")
    parser.add_argument("--reference", default=str(reference.PATH), help="statistics to compare with (.npz)")
    parser.add_argument("--save-statistics", help="file for this run's own statistics (.npz)")
    parser.add_argument("--save", help="file for the measurement (.json); --recipe goes on from it")
    parser.add_argument("--recipe", action="store_true", help="the field's recipe")
    parser.add_argument("--seeds", type=int, default=10, help="with --recipe")
    parser.add_argument("--speed-time", type=float, default=10_000.0, help="ms without recording, with --recipe")
    options = parser.parse_args(words)
    if options.seeds < 1:
        parser.error(f"--seeds must be 1 or more, got {options.seeds}")
    return options


def build(options, seed):
    """Return the network after its warm-up."""
    given = {"seed": seed, "threads": options.threads, "weight_bits": options.weight_bits}
    net = rb.circuits.microcircuit(options.scale, drive=options.drive, **given)
    net.run(options.discard, progress=True)
    return net


def run_once(options):
    """Measure one run by phase, and compare its activity with the reference."""
    known, known_time = reference.load(options.reference)
    time = known_time if options.time is None else options.time
    net = build(options, options.seed)
    result = net.run(time, profile=True)
    timing, seconds = result.timing, 1e-3 * time
    measured = {
        "neurons": sum(p.n for p in net),
        "synapses": net.synapse_count,
        "drive": options.drive,
        "threads": net.threads,
        "seed": options.seed,
        "construction_s": timing.construction,
        "real_time_factor": timing.simulation / seconds,
        "real_time_factor_by_phase": {name: value / seconds for name, value in (timing.phases or {}).items()},
        "events_per_second": timing.events / timing.simulation,
        "events_per_biological_second": timing.events / seconds,
        "bytes_per_synapse": net.synapse_bytes / net.synapse_count,
        "peak_memory_gb": peak_gigabytes(),
    }
    _print(measured)
    found = _statistics(result)
    print(f"\nagainst {Path(options.reference).name}, {known_time:g} ms there, {time:g} ms here")
    if options.scale != 1.0 and Path(options.reference) == reference.PATH:
        print("(the reference is of full scale: smaller networks fire less and are more correlated)")
    print(reference.table(found, time, known, known_time))
    measured["rates"] = reference.rates(found, time)
    measured["distances"] = reference.distances(found, time, known, known_time)
    if options.save_statistics:
        reference.save(options.save_statistics, found, [p.n for p in net][:8], time)
    if options.save:
        Path(options.save).write_text(json.dumps(measured, indent=1) + "\n")


def follow_recipe(options):
    """Measure speed, energy and activity over seeds, and print what an entry of the field's table needs."""
    time = 900_000.0 if options.time is None else options.time
    setting = {
        "simulator": f"rheobase {rb.__version__}",
        "machine": machine().split("; load")[0],
        "scale": options.scale,
        "drive": options.drive,
        "threads": rb.Network(threads=options.threads).threads,
        "weight_bits": options.weight_bits,
        "warm_up_ms": options.discard,
        "speed_time_ms": options.speed_time,
        "activity_time_ms": time,
    }
    with tempfile.TemporaryDirectory() as spare:
        done = SeedsDone(options.save or Path(spare) / "seeds.json", setting)
        seeds = range(options.seed, options.seed + options.seeds)
        measure_missing(options, done, seeds)
        apart = [reference.distances(a, time, b, time) for a, b in combinations(map(done.statistics, seeds), 2)]
    runs = [done.runs[seed] for seed in seeds]
    print()
    _print({**setting, **summary(runs)})
    table = _table([run["activity"] for run in runs], apart)
    print(f"\nmeans over seeds of {time:g} ms, and the distances between two of them\n{table}")


def measure_missing(options, done, seeds):
    """Measure the seeds that are not done yet, and tell after each how long the others will take."""
    missing = [seed for seed in seeds if seed not in done]
    if len(missing) < len(seeds):
        print(f"{len(seeds) - len(missing)} of {len(seeds)} seeds are in {done.path}", flush=True)
    began = clock.monotonic()
    for count, seed in enumerate(missing, start=1):
        done.add(seed, *measure_seed(options, seed, done.setting["activity_time_ms"]))
        left = (clock.monotonic() - began) / count * (len(missing) - count) / 60
        factor = done.runs[seed]["real_time_factor"]
        print(f"seed {seed}: real-time factor {factor:.3f}; {count} of {len(missing)}, {left:.0f} min left", flush=True)


def measure_seed(options, seed, time):
    """Return what is measured of one seed, and the statistics of its activity."""
    net = build(options, seed)
    measured = measure_speed(net, options.speed_time)
    found = _statistics(net.run(time, progress=True))
    return {**measured, "peak_memory_gb": peak_gigabytes(), "activity": reference.means(found, time)}, found


def summary(runs):
    """Return what the table says of the speed of all seeds."""
    factors = [run["real_time_factor"] for run in runs]
    energies = [run["microjoule_per_event"] for run in runs if run["microjoule_per_event"] is not None]
    return {
        "seeds": len(runs),
        "construction_s": statistics.median(run["construction_s"] for run in runs),
        "real_time_factor": statistics.mean(factors),
        "real_time_factor_sd": statistics.stdev(factors) if len(factors) > 1 else 0.0,
        "microjoule_per_event": statistics.mean(energies) if energies else "not told by this system",
        "peak_memory_gb": max(run["peak_memory_gb"] for run in runs),
    }


def measure_speed(net, time):
    """Return the real-time factor of a run in which nothing is recorded, and its energy per synaptic event."""
    for population in net:
        net.record_spikes(population, False)
    meter = energy.Meter()
    timing = net.run(time).timing
    joules = meter.read()
    for population in net:
        net.record_spikes(population)
    return {
        "construction_s": timing.construction,
        "real_time_factor": timing.simulation / (1e-3 * time),
        "microjoule_per_event": None if joules is None else 1e6 * joules / timing.events,
    }


def _statistics(result):
    return reference.statistics({name: result.spikes(name) for name in reference.POPULATIONS})


def _table(activities, apart):
    """Return a line per population: mean rate, CV and correlation, and the median distances between two seeds."""
    lines = [f"{'':6}{'rate':>8}{'CV':>8}{'CC':>9}   KS: {'rate':>6}{'CV':>7}{'CC':>7}"]
    for name in reference.POPULATIONS:
        rate, cv, cc = (statistics.mean(found[name][what] for found in activities) for what in ("rate", "cv", "cc"))
        line = f"{name:6}{rate:8.3f}{cv:8.3f}{cc:9.4f}       "
        if apart:
            d = {what: statistics.median(pair[name][what] for pair in apart) for what in ("rate", "cv", "cc")}
            line += f"{d['rate']:6.3f}{d['cv']:7.3f}{d['cc']:7.3f}"
        lines.append(line)
    return "\n".join(lines)


def _print(measured):
    for name, value in measured.items():
        print(f"{name:30} {_show(value)}")


def _show(value):
    if isinstance(value, dict):
        return ", ".join(f"{name} {share:.3f}" for name, share in value.items())
    if isinstance(value, float):
        return f"{value:.4g}"
    return f"{value:,}" if isinstance(value, int) else value


if __name__ == "__main__":
    main()
