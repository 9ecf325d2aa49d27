"""Functions that remember: what was computed once from the same arguments is not computed again."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import is_dataclass
from functools import wraps
from types import FunctionType, ModuleType
from typing import Any

import numpy as np
import pandas as pd
from value_portrait.scores.ratings import Ratings


class Memory:
    """What functions gave for which arguments; large frames are told apart by identity, so nobody may change one."""

    def __init__(self) -> None:
        self.results: dict[Any, Any] = {}
        self.tags: dict[int, Any] = {}
        self.kept: list[Any] = []

    def remembering(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, asked once for the same arguments."""

        @wraps(function)
        def remembered(*arguments: Any) -> Any:
            known = (function, self.name(arguments))
            if known not in self.results:
                self.kept.append(arguments)
                self.results[known] = function(*arguments)
            return self.results[known]

        return remembered

    def name(self, value: Any) -> Any:
        """What tells a value from others, and can be looked up."""
        if isinstance(value, pd.DataFrame | pd.Series):
            return self.tags_of(value) if "polarity" in getattr(value, "columns", ()) else id(value)
        if isinstance(value, Ratings):
            return tuple(value.subjects), hash(value.values.tobytes())
        if isinstance(value, np.ndarray):
            return value.shape, hash(value.tobytes())
        if isinstance(value, Mapping):
            return tuple((key, self.name(own)) for key, own in value.items())
        if isinstance(value, list | tuple | pd.Index):
            return tuple(map(self.name, value))
        if is_dataclass(value):
            return tuple(self.name(own) for own in vars(value).values())
        return value

    def tags_of(self, key: pd.DataFrame) -> Any:
        """The tags of an item key: no score depends on the correlations that stand with them."""
        if id(key) not in self.tags:
            self.kept.append(key)
            self.tags[id(key)] = key[["item_id", "family", "dimension", "polarity"]].to_csv()
        return self.tags[id(key)]


def remember(modules: Iterable[ModuleType], also: Iterable[ModuleType], patch: Any) -> None:
    """Make the functions of ``modules`` remember, and in ``also`` those that they import from this library too."""
    memory = Memory()
    for module in [*modules, *also]:
        for name, function in vars(module).copy().items():
            own = getattr(function, "__module__", "") == module.__name__
            imported = module in also and getattr(function, "__module__", "").startswith("value_portrait")
            if isinstance(function, FunctionType) and not name.startswith("_") and own != imported:
                patch.setattr(module, name, memory.remembering(function))
