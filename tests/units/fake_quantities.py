"""Quantities that answer as those of other libraries do, for tests where these are not installed."""

import numpy as np

SI = ("m", "kg", "s", "A", "K", "mol", "cd")
NAMES = dict(zip(SI, ("meter", "kilogram", "second", "ampere", "kelvin", "mole", "candela"), strict=True))
DIMENSIONS = dict(zip(SI, ("length", "mass", "time", "current", "temperature", "substance", "luminosity"), strict=True))


class Powers:
    """A dimension as Brian and brainunit have it."""

    def __init__(self, **powers):
        self.powers = powers

    def get_dimension(self, name):
        return self.powers.get(name, 0)

    def __repr__(self):
        return " ".join(f"{name}^{power}" for name, power in self.powers.items())


class Bare:
    """What strips its unit where it is asked for numbers."""

    def __init__(self, value, factor, **powers):
        self.value, self.factor, self.powers = value, factor, powers

    def __float__(self):
        return float(self.value)

    def __array__(self, dtype=None, copy=None):
        return np.array(self.value, dtype)

    def __repr__(self):
        return f"{self.value} of {self.factor} {self.powers}"


class LikeBrian(Bare):
    """Values in SI, whatever they were made of."""

    def __init__(self, value, factor, **powers):
        super().__init__(np.asarray(value) * factor, 1.0, **powers)
        self.dim = Powers(**powers)


class LikeBrainunit(Bare):
    def __init__(self, value, factor, **powers):
        super().__init__(value, factor, **powers)
        self.mantissa, self.dim, self.unit = value, Powers(**powers), type("U", (), {"magnitude": factor})()


class _Base:
    def __init__(self, magnitude, dimensionality):
        self.magnitude, self.dimensionality = magnitude, dimensionality


class LikeQuantities(Bare):
    def __init__(self, value, factor, **powers):
        super().__init__(value, factor, **powers)
        self.magnitude = np.asarray(value)
        parts = {type("P", (), {"name": NAMES[k]})(): power for k, power in powers.items()}
        self.dimensionality = parts or ({"percent": 1} if factor != 1 else {})
        self.units = type("U", (), {"simplified": _Base(np.asarray(factor), parts)})()


class LikePint(Bare):
    def __init__(self, value, factor, **powers):
        super().__init__(value, factor, **powers)
        self.magnitude = value
        self.dimensionality = {f"[{DIMENSIONS[k]}]": power for k, power in powers.items()}
        self.units = type("U", (), {"__rmul__": lambda u, one: self._one()})()

    def _one(self):
        return type("Q", (), {"to_base_units": lambda q: _Base(self.factor, self.dimensionality)})()

    def to_base_units(self):
        return _Base(self.value * self.factor, self.dimensionality)


class LikeAstropy(Bare):
    def __init__(self, value, factor, **powers):
        super().__init__(value, factor, **powers)
        bases = [type("B", (), {"name": name})() for name in powers]
        base = type("D", (), {"scale": factor, "bases": bases, "powers": [*powers.values()]})()
        self.unit = type("U", (), {"decompose": lambda u: base})()


FAKES = {
    "brian": LikeBrian,
    "brainunit": LikeBrainunit,
    "quantities": LikeQuantities,
    "pint": LikePint,
    "astropy": LikeAstropy,
}
