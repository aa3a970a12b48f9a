"""Print what a step of the published networks takes, by phase, in microseconds on one thread and for each of two.

    python benchmarks/phases.py

Each network runs twenty pieces of 100 ms with a profile; the piece that took least counts. Waiting is printed, but is
no part of the sum.
"""

import rheobase as rb

NETWORKS = (
    ("coba", 4000),
    ("coba", 40_000),
    ("cuba", 4000),
    ("cuba", 40_000),
    ("cortex", 10_000),
    ("inhibitory_plasticity", 10_000),
)
PIECES, DURATION = 20, 100.0


def best_piece(net):
    """Return the timing of the piece in which the first thread's share took least, waiting left out."""
    net.run(DURATION)
    pieces = [net.run(DURATION, profile=True).timing for _ in range(PIECES)]
    return min(pieces, key=lambda timing: sum(timing.phases.values()) - timing.phases["wait"])


if __name__ == "__main__":
    for name, neurons in NETWORKS:
        for threads in (1, 2):
            net = getattr(rb.circuits, name)(neurons, seed=1, threads=threads)
            best, steps = best_piece(net), DURATION / net.dt
            phases = {phase: 1e6 * seconds / steps for phase, seconds in best.phases.items()}
            shown = ", ".join(f"{phase} {took:.2f}" for phase, took in phases.items() if took > 0.005)
            total, events = sum(phases.values()) - phases["wait"], best.events / steps
            print(f"{name}, {neurons:,}, {threads} thread(s): {total:.2f} = {shown}; {events:.0f} events", flush=True)
