"""A record whose target's file has begun elsewhere since is known as stale; its key is the same."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tensorop_gen.cache import records
from tensorop_gen.cache.model import Record
from tensorop_gen.cache.stale import stale
from tensorop_gen.cache.store import Store
from tensorop_gen.hardware.library import all_targets, load
from tensorop_gen.hardware.model import HardwareFactors
from tensorop_gen.operators.gemm.params import defaults

CPU = "c906"
PARAMS = json.loads(json.dumps(defaults(load(CPU)).to_dict()))


def shipped(factors: HardwareFactors) -> Record:
    found = records.find(Store(), factors)
    assert found
    return found


def made(source: str, start: dict[str, Any] | None) -> Record:
    """A record of the parameters that the target begins with today."""
    record = shipped(load(CPU))
    provenance = record.provenance.model_copy(update={"params": source, "start": start})
    return record.model_copy(update={"provenance": provenance, "params": PARAMS})


def beginning(**start: Any) -> HardwareFactors:
    return load(CPU).model_copy(update={"start": load(CPU).start | start})


@pytest.mark.parametrize("factors", [t for t in all_targets() if t.isa != "generic"], ids=lambda t: t.name)
def test_no_shipped_record_is_stale(factors: HardwareFactors) -> None:
    assert stale(shipped(factors), factors) == ""


def test_analytical_parameters_are_held_against_todays() -> None:
    record = made("analytical", None)
    assert stale(record, load(CPU)) == ""
    said = stale(record, beginning(direct_min_rows=99))
    assert (
        f"direct_min_rows={record.params['direct_min_rows']}, the target's file with direct_min_rows=99 today" in said
    )


def test_a_search_is_held_against_where_it_began() -> None:
    record = made("tuned", dict(load(CPU).start))
    assert stale(record, load(CPU)) == ""
    assert "began with no direct_min_rows, the target's file with direct_min_rows=99" in stale(
        record, beginning(direct_min_rows=99)
    )


def test_a_search_of_an_earlier_release_does_not_say() -> None:
    assert stale(made("tuned", None), beginning(direct_min_rows=99)) == ""


def test_the_key_is_the_same() -> None:
    assert records.find(Store(), beginning(direct_min_rows=99)) == shipped(load(CPU))
