"""
Digits learned without a teacher
================================

The protocol of Diehl & Cook (2015) at a small size. Pixels send spikes through synapses that learn by the spikes on
either side; neurons inhibit each other, and each has a threshold that rises with its spikes. A sample to which fewer
than five spikes came is shown again, brighter. Only afterwards each neuron is given the digit for which it fires most,
and unseen digits are read from the neurons that fire. The digits are scikit-learn's, of 8 × 8 pixels.
"""

# %%
# The network
# -----------

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits

import rheobase as rb

neurons, shown, named, tested = 100, 600, 500, 300
images, labels = load_digits(return_X_y=True)
order = np.random.default_rng(0).permutation(len(labels))
images, labels = images[order] / 16.0, labels[order]

net = rb.Network(dt=0.5, seed=1, threads=1)
x = net.add(rb.LIF(tau_m=20, E_L=-70, V_th=-50, V_re=-70, t_ref=2.0), 64, name="x", V=rb.Uniform(-70, -50))
net.inject(x, rb.WhiteNoise(mean=0, sigma=10))
e = net.add(rb.LIF(tau_m=50, E_L=-65, V_th=-52, V_re=-65, t_ref=5.0), neurons, name="e", V=-65)
stdp = rb.PairSTDP(A_plus=1.0, A_minus=0.5, w_max=40, mu=1.0)
current = rb.Exponential(tau=5)
learned = net.connect(x, e, rb.AllToAll(), weight=rb.Uniform(2, 12), synapse=current, plasticity=stdp, delay=0.5)
net.connect(e, e, rb.AllToAll(autapses=False), weight=-800.0, synapse=rb.Exponential(tau=15), delay=0.5)

# %%
# The protocol
# ------------


def show(image, learning):
    """Show a sample for 150 ms, brighter each time until five spikes came; return each neuron's count."""
    learned.learning, brightness = learning, 60.0
    for _ in range(6):
        e["V"], x["I_x"] = -65.0, brightness * image
        counts = net.run(150).spikes("e").count()
        if counts.sum() >= 5:
            break
        brightness *= 1.3
    return counts


def normalise():
    """Give the weights onto each neuron the sum of 400 mV·ms."""
    w = learned.connections()["weight"].reshape(64, neurons)
    learned.weights = np.minimum(w * 400.0 / w.sum(axis=0), 40.0).ravel()


normalise()
rise = np.zeros(neurons)
for image in images[:shown]:
    rise += 0.2 * show(image, learning=True) - 0.004 * rise
    e["V_th"] = -52.0 + rise
    normalise()

# %%
# What was learned
# ----------------
# Labels come in only here, to name the neurons.

counts = np.array([show(image, learning=False) for image in images[:named]])
names = np.array([counts[labels[:named] == digit].mean(axis=0) for digit in range(10)]).argmax(axis=0)
answers = np.array([show(image, learning=False) for image in images[1400 : 1400 + tested]])
votes = [answers[:, names == d].mean(axis=1) if (names == d).any() else np.zeros(tested) for d in range(10)]
accuracy = np.mean(np.argmax(votes, axis=0) == labels[1400 : 1400 + tested])
print(f"accuracy on {tested} unseen digits: {accuracy:.0%}, of chance 10%")

w = learned.connections()["weight"].reshape(8, 8, neurons)
figure, axes = plt.subplots(5, 10, figsize=(8, 4.2), layout="constrained")
for ax, k in zip(axes.flat, np.argsort(names, kind="stable")[::2], strict=True):
    ax.imshow(w[:, :, k], cmap="Greys")
    ax.set_axis_off()
figure.suptitle("weights from the pixels onto half of the neurons, by the digit that they are given")
plt.show()
