"""Compare the self-consistent rates of published networks with what the engine makes of them.

    python benchmarks/mean_field.py [PART ...]

Parts are named to run them alone; without a name all run. Each line gives population, simulated rate, theory, theory in
white noise, all in Hz. The microcircuit is compared with NEST's rates at full scale, the mean of two runs, since it
takes minutes to simulate. `adapting` lays the curve of AdEx neurons by theory, and that which the engine measures, over
the engine's rates, as do the last two lines of `conductances`.
"""

import argparse
import time
from dataclasses import replace

import numpy as np

import rheobase as rb
from rheobase.figures.networks import connected_by_chance
from rheobase.theory import measured, self_consistent_rates

#: Rates of the microcircuit in NEST at full scale, Hz.
NEST = {"L23E": 0.923, "L23I": 2.995, "L4E": 4.39, "L4I": 5.88, "L5E": 7.65, "L5I": 8.65, "L6E": 1.10, "L6I": 7.84}


def compare(title, net, simulated=None, alike=True):
    start = time.process_time()
    theory = self_consistent_rates(net, alike=alike)
    taken = time.process_time() - start
    white = self_consistent_rates(net, alike=alike, white=True)
    simulated = simulated or net.run(1200).rates(t_start=200)
    print(f"{title} (theory: {taken:.1f} CPU-seconds)")
    for name in theory.names:
        print(f"  {name:5s} {simulated[name]:8.3f} {theory[name]:8.3f} {white[name]:8.3f}")
    errors = [theory[name] / simulated[name] - 1 for name in theory.names]
    print(f"  largest error {100 * max(np.abs(errors)):.1f} %", flush=True)


def textbook():
    for rate in (2.5, 5.0, 10.0, 20.0):
        compare(f"textbook, {rate:g} Hz of input", rb.circuits.cortex(10_000, rate=rate))


def by_chance():
    """Compare the network of figure 3.3, whose neurons have their inputs by chance, at two sizes, and neurons alike.

    Each line gives size, input, population, the engine's rate with its standard error over networks, theory, theory of
    neurons alike, the s.d. of the rates over neurons in the engine and in theory, all in Hz.
    """
    for n, networks in ((1000, 8), (4000, 4)):
        for rate in (2.5, 5.0, 10.0, 20.0):
            rates, stds = [], []
            for seed in range(1, networks + 1):
                result = connected_by_chance(n, rate, seed).run(4500)
                counts = [rb.spikes.spike_counts(result.spikes(p).between(500, 4500)) / 4 for p in "ei"]
                rates.append([c.mean() for c in counts])
                stds.append([c.std() for c in counts])
            start = time.process_time()
            theory = self_consistent_rates(connected_by_chance(n, rate))
            taken = time.process_time() - start
            alike = self_consistent_rates(connected_by_chance(n, rate), alike=True)
            errors = np.std(rates, axis=0, ddof=1) / np.sqrt(networks)
            for k, name in enumerate(theory.names):
                found = np.mean(rates, axis=0)[k]
                print(
                    f"{n} neurons, {rate:g} Hz of input, {name}: {found:.2f} +- {errors[k]:.2f}, theory "
                    f"{theory.rates[k]:.2f} ({100 * (theory.rates[k] / found - 1):+.1f} %), "
                    f"alike {alike.rates[k]:.2f}; s.d. {np.mean(stds, axis=0)[k]:.2f}, theory "
                    f"{theory.rate_stds[k]:.2f} ({taken:.1f} CPU-seconds)",
                    flush=True,
                )


def brunel():
    compare("Brunel 2000, asynchronous irregular", rb.circuits.brunel())


def microcircuit():
    compare("microcircuit, full scale, NEST", rb.circuits.microcircuit(), NEST)
    compare("the same, neurons differ by their in-degrees", rb.circuits.microcircuit(), NEST, alike=False)


