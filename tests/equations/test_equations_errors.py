"""What cannot be a model is refused, with the name, the line and the column."""

import pickle

import numpy as np
import pytest

import rheobase as rb

GOOD = {
    "name": "Good",
    "equations": "dV/dt = (E_L - V)/tau + I : mV",
    "threshold": "V > V_th",
    "reset": "V = E_L",
    "parameters": {"tau": 10.0, "E_L": -70.0, "V_th": -50.0},
    "initial": {"V": "E_L"},
}


def refused(match, kind=ValueError, **changes):
    with pytest.raises(kind, match=match):
        rb.neuron(**{**GOOD, **changes})


def test_the_model_that_is_changed_below_is_one():
    assert rb.neuron(**GOOD)().variables == ("V",)


@pytest.mark.parametrize(
    ("equations", "match"),
    [
        ("dV/dt = (E_L - Vm)/tau + V_th", r"line 1, column 16: name must be one of .*got 'Vm'; did you mean 'V'\?"),
        ("dV/dt = (E_L - V)/tau + V_th +", "line 1, column .*expression must be complete"),
        ("dV/dt = (E_L - V/tau + V_th", "brackets must be closed"),
        ("dV/dt = E_L.real/tau - V_th", "column 9: an attribute is no part of the grammar"),
        ("dV/dt = E_L[0]/tau - V_th", "column 9: a subscript is no part"),
        ("dV/dt = (lambda: tau)() + E_L + V_th", "only a function's name can be called"),
        ("dV/dt = __import__('os') + tau", r"function must be one of .*got '__import__'"),
        ("dV/dt = 'x' + tau", "a number must stand here, got 'x'"),
        ("dV/dt = exp(V, tau)", "exp takes 1 arguments, got 2"),
        ("dV/dt = exp + tau", "exp is a function and must be called"),
        ("dV/dt = expp(V)/tau", r"did you mean 'expm1'|did you mean 'exp'"),
        ("dV/dt = (V > E_L)/tau + V_th", "a number must stand here, got a condition; int"),
        ("dV/dt = where(V, E_L, tau) + V_th", "a condition must stand here"),
        ("dV/dt = V > E_L", "a number must stand here, got a condition"),
        ("dV/dt = tau if V else E_L", "a condition must stand here"),
        ("dV/dt = a/tau\na = b + E_L\nb = a + V_th", "must not depend on itself: a -> b -> a"),
        ("dV/dt = E_L/tau\ndV/dt = V_th", "V must be defined once, it is in line 1"),
        ("dV/dt = E_L/tau + V_th : mV (unless refactory)", "flag must be one of .*did you mean 'unless refractory'"),
        ("V + E_L + tau", "a line must be a differential equation"),
        ("dtau/dt = -V/E_L + V_th", "tau must have one meaning"),
        ("tau_s : ms\ndV/dt = V/tau_s + E_L + tau + V_th", "parameter tau_s must have a value"),
        ("dV/dt = E_L/tau + sin(xi)", "noise must enter linearly"),
        ("dV/dt = E_L/tau + xi**2", "noise must enter linearly"),
        ("dV/dt = E_L*crosses(V, V_th)/tau", "a number must stand here, got a condition"),
        ("r : nS (receptor)\ndV/dt = r*E_L/tau", "a receptor must be named I_"),
        ("dV/dt = E_L/tau := 3", "':=' is no part of the grammar"),
    ],
)
def test_equations_are_refused(equations, match):
    refused(match, equations=equations)


