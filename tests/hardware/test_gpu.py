from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tensorop_gen.hardware import library
from tensorop_gen.hardware.gpu import all_gpus, find_gpu
from tensorop_gen.hardware.model import HardwareError, UnknownTargetError

GPUS = all_gpus()


def test_every_file_is_a_gpu() -> None:
    assert {gpu.name for gpu in GPUS} == {path.stem for path in library.gpu_files()} >= {"rtx-4060", "a100", "h100"}


@pytest.mark.parametrize("gpu", GPUS, ids=lambda gpu: gpu.name)
def test_every_number_has_a_source(gpu: Any) -> None:
    assert len(gpu.rows()) == 9
    assert all(gpu.source(fact) for fact in gpu.rows())
    assert {row.source for row in gpu.rows().values()} - {"assumed"} == set(gpu.sources), "a source that none names"


@pytest.mark.parametrize("gpu", GPUS, ids=lambda gpu: gpu.name)
def test_the_peaks_follow_from_clock_and_multiprocessors(gpu: Any) -> None:
    """Within the difference between the clocks that makers reckon with."""
    for operands in ("f32", "tf32", "f16", "bf16"):
        derived = 2e-3 * gpu.rate(operands) * gpu.multiprocessors * gpu.clock_ghz.value
        assert derived == pytest.approx(getattr(gpu.peak, operands), rel=0.1)


@pytest.mark.parametrize("text", ["RTX 4060", "rtx4060", "NVIDIA GeForce RTX 4060"])
def test_found_by_any_spelling(text: str) -> None:
    gpu = find_gpu(text)
    assert gpu
    assert gpu.name == "rtx-4060"


def test_cpus_and_gpus_are_apart() -> None:
    assert find_gpu("zen 4") is None
    assert not {gpu.name for gpu in GPUS} & {cpu.name for cpu in library.all_targets()}
    with pytest.raises(UnknownTargetError):
        library.load("a100")
    with pytest.raises(UnknownTargetError, match="a100"):
        library.find("a1000")
    with pytest.raises(HardwareError, match="is a GPU"):
        library.find("NVIDIA A100")


GOOD = yaml.safe_load(next(path for path in library.gpu_files() if path.stem == "a100").read_text())
BAD = [
    ({"sm": {"value": 108}}, "sm.source"),
    ({"sm": {"value": 0, "source": "assumed"}}, "sm.value"),
    ({"sm": {"value": 108, "source": "hearsay"}}, '"hearsay"'),
    ({"architecture": "gfx90a"}, "architecture"),
    ({"speed": 3}, "speed"),
    ({"name": "other"}, "must have one name"),
    ({"schema": 2}, "schema"),
]


@pytest.mark.parametrize(("change", "fault"), BAD, ids=[fault for _, fault in BAD])
def test_a_bad_file_is_named_with_its_fault(
    change: dict[str, object], fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "toy.yaml"
    path.write_text(yaml.safe_dump(GOOD | {"name": "toy"} | change))
    monkeypatch.setenv(library.PATH_VARIABLE, str(tmp_path))
    with pytest.raises(HardwareError) as caught:
        all_gpus()
    assert str(path) in str(caught.value)
    assert fault in str(caught.value)


def test_a_gpu_is_one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "toy.yaml").write_text(yaml.safe_dump(GOOD | {"name": "toy", "title": "Toy", "aliases": ["plaything"]}))
    monkeypatch.setenv(library.PATH_VARIABLE, str(tmp_path))
    gpu = find_gpu("Plaything")
    assert gpu
    assert (gpu.name, gpu.multiprocessors) == ("toy", 108)