def jumps():
    """Compare unconnected LIF neurons that receive large weights through delta synapses."""
    for drives in ([(500.0, 2.0), (60.0, -3.0)], [(250.0, 3.0)], [(130.0, 5.0), (80.0, -3.0)]):
        net = rb.Network(dt=0.05, seed=2)
        p = net.add(rb.LIF(tau_m=20, E_L=0, V_th=20, V_re=10, t_ref=2), 4000, name="p")
        for rate, jump in drives:
            net.drive(p, rate, weight=jump, synapse=rb.Delta())
        compare(f"jumps of {', '.join(f'{jump:g}' for _, jump in drives)} mV", net)


def adapting():
    """Compare networks of AdEx neurons, by theory and by curves fitted to what the engine measures."""
    for b, tau_w in ((3.0, 100.0), (10.0, 50.0), (1.0, 300.0)):
        net = rb.Network(dt=0.05, seed=1)
        p = net.add(rb.AdEx(b=b, tau_w=tau_w), 2000, name="p")
        net.drive(p, 12.0, sources=200, weight=16.0, synapse=rb.Exponential(tau=5))
        net.connect(p, p, rb.FixedInDegree(40), weight=-25.0, synapse=rb.Exponential(tau=5))
        start = time.process_time()
        (fitted,) = net.mean_field(measured(net)).fixed_points([(0, 100)])
        taken = time.process_time() - start
        theory = self_consistent_rates(net, alike=True)["p"]
        simulated = net.run(3000).rates(t_start=1000)["p"]
        print(f"AdEx, b = {b:g}, tau_w = {tau_w:g} ms (measured: {taken:.1f} CPU-seconds)")
        for name, rate in (("theory", theory), ("measured", float(fitted.u[0]))):
            print(f"  {name:8s} {simulated:8.3f} {rate:8.3f}  {100 * (rate / simulated - 1):+.1f} %", flush=True)


def coba():
    """Compare networks with conductances whose neurons have their inputs by chance, and with equal in-degrees.

    Rates of all neurons, in the engine the mean of some networks with its standard error.
    """
    for title, make, networks in (("coba", rb.circuits.coba, 12), ("cobahh", rb.circuits.cobahh, 4)):
        for what, of in (("by chance", lambda net: net), ("with in-degrees of 64 and 16", _equal_in_degrees)):
            fields = []
            for f in (None, "measured") if title == "coba" else (None,):
                start = time.process_time()
                (point,) = of(make()).mean_field(f).fixed_points([(5, 60)] * 2)
                taken = time.process_time() - start
                fields.append(f"{f or 'mean field'} {point.u[0]:.1f} ({taken:.1f} CPU-seconds)")
            results = [of(make(seed=seed)).run(2200).rates(t_start=200) for seed in range(1, networks + 1)]
            rates = np.array([0.8 * result["e"] + 0.2 * result["i"] for result in results])
            print(
                f"{title} {what}: {rates.mean():.1f} +- {rates.std(ddof=1) / np.sqrt(networks):.1f} Hz, from "
                f"{rates.min():.1f} to {rates.max():.1f}, {', '.join(fields)}",
                flush=True,
            )


