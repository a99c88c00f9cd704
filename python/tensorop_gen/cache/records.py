"""Records by target and operator: the user's own first, then those that are shipped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import ValidationError

from tensorop_gen import operators
from tensorop_gen.cache.model import Record, record_key
from tensorop_gen.cache.store import Store
from tensorop_gen.source import source_root

if TYPE_CHECKING:
    from pathlib import Path

    from tensorop_gen.hardware.model import HardwareFactors

_LETTERS = {"f32": "s"}  # BLAS names
_FILE = "record.json"
_ANSWERS = "answers.jsonl"


def blas_name(operator: str, dtype: str) -> str:
    """sgemm for gemm f32."""
    return _LETTERS[dtype] + operator


def find(store: Store, factors: HardwareFactors, operator: str = "gemm", dtype: str = "f32") -> Record | None:
    """The record that fits the factor values, or None."""
    key = record_key(factors.triple, factors.name, operator, dtype, factors.kernel_values())
    files = store.read(_entry(factors.triple, factors.name, operator, dtype, key))
    if files is not None:
        record = _parsed(files.get(_FILE, b""))
        if record is not None:
            return record
    path = shipped_path(factors.triple, factors.name, operator, dtype)
    if not path.is_file():
        return None
    shipped = _parsed(path.read_bytes())
    if shipped is None:
        store.tell(f"{path} cannot be understood and is passed over: install TensorOp again")
    return shipped if shipped and shipped.key == key else None


def save(store: Store, record: Record, answers: str = "") -> None:
    """Into the user's cache. answers: of the model that wrote the candidate, if one did."""
    files = {_FILE: record_text(record)} | ({_ANSWERS: answers} if answers else {})
    store.keep(entry_of(record), {name: text.encode() for name, text in files.items()})


def answers(store: Store, record: Record) -> str:
    """The model's answers that were kept with a record; empty where there are none."""
    files = store.read(entry_of(record)) or {}
    return files.get(_ANSWERS, b"").decode()


def ship(record: Record) -> Path:
    """Writes the record among those that come with the project; returns the file."""
    path = shipped_path(record.triple, record.cpu, record.operator, record.dtype)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(record_text(record), encoding="utf-8")
    return path


def shipped_path(triple: str, cpu: str, operator: str, dtype: str) -> Path:
    return source_root() / "kernels" / "tuned" / triple / cpu / f"{blas_name(operator, dtype)}.json"


def shipped_cpus(triple: str, operator: str = "gemm", dtype: str = "f32") -> tuple[str, ...]:
    """The CPUs of a triple that a record is shipped for."""
    folder = source_root() / "kernels" / "tuned" / triple
    files = folder.glob(f"*/{blas_name(operator, dtype)}.json")
    return tuple(sorted(path.parent.name for path in files))


def record_text(record: Record) -> str:
    return record.model_dump_json(indent=1) + "\n"


def entry_of(record: Record) -> str:
    """Where a record stands in the cache."""
    return _entry(record.triple, record.cpu, record.operator, record.dtype, record.key)


def _entry(triple: str, cpu: str, operator: str, dtype: str, key: str) -> str:
    return f"{triple}/{cpu}/{blas_name(operator, dtype)}-{key[:16]}"


def _parsed(content: bytes) -> Record | None:
    """None for a record of another schema or operator, or with other parameters: it is whole, but no longer understood,
    and is made anew."""
    try:
        record = Record.model_validate_json(content)
        operators.find(record.operator).params.from_dict(record.params)
    except (ValidationError, TypeError, KeyError):
        return None
    return record
