"""
From spikes to a bifurcation
============================

From spikes to statistics, to the mean field, to its Hopf bifurcation, and back to spikes, with one network.
"""

# %%
# Slow inhibition makes the textbook's network swing: excitation runs ahead before inhibition catches up. We simulate
# it with inhibitory synapses of seven time constants τ_i and measure how rhythmic its population rate is.

import matplotlib.pyplot as plt
import numpy as np

import rheobase as rb
from rheobase import dynamics, spikes, theory


def cortex(tau_i):
    """Return the textbook's recurrent network, with inhibitory synapses of time constant tau_i (ms)."""
    return rb.circuits.cortex(2000, tau_e=4.0, tau_i=tau_i, seed=2, threads=1)


def rhythm(result):
    """Return the s.d. of the population rate in bins of 2 ms over its mean."""
    rate = spikes.binned_rate(result.spikes("e").between(200, result.t_stop), 2.0, average=True).values
    return rate.std() / rate.mean()


runs = {tau_i: cortex(tau_i).run(800) for tau_i in (2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)}
for tau_i in (4.0, 8.0):
    cv = np.nanmean(spikes.cv(runs[tau_i].spikes("e").between(200, 800)))
    print(f"tau_i = {tau_i:g} ms: {runs[tau_i].rates(t_start=200)}, CV {cv:.2f}, rhythm {rhythm(runs[tau_i]):.2f}")

# %%
# With slow inhibition the rates double, the intervals become regular and the rhythm five times as strong. Theory
# predicts this without a run. Self-consistent rates follow from connectivity and f–I theory alone. The rate network of
# :meth:`rheobase.Network.mean_field`, here with the textbook's fit to the f–I curve, has a fixed point that loses its
# stability in a Hopf bifurcation as τ_i grows, and the linear response of the spiking neurons themselves gives the
# onset and the frequency of the oscillation.

print("self-consistent rates:", theory.self_consistent_rates(cortex(4.0)).rates.round(2), "Hz")
curve = rb.rates.ThresholdLinear()
start = cortex(4.0).mean_field(curve).fixed_points([(0, 100), (0, 100)])[0].u
branch = dynamics.continuation(lambda tau_i: cortex(4.0).mean_field(curve, [4.0, tau_i]), start, 4.0, (2, 10))
onset = theory.oscillation_onset(cortex, (4, 8))
print(f"Hopf: rate network {branch.bifurcations[0].parameter:.3f} ms, spiking theory {onset.parameter:.2f} ms")

# %%
# Spikes, rates and both theories on one picture. The rhythm of the spikes grows where the theory of spiking neurons
# puts its onset; the rate network, which does not include how neurons filter their input, puts it too late.

figure, axes = plt.subplots(2, 2, figsize=(9, 5.5), layout="constrained")
for ax, tau_i in zip(axes[0], (4.0, 8.0), strict=True):
    shown = {name: runs[tau_i].spikes(name).between(500, 800) for name in ("e", "i")}
    rb.plot.population_rate(shown, bin_width=2.0, ax=ax)
    ax.set_title(f"spikes, τ_i = {tau_i:g} ms")
rb.plot.bifurcation_diagram(branch, ax=axes[1, 0])
axes[1, 0].set(xlabel="τ_i (ms)", ylabel="rate of e (Hz)", ylim=(0, 10), title="rate network")
axes[1, 0].legend()
axes[1, 1].plot(list(runs), [rhythm(run) for run in runs.values()], "ko-", label="spikes")
axes[1, 1].axvline(onset.parameter, color="C3", ls="--", label=f"theory, {onset.frequency:.0f} Hz")
axes[1, 1].axvline(branch.bifurcations[0].parameter, color="C3", ls=":", label="rate network")
axes[1, 1].set(xlabel="τ_i (ms)", ylabel="rhythm (s.d. / mean)")
axes[1, 1].legend()
plt.show()