def test_the_column_is_pointed_at():
    with pytest.raises(rb.EquationError) as error:
        rb.neuron(**{**GOOD, "equations": "\n  dV/dt = (E_L - V)/tau + Imax*V_th"})
    message, line, caret = str(error.value).splitlines()
    assert message.startswith("equations, line 2, column 27: name must be one of")
    assert line[caret.index("^") :].startswith("Imax")


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"initial": {}}, "initial must give the initial value of every variable, it has none of 'V'"),
        ({"initial": {"V": 0, "w": 0}}, "name in initial must be one of 'V', got 'w'"),
        ({"initial": {"V": "V"}}, "initial.*name must be one of"),
        ({"initial": {"V": "t"}}, r"initial\['V'\], line 1, column 1: name must be one of"),
        ({"initial": {"V": "int(not_refractory)"}}, "must be made of parameters, not_refractory is none"),
        ({"threshold": None}, "threshold must be given where there is a reset"),
        ({"threshold": None, "reset": None, "refractory": 2}, "threshold must be given where there is a refractory"),
        ({"threshold": "V - V_th"}, "threshold, line 1, column 1: a condition must stand here"),
        ({"reset": "E_L = V"}, "reset, line 1, column 1: E_L must not be assigned to: it is no state variable"),
        ({"reset": "u = V"}, "state variable must be one of 'V', got 'u'"),
        ({"reset": "V = E_L; V ="}, "reset, line 1, column .*statement must be complete"),
        ({"reset": "V"}, "statement must be an assignment"),
        ({"reset": "V = V > E_L"}, "a number must stand here"),
        ({"refractory": -1}, "refractory must be >= 0"),
        ({"refractory": "t_ref"}, "refractory, line 1, column 1: name must be one of"),
        ({"method": "rk5"}, "method must be one of .*did you mean 'rk4'"),
        ({"parameters": {**GOOD["parameters"], "tau_x": 3.0}}, "parameters must be used in the model, 'tau_x' is not"),
        ({"parameters": {**GOOD["parameters"], "dt": 3.0}}, "parameters must not hold the name 'dt'"),
        ({"events": {"x": ("V", None)}}, r"events\['x'\], line 1, column 1: a condition must stand here"),
        ({"name": "LIF"}, "name must not be that of a model of the library"),
        ({"name": "my neuron"}, "name must be a name"),
    ],
)
def test_other_arguments_are_refused(changes, match):
    refused(match, **changes)


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"equations": 3}, "equations must be text or a function"),
        ({"threshold": 3}, "threshold must be text"),
        ({"events": {"x": "V > 3"}}, "must be a pair"),
        ({"parameters": {"tau": "10", "E_L": 0.0, "V_th": 1.0}}, r"parameters\['tau'\] must be a number"),
    ],
)
def test_wrong_types_are_refused(changes, match):
    refused(match, TypeError, **changes)


def test_a_function_that_decides_on_a_symbol_is_told_how():
    def field(u, I=0.0):
        return [1.0 if u[0] > 0 else -1.0]

    with pytest.raises(TypeError, match=r"use numpy\.where"):
        rb.neuron("Step", field, initial={"V": 0})


def test_a_function_of_the_wrong_size_is_refused():
    with pytest.raises(ValueError, match="must return one derivative per variable"):
        rb.neuron("Short", lambda u: [u[0]], initial={"V": 0, "w": 0})


def test_functions_of_math_are_refused():
    import math

    with pytest.raises(TypeError, match="NumPy's functions"):
        rb.neuron("Math", lambda u: [math.exp(u[0])], initial={"V": 0})


def test_parameters_are_checked_like_those_of_the_library():
    Good = rb.neuron(**{**GOOD, "refractory": "t_ref", "parameters": {**GOOD["parameters"], "t_ref": 2.0}})
    with pytest.raises(ValueError, match="did you mean 'tau'"):
        Good(tau_m=3)
    with pytest.raises(ValueError, match=r"refractory must be a multiple of dt = 0\.1"):
        rb.Network(dt=0.1).add(Good(t_ref=0.25), 3)
    with pytest.raises(ValueError, match="E_L"):
        rb.Network(dt=0.1).add(Good(E_L=np.full(4, -70.0)), 3)


def test_a_state_that_is_not_finite_is_named_with_its_equation():
    Blow = rb.neuron("Blow", "dV/dt = V*V\ndw/dt = -w", initial={"V": 1.0, "w": 0.0})
    net = rb.Network(dt=1.0)
    net.add(Blow(method="euler"), 3, name="e")
    with pytest.raises(FloatingPointError, match=r"(?s)neuron 0 of population 'e'.*V.*dV/dt = V \* V"):
        net.run(100)


