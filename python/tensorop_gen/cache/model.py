"""A record: what is kept of a tuned and proven candidate. It outlives compilers and releases."""

from __future__ import annotations

import hashlib
import json
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict

from tensorop_gen.measure.candidate import Measurement
from tensorop_gen.verify.model import Verification

SCHEMA: Literal[1] = 1
# Values as JSON has them, so that a record that was read equals the one that was written.
Plain = Annotated[dict[str, Any], BeforeValidator(lambda values: json.loads(json.dumps(values)))]


# Of parameters: the analytical model, a search that measured, a search on modelled speeds; not known.
Whence = Literal["analytical", "tuned", "modelled", ""]


class Stored(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Provenance(Stored):
    """Who made it, with what and where. date: ISO 8601, of the day. host: CPU and kernel of the machine that proved and
    measured it. params: where they come from; trials: of the search; start: where the target's file said to begin.
    Records made before these were kept leave them empty."""

    author: str
    generator: str
    date: str
    host: str = ""
    compiler: str = ""
    params: Whence = ""
    trials: int = 0
    start: Plain | None = None


class Record(Stored):
    """factors: HardwareFactors.kernel_values(); params, order: what the author needs to write the candidate again;
    candidate: its key, to see whether an author of today still writes what was proven; dispatch: the path that each
    shape of the known classes, and each that was asked for, takes with these parameters."""

    schema_version: Literal[1] = SCHEMA
    triple: str
    cpu: str
    operator: str
    dtype: str
    factors: Plain
    params: Plain
    order: tuple[tuple[str, tuple[int, ...]], ...] = ()
    candidate: str
    verification: Verification
    measurements: tuple[Measurement, ...] = ()
    dispatch: tuple[tuple[str, str], ...] = ()
    provenance: Provenance

    @property
    def key(self) -> str:
        return record_key(self.triple, self.cpu, self.operator, self.dtype, self.factors)

    @property
    def proof(self) -> str:
        """SHA-256 of the verification, as generated files cite it."""
        return digest(self.verification.model_dump(mode="json"))


def record_key(triple: str, cpu: str, operator: str, dtype: str, factors: dict[str, Any]) -> str:
    """What a record is found by: the target, what for, and the factor values; not the compiler, not the release."""
    return digest([SCHEMA, triple, cpu, operator, dtype, factors])


def digest(value: object) -> str:
    """SHA-256 of a value's JSON."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