def bursts():
    """Compare networks whose neurons receive large conductances: in bursts, which they pass on."""
    leaky = rb.LIF(tau_m=20, E_L=-60, V_th=-50, V_re=-60, t_ref=5, g_L=10)
    exponential = rb.EIF(tau_m=20, E_L=-65, V_T=-50, V_th=-30, V_re=-62, t_ref=2, g_L=10)
    for neuron, in_degrees, weights, tau_i, drive, chance in (
        (leaky, (64, 16), (6.0, 67.0), 10.0, (5.0, 10), False),
        (leaky, (40, 10), (9.0, 90.0), 10.0, (5.0, 10), False),
        (leaky, (64, 16), (6.0, 50.0), 15.0, (5.0, 20), False),
        (exponential, (80, 20), (5.0, 50.0), 10.0, (10.0, 20), False),
        (leaky, (64, 16), (6.0, 50.0), 10.0, (10.0, 20), True),
        (exponential, (80, 20), (5.0, 50.0), 10.0, (10.0, 20), True),
    ):
        rates = []
        for seed in (1, 2, 3):
            net = rb.Network(dt=0.1, seed=seed)
            for name, n in (("e", 3200), ("i", 800)):
                net.add(neuron, n, name=name, V=rb.Uniform(-60, -50))
            synapses = rb.Exponential(tau=5, reversal=0), rb.Exponential(tau=tau_i, reversal=-80)
            for post in net:
                for pre, k, weight, synapse in zip("ei", in_degrees, weights, synapses, strict=True):
                    rule = rb.Bernoulli(k / net[pre].n) if chance else rb.FixedInDegree(k)
                    net.connect(net[pre], post, rule, weight=weight, synapse=synapse)
                net.drive(post, drive[0], sources=drive[1], weight=weights[0], synapse=synapses[0])
            rates.append(net.run(2300).rates(t_start=300)["e"])
        start = time.process_time()
        theory = self_consistent_rates(net)["e"]
        taken = time.process_time() - start
        print(
            f"{neuron.model.name}, {in_degrees[0]} and {in_degrees[1]} inputs{' by chance' if chance else ''}, weights "
            f"{weights[0]:g} and {weights[1]:g}, tau_i = {tau_i:g}: {np.mean(rates):.2f} +- "
            f"{np.std(rates, ddof=1) / np.sqrt(3):.2f} Hz, theory {theory:.2f} "
            f"({100 * (theory / np.mean(rates) - 1):+.1f} %, {taken:.1f} CPU-seconds)",
            flush=True,
        )


