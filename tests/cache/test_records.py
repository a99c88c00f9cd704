from __future__ import annotations

from pathlib import Path

import pytest

from tensorop_gen.author.builtin import BuiltinAuthor
from tensorop_gen.build.harness import harness_hash
from tensorop_gen.cache import records
from tensorop_gen.cache.model import Provenance, Record
from tensorop_gen.cache.store import Store
from tensorop_gen.hardware.library import all_targets, load
from tensorop_gen.measure.candidate import Measurement
from tensorop_gen.operators.gemm.params import GemmParams, defaults
from tensorop_gen.request.model import Request, Shape
from tensorop_gen.verify import Verification

CPU = "x86-64-v3"


@pytest.fixture
def record() -> Record:
    candidate = BuiltinAuthor().write(Request("sgemm"), load(CPU))
    return Record(
        triple=candidate.factors.triple,
        cpu=CPU,
        operator="gemm",
        dtype="f32",
        factors=candidate.factors.kernel_values(),
        params=candidate.params.to_dict(),
        order=(("compute:loop", (1, 0)),),
        candidate=candidate.key,
        verification=Verification(
            passed=True, cases=1, worst_ratio=1, worst={}, counts={}, seed=1, level="full", harness="h", kind="measured"
        ),
        measurements=(
            Measurement(
                shape=Shape(1, 2, 3, "TN"), kind="measured", rounds=3, gflops=1, percent_of_peak=2, interval=(1, 3),
                before=0.5, after=0.6,
            ),
        ),
        provenance=Provenance(
            author="builtin", generator="0", date="2026-01-01",
            host="a CPU, Linux 6", compiler="gcc version 12", params="analytical",
        ),
    )  # fmt: skip


@pytest.fixture
def source_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(records, "source_root", lambda: tmp_path)
    return tmp_path


def test_what_is_saved_is_found_for_the_same_factor_values_only(record: Record, source_root: Path) -> None:
    store = Store()
    assert records.find(store, load(CPU)) is None
    records.save(store, record)
    assert records.find(store, load(CPU)) == record
    wider = load(CPU).model_copy(update={"vector_registers": 32})
    assert records.find(store, wider) is None
    more_cores = load(CPU).model_copy(update={"cores": 64, "clock_ghz": 9.9})
    assert records.find(store, more_cores) == record
    assert not list(source_root.iterdir())


def test_the_users_own_comes_before_the_shipped(record: Record, source_root: Path) -> None:
    store = Store()
    assert records.ship(record) == source_root / f"kernels/tuned/x86_64-linux-gnu/{CPU}/sgemm.json"
    assert records.find(store, load(CPU)) == record
    assert records.shipped_cpus("x86_64-linux-gnu") == (CPU,)
    assert records.shipped_cpus("riscv64-linux-gnu") == ()
    own = record.model_copy(update={"order": ()})
    records.save(store, own)
    assert records.find(store, load(CPU)) == own


@pytest.mark.usefixtures("source_root")
def test_a_record_with_parameters_of_another_release_is_none(record: Record) -> None:
    store = Store()
    records.save(store, record.model_copy(update={"params": record.params | {"colour": 1}}))
    assert records.find(store, load(CPU)) is None


@pytest.mark.usefixtures("source_root")
def test_a_record_of_another_schema_is_none(record: Record) -> None:
    store = Store()
    store.write(records.entry_of(record), {"record.json": b'{"schema_version": 2}'})
    assert records.find(store, load(CPU)) is None


def test_keys_and_proofs_depend_on_what_they_stand_for(record: Record) -> None:
    assert record.model_copy(update={"cpu": "other"}).key != record.key
    assert record.model_copy(update={"params": {}}).key == record.key
    worse = record.verification.model_copy(update={"worst_ratio": 2})
    assert record.model_copy(update={"verification": worse}).proof != record.proof


@pytest.mark.usefixtures("source_root")
def test_a_shipped_record_that_is_damaged_is_named_and_passed_over(record: Record) -> None:
    path = records.ship(record)
    assert records.find(Store(), load(CPU)) == record
    path.write_text(path.read_text()[:100])
    told: list[str] = []
    assert records.find(Store(tell=told.append), load(CPU)) is None
    assert str(path) in told[0]


SHIPPED = [(factors.triple, factors.name) for factors in all_targets() if factors.isa != "generic"]


def test_every_target_has_a_shipped_record_and_no_other_has() -> None:
    triples = {triple for triple, _ in SHIPPED}
    there = {(triple, cpu) for triple in triples for cpu in records.shipped_cpus(triple)}
    assert there == set(SHIPPED), "make them: tensorop-gen tune 'sgemm for CPU' --ship"


@pytest.mark.parametrize(("triple", "cpu"), SHIPPED, ids=[cpu for _, cpu in SHIPPED])
def test_a_shipped_record_is_of_what_the_author_writes_today(triple: str, cpu: str) -> None:
    factors = load(cpu)
    record = records.find(Store(), factors)
    assert record is not None, "it is of other factors, or another schema"
    assert record.triple == triple
    params = GemmParams.from_dict(record.params)
    written = BuiltinAuthor().write(Request("sgemm"), factors, params, record.order)
    assert written.key == record.candidate, "the author writes other kernels than those that were proven"
    assert record.verification.passed
    assert record.verification.harness == harness_hash(), "proven by another harness than today's"
    if record.provenance.params == "analytical":
        assert params == defaults(factors), "the target begins with other parameters today"
