"""Examples of Brian2, one module each: the same equations in both simulators, and what is measured of them.

`brian2(seed)` and `rheobase(seed)` return numbers by name; agreement.py beside this folder compares them. `EXACT` is
the relative difference that rounding alone makes where nothing is random, None where seeds decide.
"""

NAMES = (
    "adaptive_threshold",
    "brette_guigon",
    "cobahh_approximated",
    "continuous_interaction",
    "coupled_oscillators",
    "custom_events",
    "exprel",
    "gap_junctions",
    "hindmarsh_rose",
    "jansen_rit",
    "platkiewicz_brette",
    "rothman_manis",
    "stochastic_odes",
    "wang_buzsaki",
)
