"""The record of a proven candidate: what was proven, and who made it, with what and where."""

from __future__ import annotations

import datetime
import platform
from typing import TYPE_CHECKING

import tensorop_gen
from tensorop_gen import operators
from tensorop_gen.cache.model import Provenance, Record, Whence
from tensorop_gen.hardware.machine import read_machine
from tensorop_gen.hardware.model import HardwareError
from tensorop_gen.isa import target
from tensorop_gen.measure.shapes import load_classes

if TYPE_CHECKING:
    from tensorop_gen.author.model import Candidate
    from tensorop_gen.build import Toolchain
    from tensorop_gen.pipeline.model import SpeedKind
    from tensorop_gen.pipeline.workshop import Proven
    from tensorop_gen.request.model import Shape


def record_of(
    proven: Proven,
    toolchain: Toolchain,
    asked: tuple[Shape, ...] = (),
    trials: int = 0,
    kept: Record | None = None,
    kind: SpeedKind = "measured",
) -> Record:
    """asked: shapes whose path the record tells, beside those of the classes. kept: the record that the candidate was
    written from, if any; its search counts. kind: of the speeds that the candidate was found by."""
    candidate = proven.candidate
    factors = candidate.factors
    operator, roles = operators.find(candidate.operator), target.find(factors.isa).roles
    known = [shape for one in load_classes() for shape in one.shapes if operator.takes(shape)]
    shapes = dict.fromkeys([*known, *asked])
    earlier = kept.provenance if kept and kept.candidate == candidate.key else None
    return Record(
        triple=factors.triple,
        cpu=factors.name,
        operator=candidate.operator,
        dtype=candidate.dtype,
        factors=factors.kernel_values(),
        params=candidate.params.to_dict(),
        order=candidate.order,
        candidate=candidate.key,
        verification=proven.verification,
        dispatch=tuple((str(shape), operator.path(candidate.params, roles, shape)) for shape in shapes),
        provenance=Provenance(
            author=candidate.author,
            generator=tensorop_gen.__version__,
            date=datetime.datetime.now(datetime.timezone.utc).date().isoformat(),
            host=_host(),
            compiler=toolchain.version,
            params=earlier.params if earlier and earlier.params else _whence(candidate, kind),
            trials=max(trials, earlier.trials if earlier else 0),
            start=earlier.start if earlier else factors.start,
        ),
    )


def is_analytical(candidate: Candidate) -> bool:
    """Whether nothing of it comes from a search or a model."""
    return candidate.params == operators.find(candidate.operator).defaults(candidate.factors) and not candidate.order


def _whence(candidate: Candidate, kind: SpeedKind) -> Whence:
    if is_analytical(candidate):
        return "analytical"
    return "tuned" if kind == "measured" else "modelled"


def _host() -> str:
    """CPU and kernel of this machine, which proves and measures."""
    try:
        machine = read_machine()
        cpu = f"{machine.title}{' (virtual)' if 'hypervisor' in machine.features else ''}"
    except HardwareError:
        cpu = platform.machine()
    return f"{cpu}, {platform.system()} {platform.release()}"
