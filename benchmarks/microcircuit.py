"""Run the microcircuit and compare its activity with NEST's.

    python benchmarks/microcircuit.py                      full scale: 299 million synapses, 2 GB
    python benchmarks/microcircuit.py --drive dc           the other way to drive it; report the two apart
    python benchmarks/microcircuit.py --scale 0.1 --reference tenth.npz

Activity is compared over the duration of the reference (5 s for the committed one), since CVs of short runs read low.
"""

import argparse
import json
import resource
from pathlib import Path

import reference

import rheobase as rb


def peak_gigabytes():
    """Return the peak memory of this process (GB, Linux counts in kB)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--drive", choices=("poisson", "dc"), default="poisson")
    parser.add_argument("--discard", type=float, default=500.0, help="ms before the measurement")
    parser.add_argument("--time", type=float, help="ms that are measured; those of the reference by default")
    parser.add_argument("--threads", type=int)
    parser.add_argument("--weight-bits", type=int, choices=(16, 32), default=32)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--reference", default=str(reference.PATH), help="statistics to compare with (.npz)")
    parser.add_argument("--save-statistics", help="file for this run's own statistics (.npz)")
    parser.add_argument("--save", help="file for the measurement (.json)")
    options = parser.parse_args()
    known, known_time = reference.load(options.reference)
    time = known_time if options.time is None else options.time

    given = {"seed": options.seed, "threads": options.threads, "weight_bits": options.weight_bits}
    net = rb.circuits.microcircuit(options.scale, drive=options.drive, **given)
    net.run(options.discard)
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
    for name, value in measured.items():
        print(f"{name:30} {_show(value)}")

    found = reference.statistics({name: result.spikes(name) for name in reference.POPULATIONS})
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


def _show(value):
    if isinstance(value, dict):
        return ", ".join(f"{name} {share:.3f}" for name, share in value.items())
    if isinstance(value, float):
        return f"{value:.4g}"
    return f"{value:,}" if isinstance(value, int) else value


if __name__ == "__main__":
    main()
