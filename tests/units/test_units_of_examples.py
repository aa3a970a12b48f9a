"""Numbers in the examples of functions, replaced by quantities of a dimension that nothing has, are refused."""

import ast
import doctest
import warnings

import numpy as np
import pytest
from docstring_examples import docstring_examples
from fake_quantities import FAKES

EXAMPLES = {name: (text, namespace) for name, text, namespace in docstring_examples(("rheobase.coding",))}


def is_number(node):
    node = node.operand if isinstance(node, ast.UnaryOp) else node
    return isinstance(node, ast.Constant) and type(node.value) in (int, float)


class WithQuantity(ast.NodeTransformer):
    """Replaces the k-th number among the arguments of the first call of a function."""

    def __init__(self, function, k):
        self.function, self.k, self.done = function, k, False

    def visit_Call(self, node):
        self.generic_visit(node)
        called = getattr(node.func, "attr", getattr(node.func, "id", None))
        if called != self.function or self.done:
            return node
        places = [(node.args, n) for n, given in enumerate(node.args) if is_number(given)]
        places += [(keyword, "value") for keyword in node.keywords if is_number(keyword.value)]
        if self.k < len(places):
            held, key = places[self.k]
            name = ast.Name("strange", ast.Load())
            held.__setitem__(key, name) if isinstance(held, list) else setattr(held, key, name)
            self.done = True
        return node


@pytest.mark.parametrize("name", EXAMPLES)
def test_strange_quantities_are_refused(name):
    text, namespace = EXAMPLES[name]
    given, function = namespace(), name.rsplit(".", 1)[-1]
    given["strange"] = FAKES["pint"](np.float64(1.0), 1.0, mol=1, cd=1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for example in doctest.DocTestParser().get_examples(text):
            for k in range(8):
                swap = WithQuantity(function, k)
                tree = ast.fix_missing_locations(swap.visit(ast.parse(example.source)))
                if swap.done:
                    with pytest.raises(TypeError, match="must be"):
                        exec(compile(tree, name, "exec"), dict(given))
            exec(compile(example.source, name, "exec"), given)
