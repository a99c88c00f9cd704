"""What a report reads, and what it says of what it cannot read."""

from __future__ import annotations

from pathlib import Path

import pytest

from tensorop_gen.measure.cost.report import Report
from tensorop_gen.report.material import Material, read
from tensorop_gen.request.model import RequestError

from .samples import START, folder, record, winner


def test_all_there_is(material: Material) -> None:
    assert material.record == record(winner())
    assert len(material.trials) == 40
    assert material.comparison
    assert isinstance(material.modelled, Report)


def test_a_history_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    out, cache, _ = folder(tmp_path, with_trials=False)
    assert read(out, cache).trials == ()
    assert not cache.exists()


def test_another_kernel_than_the_author_of_today_writes_is_not_modelled(tmp_path: Path) -> None:
    out, cache, _ = folder(tmp_path, record(START).model_copy(update={"candidate": "0"}), with_trials=False)
    found = read(out, cache).modelled
    assert isinstance(found, str)
    assert "not what the builtin author of this release writes" in found


def test_a_folder_that_is_not_ours(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match=r"holds no record/record\.json: name a folder"):
        read(tmp_path)


@pytest.mark.parametrize("name", ["record.json", "hardware.json"])
def test_a_damaged_record(tmp_path: Path, name: str) -> None:
    out, cache, _ = folder(tmp_path, with_trials=False)
    (out / "record" / name).write_text("{")
    with pytest.raises(RequestError, match="cannot be understood: make the folder again"):
        read(out, cache)


def test_parameters_of_another_release(tmp_path: Path) -> None:
    strange = record().model_copy(update={"params": {"colour": 1}})
    out, cache, _ = folder(tmp_path, strange, with_trials=False)
    with pytest.raises(RequestError, match="make the folder again\nnot parameters of gemm: colour"):
        read(out, cache)


@pytest.mark.parametrize("text", [None, "{}", "no JSON"])
def test_no_comparison(tmp_path: Path, text: str | None) -> None:
    out, cache, _ = folder(tmp_path, with_trials=False)
    bench = tmp_path / "other.json"
    if text is not None:
        bench.write_text(text)
    with pytest.raises(RequestError, match=r"other\.json is nothing that tensorop-gen bench --json wrote"):
        read(out, cache, bench)
