"""The rows of isa_matrix.yaml, and the targets that each runs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tensorop_gen.hardware.library import all_targets
from tensorop_gen.hardware.model import HardwareFactors
from tensorop_gen.run import Machine


@dataclass(frozen=True)
class Row:
    """core: vendor and family, where the emulator tells them."""

    name: str
    machine: Machine
    isas: tuple[str, ...]
    features: tuple[str, ...]
    chosen: str
    core: tuple[str, int] | None = None
    small: bool = False

    @property
    def targets(self) -> tuple[HardwareFactors, ...]:
        """Those that its CPU can be."""
        return tuple(factors for factors in self.kernels if set(factors.detect.features) <= set(self.features))

    @property
    def kernels(self) -> tuple[HardwareFactors, ...]:
        """Those whose kernels it runs: RVV's fit vectors of any length, also where their target has longer ones."""
        return tuple(f for f in all_targets() if f.arch == self.machine.arch and f.isa in self.isas)


def _row(values: dict[str, Any]) -> Row:
    machine = {name: values.pop(name) for name in ("arch", "vector", "vlen", "elen", "cpu") if name in values}
    fields: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in values.items()
    }
    return Row(machine=Machine(**machine), **fields)


ROWS = tuple(map(_row, yaml.safe_load((Path(__file__).parents[1] / "isa_matrix.yaml").read_text())))
CASES = tuple((row, factors) for row in ROWS for factors in row.targets)
PROOFS = tuple((row, factors) for row in ROWS for factors in row.kernels)
