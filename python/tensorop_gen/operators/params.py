"""What the parameters of every operator can do, and the hardware factors that they may depend on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any, ClassVar, Protocol, TypeVar

P = TypeVar("P", bound="Params")


class Factors(Protocol):
    """The hardware factors that parameters depend on."""

    @property
    def isa(self) -> str: ...
    @property
    def vector_bits(self) -> int: ...
    @property
    def vector_registers(self) -> int: ...
    @property
    def flops_per_cycle(self) -> int: ...
    @property
    def start(self) -> Mapping[str, Any]:
        """Parameters that begin with another value on this CPU."""

    def cache(self, level: int) -> Any:
        """The data cache of a level (bytes, ways, line), or None."""


class Params:
    """Base of a frozen dataclass of whole numbers, truth values, words and tuples of whole numbers.

    together: a name for parameters that are one choice -> their names."""

    __slots__ = ()
    operator: ClassVar[str]
    together: ClassVar[Mapping[str, tuple[str, ...]]] = {}

    @classmethod
    def read(cls, text: str) -> dict[str, Any]:
        """ "kc=256,ahead=on,direct_caps=8x6" by name; ValueError says which part is no parameter with such a value."""
        types = {f.name: str(f.type) for f in fields(cls)}  # type: ignore[arg-type]  # as in from_dict
        values: dict[str, Any] = {}
        for part in filter(None, text.split(",")):
            name, _, value = part.strip().partition("=")
            if name not in types:
                raise ValueError(f"{name} is not a parameter; there are {', '.join(types)}")
            values[name] = _value(name, types[name], value)
        return values

    @classmethod
    def from_dict(cls: type[P], values: dict[str, Any]) -> P:
        """From a record; unknown names are an error (TypeError), as are missing ones without default. Raises ValueError
        for a number where a choice of two stands: what it meant is not known any more."""
        known = {f.name: f for f in fields(cls)}  # type: ignore[arg-type]  # a dataclass, once it is derived from
        if unknown := set(values) - set(known):
            raise TypeError(f"not parameters of {cls.operator}: {', '.join(sorted(unknown))}")
        for name, value in values.items():
            if isinstance(known[name].default, bool) and not isinstance(value, bool):
                raise ValueError(f"{name} is on or off, not {value}")
        return cls(**{name: tuple(value) if isinstance(value, list) else value for name, value in values.items()})

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)  # type: ignore[call-overload, no-any-return]

    def coordinates(self) -> dict[str, float | str]:
        """The axes of a search: sizes as numbers, choices as text."""
        values = self.to_dict()
        joint: dict[str, float | str] = {
            axis: "x".join(str(values.pop(name)) for name in names) for axis, names in self.together.items()
        }
        return joint | {n: str(v) if isinstance(v, bool | str | tuple) else float(v) for n, v in values.items()}


def written(values: Mapping[str, Any]) -> str:
    """As Params.read reads them."""
    return ",".join(f"{name}={_text(value)}" for name, value in values.items())


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return "x".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _value(name: str, kind: str, text: str) -> Any:
    """kind: as the dataclass has it. Raises ValueError."""
    if kind == "str":
        return text
    if kind == "bool":
        if text not in ("on", "off"):
            raise ValueError(f"{name} is on or off, not {text!r}")
        return text == "on"
    if kind == "int":
        if not text.isdecimal():
            raise ValueError(f"{name} is a whole number, not {text!r}")
        return int(text)
    if not all(number.isdecimal() for number in text.split("x")):
        raise ValueError(f"{name} is whole numbers like 8x6, not {text!r}")
    return tuple(map(int, text.split("x")))
