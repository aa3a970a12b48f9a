"""What scikit-learn asks of an estimator, so that pipelines, grid searches and cross-validation take those of here.

Nothing of scikit-learn is imported before scikit-learn itself asks.
"""

from __future__ import annotations

import inspect
from typing import Any, ClassVar, Self

from rheobase import checks
from rheobase.models.values import brief


class Estimator:
    """Remembers the arguments that it was made with, and changes them: base of what is fitted to data."""

    #: "classifier", "regressor" or "transformer".
    _kind: ClassVar[str]
    _given: dict[str, Any]

    def __new__(cls, *args: object, **arguments: object) -> Self:
        """Make an object that knows its arguments as they were given, which copies of it must share."""
        made = super().__new__(cls)
        try:
            made._given = inspect.signature(cls).bind(*args, **arguments).arguments
        except TypeError:  # which the constructor says better
            made._given = {}
        return made

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return the arguments of the constructor by name, as they were given.

        Examples
        --------
        >>> Standardizer(per_feature=True).get_params()
        {'per_feature': True}
        """
        checks.flag("deep", deep)
        parameters = inspect.signature(type(self)).parameters
        return {name: self._given.get(name, parameter.default) for name, parameter in parameters.items()}

    def set_params(self, **parameters: object) -> Self:
        """Change arguments of the constructor and return the estimator; what was fitted stays until the next fit.

        Examples
        --------
        >>> Standardizer().set_params(per_feature=True).per_feature
        True
        """
        known = self.get_params()
        for name in parameters:
            checks.choice(f"parameter of {type(self).__name__}", name, known)
        changed = {**known, **parameters}
        type(self).__init__(self, **changed)
        self._given = changed
        return self

    def __repr__(self) -> str:
        usual = {name: p.default for name, p in inspect.signature(type(self)).parameters.items()}
        told = [f"{n}={brief(v)}" for n, v in self._given.items() if n not in usual or brief(v) != brief(usual[n])]
        return f"{type(self).__name__}({', '.join(told)})"

    def _is_fitted(self) -> bool:
        return any(name.endswith("_") and not name.startswith("_") for name in vars(self))

    def __sklearn_is_fitted__(self) -> bool:
        return self._is_fitted()

    def __sklearn_tags__(self) -> Any:
        """Return what kind of estimator it is, in scikit-learn's own terms."""
        from sklearn.utils import ClassifierTags, RegressorTags, Tags, TargetTags, TransformerTags

        return Tags(
            estimator_type=None if self._kind == "transformer" else self._kind,
            target_tags=TargetTags(required=self._kind != "transformer", multi_output=self._kind == "regressor"),
            classifier_tags=ClassifierTags() if self._kind == "classifier" else None,
            regressor_tags=RegressorTags() if self._kind == "regressor" else None,
            transformer_tags=TransformerTags() if self._kind == "transformer" else None,
        )
