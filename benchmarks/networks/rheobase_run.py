"""How a network is measured in rheobase."""

from measure import report


def measure(net, options, *, settled=0.2):
    """Run a network and report it; rates are those of populations e and i after the share `settled` of the time."""
    result = net.run(options.time)
    rates = result.rates(t_start=settled * options.time)
    report(
        construction=result.timing.construction,
        simulation=result.timing.simulation,
        rates={name: rates[name] for name in "ei"},
        synapses=net.synapse_count,
        neurons=options.neurons,
        threads=options.threads,
    )