UNITS = dict(
    equations="""
    tau : ms
    E_L : mV
    C : pF
    g : nS
    s : mV
    ready = V - E_L : mV
    dV/dt = (E_L - V)/tau + s*sqrt(2/tau)*xi : mV
    dx/dt = g*(E_L - V)/C - x/tau + V*exp(-V/s)/tau : mV
    k : 1 (state)
    """,
    threshold="V > E_L + s",
    reset="V = E_L; x += s; k *= 2; k += 1; x = 3",
    refractory="2*tau",
    parameters=dict(tau=10, E_L=-70, C=100, g=10, s=1),
    initial=dict(V="E_L + 2*s", x=0, k=0),
)


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({}, None),
        ({"dV/dt = (E_L - V)/tau + s*sqrt(2/tau)*xi": "dV/dt = E_L - V"}, r"line 8, column 13: dV/dt must be in units"),
        ({"dx/dt = g*(E_L - V)/C": "dx/dt = g*(E_L - V)"}, r"line 9, column \d+: x / tau is in units of mV\*ms\*\*-1"),
        ({"dx/dt = g*(E_L - V)/C - x/tau + V*exp(-V/s)/tau": "dx/dt = E_L - V"}, r"column 13: dx/dt must be in units"),
        ({"exp(-V/s)": "exp(-V)"}, "exp takes a number without unit, -V is in units of mV"),
        ({"ready = V - E_L": "ready = V*E_L"}, r"ready must be in units of mV, the expression is in mV\*\*2"),
        ({"ready = V - E_L": "ready = V - tau"}, "line 7, column 17: tau is in units of ms, what it is put together"),
        ({"threshold": "V > tau"}, "threshold, line 1, column 5: tau is in units of ms"),
        ({"reset": "V = E_L; x += tau"}, "reset, line 1, column 15: x is in units of mV, what it is given in ms"),
        ({"reset": "V = E_L; x *= s"}, "x is in units of mV"),
        ({"refractory": "E_L"}, "refractory must be in units of ms, the expression is in mV"),
        ({"initial": dict(V="tau", x=0, k=0)}, r"initial\['V'\], line 1, column 1: V must be in units of mV"),
        ({"events": {"a": ("x > C", None)}}, r"events\['a'\], line 1, column 5: C is in units of pF"),
        ({"events": {"a": ("x > V", "k = V")}}, "k is in units of 1, what it is given in mV"),
    ],
)
def test_units_that_are_given_fit(changes, match):
    given = dict(UNITS)
    for old, new in changes.items():
        if old in given or old == "events":
            given[old] = new
        else:
            assert old in given["equations"]
            given["equations"] = given["equations"].replace(old, new)
    if match is None:
        made = rb.neuron("Units", **given)
        assert rb.neuron(**made.arguments()) is made
        return
    with pytest.raises(rb.EquationError, match=match):
        rb.neuron("Units", **given)


@pytest.mark.parametrize(
    ("flags", "value", "match"),
    [
        ("positive", 0.0, r"parameters\['tau'\] must be > 0, got 0"),
        ("non-negative", -1.0, r"parameters\['tau'\] must be >= 0, got -1"),
        ("fraction", 1.5, r"parameters\['tau'\] must be >= 0 and <= 1, got 1.5"),
        ("positive, state", 1.0, "line 1, .*positive must stand alone behind a parameter, got positive, state"),
        ("positivo", 1.0, "flag must be one of .*did you mean 'positive'"),
    ],
)
def test_bounds_of_parameters(flags, value, match):
    text = f"tau : ms ({flags})\ndx/dt = -x/tau : 1"
    with pytest.raises(ValueError, match=match):
        rb.neuron("Bounded", text, parameters={"tau": value}, initial={"x": 0})
    with pytest.raises(ValueError, match=match):
        rb.plasticity("Bounded", text, on_pre="x += 1; w = x", parameters={"tau": value})


def test_bounds_stay_with_a_class():
    Bounded = rb.neuron("Bounded", "p : 1 (fraction)\ndx/dt = p - x", parameters={"p": 0.5}, initial={"x": 0})
    assert pickle.loads(pickle.dumps(Bounded(p=1.0))) == Bounded(p=1.0)
    with pytest.raises(ValueError, match="p must be >= 0 and <= 1, got 2"):
        Bounded(p=2)
    with pytest.raises(ValueError, match=r"an input has no bounds, got fraction"):
        rb.neuron("Bounded", "p : 1 (fraction)\ndx/dt = p - x", inputs={"p": 0.5}, initial={"x": 0})
    Rule = rb.plasticity("Bounded", "U : 1 (fraction)", on_pre="arrival = U*w", parameters={"U": 0.5})
    assert pickle.loads(pickle.dumps(Rule())) == Rule()
    with pytest.raises(ValueError, match="U must be >= 0 and <= 1, got -1"):
        Rule(U=-1)


@pytest.mark.parametrize(
    "text", ["-" * 5000 + "V", "sin(" * 120 + "V" + ")" * 120, "V" + "+V" * 20000, "V" + "*V" * 400]
)
def test_parts_within_parts_have_an_end(text):
    """Python would give up among so many, with an error of its own."""
    message = "must be made of fewer parts within parts|too many nested"
    with pytest.raises(rb.EquationError, match=message):
        rb.neuron("Deep", f"dV/dt = {text}", initial=dict(V=0))
    with pytest.raises(rb.EquationError, match=message):
        rb.plasticity("Deep", on_pre=f"w = {text.replace('V', 'w')}")
    with pytest.raises(rb.EquationError, match=message):
        rb.from_brian("dv/dt = -v/tau : 1", namespace=dict(tau=text.replace("V", "ms")))


def test_long_sums_and_deep_expressions_are_read():
    for text in ("V" + "".join(f" + sin({k}*V)" for k in range(200)), "sin(" * 60 + "V" + ")" * 60):
        deep = rb.neuron("Deep", f"dV/dt = {text}", initial=dict(V=0))
        for method in deep.model.methods:
            rb.Network().add(deep(method=method), 1)
