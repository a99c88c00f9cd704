from __future__ import annotations

import json
from pathlib import Path

import pytest

from tensorop_gen.cli import main


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as end:
        main(list(words))
    said = capsys.readouterr()
    code = end.value.code
    return code if isinstance(code, int) else 0, said.out, said.err


def test_a_sentence_for_a_gpu_writes_its_project(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    code, text, _ = run(capsys, "hgemm for A100", "--emit", "sources", "--out", str(out), "--json")
    assert code == 0
    outcome = json.loads(text)
    assert (outcome["target"], outcome["operator"]) == ("a100", "gemm f16")
    kernels = {path.stem for path in (out / "src" / "gemm").glob("tensorop_*.cu")}
    assert kernels == {f"tensorop_f16_gemm_{name}" for name in outcome["variants"]}
    assert {"CMakeLists.txt", "Makefile"} <= {path.name for path in (out / "src").iterdir()}
    assert len(outcome["speeds"]) == 8


def test_the_summary_says_that_nothing_was_measured(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, text, _ = run(capsys, "sgemm for RTX 4060", "--emit", "sources", "--out", str(tmp_path), "--quiet")
    assert code == 0
    assert "modelled by occupancy, waves of blocks and roofline, not measured" in text
    assert "4096x4096x4096: " in text


def test_data_types_of_gpus_are_refused_for_cpus(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, said = run(capsys, "hgemm for SpacemiT K1")
    assert code == 2
    assert "generated for GPUs only" in said


def test_there_is_no_amalgamation(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, said = run(capsys, "sgemm for H100", "--emit", "amalgamation", "--out", str(tmp_path))
    assert code == 1
    assert "--emit library" in said


def test_targets_name_gpus(capsys: pytest.CaptureFixture[str]) -> None:
    assert "rtx-4060" in run(capsys, "targets")[1]
    text = run(capsys, "targets", "A100")[1]
    assert "108 multiprocessors" in text
    assert "whitepaper" in text


def test_the_sources_for_cmake(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "TENSOROP_CUDA_SOURCES" in run(capsys, "cuda-sources", "--list")[1]
    run(capsys, "cuda-sources", "--targets", "h100", "--out", str(tmp_path))
    assert list((tmp_path / "gemm").glob("*_tma_*.cu"))
    code, _, said = run(capsys, "cuda-sources", "--targets", "h1000", "--list")
    assert code == 2
    assert "h100" in said


def test_without_nvcc_it_is_said_what_to_install(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUDACXX", str(tmp_path / "nvcc"))
    code, _, said = run(capsys, "sgemm for A100", "--out", str(tmp_path / "out"))
    assert code == 3
    assert "nvidia-cuda-nvcc" in said
    assert not (tmp_path / "out").exists()