def regular():
    """Compare networks of Izhikevich neurons, which fire regularly, with curves that the engine measures."""
    for n, chance in ((4000, False), (8000, True)):
        rates = []
        for seed in (1, 2, 3, 4):
            net = rb.Network(seed=seed)
            e, i = net.add(rb.Izhikevich(), n * 4 // 5, name="e"), net.add(rb.Izhikevich(), n // 5, name="i")
            for p in (e, i):
                net.drive(p, 10.0, sources=200, weight=10.0, synapse=rb.Exponential(tau=5))
                for pre, k, weight in ((e, 40, 10.0), (i, 10, -100.0)):
                    rule = rb.Bernoulli(k / pre.n) if chance else rb.FixedInDegree(k)
                    net.connect(pre, p, rule, weight=weight, synapse=rb.Exponential(tau=5))
            rates.append(net.run(2500).rates(t_start=500)["e"])
        start = time.process_time()
        (point,) = net.mean_field().fixed_points([(0, 300)] * 2)
        taken = time.process_time() - start
        print(
            f"Izhikevich neurons, inputs {'by chance' if chance else 'in equal numbers'}: {np.mean(rates):.1f} +- "
            f"{np.std(rates, ddof=1) / 2:.1f} Hz, measured {point.u[0]:.1f} ({taken:.1f} CPU-seconds)",
            flush=True,
        )


def independence():
    """Print what spikes of Vogels and Abbott's networks make of neurons that send nothing, with ever less of them.

    Trains go through the network's own connections: as they were, each shifted by a time of its own, as Poisson
    processes with the rate of each sender, and with the mean rate of all; last with as many inputs for all neurons.
    Beside the last is the theory of one neuron.
    """
    skipped, T, n, dt = 200.0, 2000.0, 2000, 0.1
    random = np.random.default_rng(1)
    for title, net in (("coba", rb.circuits.coba(threads=1)), ("cobahh", rb.circuits.cobahh(threads=1))):
        result = net.run(skipped + T)
        trains = {name: result.spikes(name).between(skipped, skipped + T) for name in "ei"}
        rates = {name: rb.spikes.spike_counts(trains[name]) / (T / 1000) for name in "ei"}
        projections = {q.pre: q for q in net.circuit.projections if q.post == "e"}
        in_degrees = {name: round(net.circuit.mean_in_degree(q)) for name, q in projections.items()}
        print(f"{title}: {np.mean(np.concatenate(list(rates.values()))):.1f} Hz")

        def shifted(name, by, trains=trains):
            steps = np.rint((trains[name].times - skipped) / dt).astype(int) + by[trains[name].indices]
            return rb.Trains(times=(steps % round(T / dt) + 1) * dt, indices=trains[name].indices, snap=True)

        late = {name: random.integers(0, round(T / dt), trains[name].n) for name in "ei"}
        senders = {
            "as they were": {name: shifted(name, 0 * late[name]) for name in "ei"},
            "shifted": {name: shifted(name, late[name]) for name in "ei"},
            "Poisson, each with its rate": {name: rb.Poisson(rate=rates[name]) for name in "ei"},
            "Poisson, the mean rate": {name: rb.Poisson(rate=rates[name].mean()) for name in "ei"},
        }
        for kind, models in senders.items():
            for equal in (False, True) if kind == "Poisson, the mean rate" else (False,):
                other = rb.Network(dt=dt, seed=2, threads=1)
                p = other.add(net.circuit["e"].neuron, n, name="p")
                for name, q in projections.items():
                    rule = rb.FixedInDegree(in_degrees[name]) if equal else q.rule
                    source = other.add(models[name], trains[name].n, name=name)
                    other.connect(source, p, rule, weight=q.weight, synapse=q.synapse)
                counts = rb.spikes.spike_counts(other.run(T).spikes("p").between(skipped, T)) / ((T - skipped) / 1000)
                what = f"{kind}, as many inputs for all" if equal else kind
                line = f"  {what}: {counts.mean():.1f} Hz, s.d. over neurons {counts.std():.1f}"
                if equal and title == "coba":
                    line += f", theory {self_consistent_rates(other, alike=True)['p']:.1f}"
                print(line, flush=True)


def conductances():
    """Compare neurons in independent Poisson spikes through conductances, and a network of them."""
    leaky = rb.LIF(tau_m=20, E_L=-60, V_th=-50, V_re=-60, t_ref=5, g_L=10)
    exponential = rb.EIF(tau_m=20, E_L=-65, V_T=-50, V_th=-30, V_re=-62, t_ref=2, g_L=10)
    excitation, inhibition = rb.Exponential(tau=5, reversal=0), rb.Exponential(tau=10, reversal=-80)
    for neuron, rates, weights in (
        (leaky, (10.0, 5.0), (2.0, 5.0)),
        (leaky, (20.0, 8.0), (1.0, 3.0)),
        (exponential, (20.0, 8.0), (2.0, 4.0)),
        (leaky, (5.12, 1.28), (6.0, 67.0)),
        (leaky, (9.6, 2.4), (6.0, 67.0)),
        (exponential, (20.0, 4.0), (4.0, 30.0)),
    ):
        net = rb.Network(dt=0.1, seed=2)
        p = net.add(neuron, 2000, name="p")
        for rate, weight, synapse in zip(rates, weights, (excitation, inhibition), strict=True):
            net.drive(p, rate, sources=100, weight=weight, synapse=synapse)
        compare(f"conductances, {neuron.model.name}, independent input of {rates[0]:g} Hz", net)
    net = rb.Network(dt=0.1, seed=1)
    p = net.add(exponential, 2000, name="p")
    net.drive(p, 12.0, sources=200, weight=2.0, synapse=excitation)
    net.connect(p, p, rb.FixedInDegree(40), weight=8.0, synapse=inhibition)
    compare("conductances, a network of EIF neurons", net)
    for neuron, drive, weight in ((rb.TraubMiles(), 4.0, 10.0), (rb.HodgkinHuxley(), 0.02, 0.05)):
        net = rb.Network(dt=0.05, seed=1)
        p = net.add(neuron, 2000, name="p")
        net.drive(p, 12.0, sources=200, weight=drive, synapse=excitation)
        net.connect(p, p, rb.FixedInDegree(40), weight=weight, synapse=inhibition)
        (point,) = net.mean_field().fixed_points([(0, 200)])
        simulated = net.run(3000).rates(t_start=500)["p"]
        print(f"conductances, a network of {neuron.model.name} neurons, measured")
        print(f"  p     {simulated:8.3f} {point.u[0]:8.3f}  {100 * (point.u[0] / simulated - 1):+.1f} %", flush=True)


def _equal_in_degrees(net):
    """Return the same network with as many inputs for every neuron, and the same conductances at the beginning."""
    circuit = net.circuit
    alike = [replace(q, rule=rb.FixedInDegree(round(circuit.mean_in_degree(q)))) for q in circuit.projections]
    other = rb.Network.of(replace(circuit, projections=tuple(alike)))
    for p in net:
        for conductance in ("g_e", "g_i"):
            other[p.name][conductance] = p[conductance]
    return other


def short_term():
    """Compare the textbook's network with short-term plasticity; as much arrives as without, at its rates."""
    depressing = rb.TsodyksMarkram(U=0.5, tau_rec=200)
    facilitating = rb.TsodyksMarkram(U=0.1, tau_rec=100, tau_facil=800)
    # Beside the rules what a spike delivers at 5 Hz of x, 7 of e and 18 of i.
    for title, rules, chance in (
        ("e to e depresses", {"ee": (depressing, 0.294)}, False),
        ("e to e depresses", {"ee": (depressing, 0.294)}, True),
        ("x to e depresses", {"xe": (rb.TsodyksMarkram(U=0.4, tau_rec=150), 0.308)}, False),
        ("x to e depresses", {"xe": (rb.TsodyksMarkram(U=0.4, tau_rec=150), 0.308)}, True),
        ("e to i depresses", {"ei": (rb.TsodyksMarkram(U=0.3, tau_rec=100), 0.248)}, False),
        ("e to e facilitates", {"ee": (facilitating, 0.33)}, False),
        (
            "e to e depresses, i to e facilitates",
            {"ee": (depressing, 0.294), "ie": (rb.TsodyksMarkram(U=0.2, tau_rec=50, tau_facil=500), 0.49)},
            False,
        ),
    ):
        circuit = (connected_by_chance(4000, 5.0) if chance else rb.circuits.cortex(4000)).circuit
        changed = []
        for q in circuit.projections:
            rule, part = rules.get(q.pre + q.post, (None, 1.0))
            changed.append(replace(q, plasticity=rule, weight=q.weight / part))
        net = rb.Network.of(replace(circuit, projections=tuple(changed)))
        compare(f"{title}{', by chance' if chance else ''}", net, net.run(4000).rates(t_start=500), alike=not chance)


def in_degrees():
    """Compare networks whose numbers of connections, or inputs, have distributions of their own."""
    n, random = 4000, np.random.default_rng(1)
    two = random.permutation(np.repeat([100, 300], n // 2))
    heavy = np.minimum((109 * (1 + random.pareto(2.2, n))).astype(int), 2000)
    for title, excitatory, inhibitory, current in (
        ("100 or 300 connections", two, 50, 0.0),
        ("100 or 300, with as much more inhibition", two, two // 4, 0.0),
        ("100 or 300, with as much less inhibition", two, 100 - two // 4, 0.0),
        ("a power law of connections", heavy, 50, 0.0),
        ("a lognormal law of inputs", 200, 50, rb.LogNormal(1.5, 0.7)),
    ):
        net = rb.Network(dt=0.1, seed=1)
        e, i = (net.add(rb.EIF(I_x=current), size, name=name) for size, name in ((n, "e"), (n // 4, "i")))
        x = net.add(rb.Poisson(rate=10.0), n, name="x")
        net.connect(x, e, rb.FixedInDegree(200), weight=9.0, synapse=rb.Exponential(tau=8))
        net.connect(x, i, rb.FixedInDegree(200), weight=8.0, synapse=rb.Exponential(tau=8))
        net.connect(e, e, rb.FixedInDegree(excitatory), weight=4.0, synapse=rb.Exponential(tau=6))
        net.connect(e, i, rb.FixedInDegree(200), weight=8.0, synapse=rb.Exponential(tau=6))
        net.connect(i, e, rb.FixedInDegree(inhibitory), weight=-20.0, synapse=rb.Exponential(tau=4))
        net.connect(i, i, rb.FixedInDegree(50), weight=-20.0, synapse=rb.Exponential(tau=4))
        compare(title, net, net.run(3500).rates(t_start=500), alike=False)


def thresholds():
    """Compare networks with the mean field of effective thresholds that are fitted to the engine."""
    channels = rb.TraubMiles(
        C_m=200, g_Na=20000, g_K=6000, g_L=10, E_Na=50, E_K=-90, E_L=-60, V_T=-63, V_th=-20, t_ref=3
    )
    for neuron, excitation, inhibition in ((rb.AdEx(tau_w=100, b=2.0), 0.2, 0.8), (channels, 2.0, 15.0)):
        net = rb.Network(dt=0.05, seed=1)
        p = net.add(neuron, 300, name="p")
        net.drive(p, 12.0, sources=100, weight=excitation, synapse=rb.Exponential(tau=5, reversal=0))
        net.connect(p, p, rb.FixedInDegree(20), weight=inhibition, synapse=rb.Exponential(tau=10, reversal=-80))
        start = time.process_time()
        (fit,) = rb.theory.effective_thresholds(net)
        taken = time.process_time() - start
        (point,) = net.mean_field([fit]).fixed_points([(0, 150)])
        simulated = net.run(3000).rates(t_start=1000)["p"]
        print(
            f"{fit.model}: {simulated:.2f} Hz, mean field {point.u[0]:.2f}; fit of {len(fit.points)} points up to "
            f"{fit.measured.max():.0f} Hz, error {fit.error:.2f} Hz ({taken:.1f} CPU-seconds)",
            flush=True,
        )


def onset():
    """Print where the textbook's network begins to oscillate, by theory and in the engine.

    Without a rhythm the s.d. of the population rate halves where there are four times as many neurons, with one it does
    not depend on their number.
    """
    found = rb.theory.oscillation_onset(lambda tau_i: rb.circuits.cortex(2000, tau_e=4, tau_i=tau_i), (4, 8))
    print(f"textbook, onset of oscillations: tau_i = {found.parameter:.2f} ms")
    print("  tau_i, s.d. of the rate of i over its mean with 10,000 and 40,000 neurons, their ratio")
    for tau_i in (4.75, 5.0, 5.25, 5.5):
        less, more = (fluctuation(rb.circuits.cortex(n, tau_e=4, tau_i=tau_i)) for n in (10_000, 40_000))
        print(f"  {tau_i:.2f} {less:6.2f} {more:6.2f} {less / more:6.2f}", flush=True)


def fluctuation(net, skipped=500.0, duration=3500.0):
    """Return the s.d. of the rate of "i" in bins of 1 ms, next to its mean."""
    trains = net.run(skipped + duration).spikes("i").between(skipped, skipped + duration)
    rate = rb.spikes.binned_rate(trains, 1.0, average=True).values
    return rate.std() / rate.mean()


def rhythm():
    """Print how the rhythms of the microcircuit depend on its size, each neuron having as many inputs as ever.

    Power times N stays where neurons fluctuate around a stable state, and grows with N where they oscillate together.
    """
    print("microcircuit, power times N (Hz) of population rates, and s.d. over mean of L4E in bins of 3 ms")
    for scale in (0.25, 0.5, 1.0):
        result = rb.circuits.microcircuit(scale, 1.0).run(3500)
        trains = {name: result.spikes(name).between(500, 3500) for name in ("L23E", "L4E", "L4I")}
        for low, high in ((64, 104), (300, 420)):
            found = []
            for name, of in trains.items():
                spectrum = rb.spikes.power_spectrum(of.pooled(), 0.1, 250.0)
                within = (spectrum.frequencies > low) & (spectrum.frequencies < high)
                found.append(f"{name} {spectrum.values[within].mean() / of.n:.0f}")
            print(f"  {scale:g} of the neurons, {low} to {high} Hz: {', '.join(found)}", flush=True)
        rate = rb.spikes.binned_rate(trains["L4E"], 3.0, average=True).values
        print(f"    s.d. over mean of L4E {rate.std() / rate.mean():.2f}", flush=True)


def spectra_by_chance():
    """Compare rates and spectra of the textbook's network connected by chance, its neurons alike and as they are."""
    net = connected_by_chance(5000, 5.0)
    result = net.run(20_500)
    bands = ((8, 12), (25, 35), (45, 55), (55, 65), (90, 110))
    print("textbook by chance: rates, Hz, and N times the power over the rate at 10, 30, 50, 60 and 100 Hz")
    for name in ("e", "i"):
        trains = result.spikes(name).between(500, 20_500)
        spectrum = rb.spikes.power_spectrum(trains.pooled(), 1.0, 500.0)
        rate = result.rates(t_start=500)[name]
        means = [
            spectrum.values[(low <= spectrum.frequencies) & (spectrum.frequencies <= high)].mean()
            for low, high in bands
        ]
        print(f"  {name} engine  {rate:6.2f} {np.round(np.array(means) / trains.n / rate, 2)}", flush=True)
    for alike in (True, False):
        state = rb.theory.AsynchronousState(net, alike=alike)
        found = state.spectra(np.array([sum(band) / 2 for band in bands])).real
        for k, name in enumerate(state.field.names):
            power = net[name].n * found[:, k, k] / state.rates[k]
            print(f"  {name} {'alike ' if alike else 'theory'}  {state.rates[k]:6.2f} {power.round(2)}", flush=True)


def size():
    """Compare the textbook's network at a high rate, where theory is furthest off, at several sizes."""
    net = rb.circuits.cortex(2500, rate=20.0)
    theory = self_consistent_rates(net, alike=True)
    print(f"textbook, 20 Hz of input, theory: e {theory['e']:.1f}, i {theory['i']:.1f} Hz")
    for n in (2500, 10_000, 40_000):
        rates = rb.circuits.cortex(n, rate=20.0).run(3000).rates(t_start=500)
        print(f"  {n:6d} neurons: e {rates['e']:.1f}, i {rates['i']:.1f} Hz", flush=True)


def speed():
    """Time the rates of the textbook's two populations in coloured noise, spike trains as Poisson processes and not.

    Neurons are alike, or have their inputs by chance.
    """
    net = rb.circuits.cortex(10_000)
    field = rb.theory.SelfConsistentField.of(net, alike=True)
    calls = {"Poisson": field.solve, "own spectra": lambda: self_consistent_rates(net, alike=True)}
    for n, rate in ((1000, 2.5), (1000, 5.0), (1000, 10.0), (4000, 2.5), (4000, 5.0), (4000, 10.0), (4000, 20.0)):
        chance = connected_by_chance(n, rate)
        calls[f"{n} neurons by chance, {rate:g} Hz of input"] = lambda chance=chance: self_consistent_rates(chance)
    for name, call in calls.items():
        taken = []
        for _ in range(3):
            start = time.process_time()
            call()
            taken.append(time.process_time() - start)
        print(f"two populations of EIF neurons, coloured noise, {name}: {min(taken):.2f} CPU-seconds", flush=True)


def spectra():
    """Time rates, and spectra at 100 frequencies, of the microcircuit's eight populations and of Brunel's network."""
    for title, net in (("microcircuit", rb.circuits.microcircuit()), ("Brunel", rb.circuits.brunel())):
        start = time.process_time()
        state = rb.theory.AsynchronousState(net)
        rates = state.rates
        between = time.process_time()
        state.spectra(np.geomspace(1.0, 400.0, 100))
        end = time.process_time()
        print(
            f"{title}: rates {rates.round(2).tolist()} Hz ({between - start:.2f} CPU-seconds), spectra "
            f"({end - between:.2f} CPU-seconds)",
            flush=True,
        )


_ALL = (
    textbook,
    by_chance,
    brunel,
    microcircuit,
    rhythm,
    spectra_by_chance,
    jumps,
    adapting,
    conductances,
    short_term,
    in_degrees,
    coba,
    bursts,
    regular,
    independence,
    thresholds,
    onset,
    size,
    speed,
    spectra,
)
PARTS = {part.__name__: part for part in _ALL}

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", default=list(PARTS), metavar="part", help=", ".join(PARTS))
    for part in parser.parse_args().parts:
        PARTS[part]()
