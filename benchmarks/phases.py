"""Print what a step of the published networks takes, by phase, in microseconds on one thread.

    python benchmarks/phases.py

Each network runs twenty pieces of 100 ms with a profile; the piece that took least counts.
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

if __name__ == "__main__":
    for name, neurons in NETWORKS:
        net = getattr(rb.circuits, name)(neurons, seed=1, threads=1)
        net.run(DURATION)
        steps = DURATION / net.dt
        pieces = [net.run(DURATION, profile=True).timing for _ in range(PIECES)]
        best = min(pieces, key=lambda timing: sum(timing.phases.values()))
        phases = {phase: 1e6 * seconds / steps for phase, seconds in best.phases.items()}
        shown = ", ".join(f"{phase} {took:.2f}" for phase, took in phases.items() if took > 0.005)
        total, events = sum(phases.values()), best.events / steps
        print(f"{name}, {neurons:,}: {total:.2f} = {shown}; {events:.0f} events", flush=True)
