"""A model's kernel for a GPU, from the question to what a GPU's run takes. The answers are written for the test, but
for those in recorded/."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.author.llm.scripted import Scripted

from tensorop_gen.cli.console import QuietReporter
from tensorop_gen.hardware.gpu import GpuFactors, find_gpu
from tensorop_gen.llm.box import BoxUnavailable
from tensorop_gen.llm.budget import LlmBudget, Meter
from tensorop_gen.llm.transcript import Recorder, read_transcript
from tensorop_gen.operators.gemm.cuda.given import Given
from tensorop_gen.pipeline import LlmChoice, Options, cuda_authoring, generate_for_gpu
from tensorop_gen.pipeline.cuda_authoring import written_by_model
from tensorop_gen.request.parse import parse

LLM = Path(__file__).parents[1] / "author" / "llm"
RECORDED = LLM / "recorded"
RIGHT = (LLM / "answers" / "cuda_f32.md").read_text()
EDGE, LOOP, SUMS = "row < args.m && column < args.n) {", "  for (int k =", "  float sums"
# What is wrong with an answer: the words that are replaced, by what, and what the judge says of it.
WRONG = {
    "C is read where beta is 0": ("args.beta == 0 ? args.alpha * sums[j][i] : ", "", "a wrong element"),
    "a row past the edge": (EDGE, EDGE.replace("row <", "row <="), "a store outside C"),
    "the last step of k is dropped": ("const int last = min(", "const int last = -1 + min(", "a wrong element"),
    "op(B) is not transposed": ("TRANS_B ? b[column + p * args.ldb]", "TRANS_B ? b[p + column * args.ldb]", ""),
    "the batch is forgotten": ("+ batch * args.stride_b", "+ 0 * batch", "a wrong element"),
    "the splits write over each other": ("(batch * args.splits + blockIdx.y)", "batch", "a wrong element"),
    "the splits scale": ("= sums[j][i];", "= args.alpha * sums[j][i] + 1;", "a wrong element"),
    "a barrier is missing": ("    __syncthreads();\n#pragma", "#pragma", "a wrong element"),
    "the second barrier is missing": ("    __syncthreads();\n  }", "  }", "a wrong element"),
    "a barrier that some threads do not reach": (LOOP, f"  if (tm == 0) __syncthreads();\n{LOOP}", "a barrier"),
    "A is read past its end": ("row < args.m && p < last", "p < last", "touched what is not its own"),
    "it writes into A": (SUMS, f"  if (args.k) const_cast<float *>(a)[0] = 0;\n{SUMS}", ""),
    "it never ends": (SUMS, f"  for (int i = 0; i < 1; i += args.k != 37) __syncthreads();\n{SUMS}", ""),
}


class Heard(QuietReporter):
    def __init__(self) -> None:
        self.notes: list[str] = []

    def note(self, text: str) -> None:
        self.notes.append(text)


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Scripted:
    """Its texts are the test's to set."""
    scripted = Scripted([])
    meter = Meter(LlmBudget())
    monkeypatch.setattr(cuda_authoring, "ask_model", lambda *_: (Recorder(scripted), meter))
    return scripted


def gpu() -> GpuFactors:
    found = find_gpu("rtx 4060")
    assert found
    return found


def asked(folder: Path, repairs: int = 1) -> tuple[Path | None, str]:
    heard = Heard()
    choice = LlmChoice("", LlmBudget(), repairs=repairs)
    return written_by_model(gpu(), "f32", choice, folder, folder / "cache", heard), "\n".join(heard.notes)


@pytest.mark.cuda
def test_a_kernel_that_is_right_is_kept_for_a_gpu(model: Scripted, tmp_path: Path) -> None:
    model.texts = [RIGHT]
    kept, said = asked(tmp_path)
    assert kept
    assert f"--given {kept}" in said
    known = json.loads(kept.read_text())
    assert known["emulated_cases"] >= 60
    variant = Given.from_dict(known["given"])
    assert variant.author.startswith("llm (written for the test")
    assert 0 < variant.modelled_rate(gpu()) < gpu().rate("f32")
    assert variant.text in kept.with_suffix(".cu").read_text()


@pytest.mark.cuda
@pytest.mark.parametrize(
    ("sentence", "file", "answers"),
    [
        ("sgemm for RTX 4060", "cuda-f32", 1),
        pytest.param("hgemm for A100", "cuda-f16", 2, marks=pytest.mark.slow),  # the first spilt eight bytes
    ],
)
def test_what_a_strong_model_wrote_is_taken(sentence: str, file: str, answers: int, tmp_path: Path) -> None:
    """As it came, replayed: the questions are still the same."""
    transcript = RECORDED / f"{file}.jsonl"
    assert len(read_transcript(transcript)) == answers
    choice = LlmChoice(f"replay:{transcript}", LlmBudget())
    options = Options(out=tmp_path / "out", emit="sources", llm=choice, cache=tmp_path / "cache")
    request = parse(sentence)
    target = find_gpu(request.target)
    assert target
    known = json.loads(Path(generate_for_gpu(request, target, options, QuietReporter()).model).read_text())
    assert known["emulated_cases"] == 64
    assert known["given"]["author"].startswith("llm (large language model of 2026")


@pytest.mark.cuda
@pytest.mark.parametrize(("old", "new", "said"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_not_used(old: str, new: str, said: str, model: Scripted, tmp_path: Path) -> None:
    assert RIGHT.count(old) == 1
    model.texts = [RIGHT.replace(old, new)]
    kept, told = asked(tmp_path, repairs=0)
    assert kept is None
    assert "result: " in told
    assert said in told
    assert "op(A)" in told
    assert "the builtin author's are" in told
    assert not (tmp_path / "llm").exists()


@pytest.mark.cuda
def test_faults_go_back(model: Scripted, tmp_path: Path) -> None:
    old, new, said = WRONG["a row past the edge"]
    model.texts = [RIGHT.replace(old, new), RIGHT]
    kept, _ = asked(tmp_path)
    assert kept
    told = model.asked[1].messages[-1].content
    assert "turned down at verify" in told
    assert f"{said}: op(A)" in told


def test_without_a_compiler_the_builtin_kernels_stay(
    model: Scripted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUDACXX", str(tmp_path / "nothing"))
    model.texts = [RIGHT]
    kept, said = asked(tmp_path)
    assert kept is None
    assert "install the CUDA toolkit" in said


@pytest.mark.cuda
def test_without_a_box_nothing_is_compiled(model: Scripted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def shut(*_: object) -> None:
        raise BoxUnavailable("this machine cannot shut one")

    monkeypatch.setattr("tensorop_gen.build.given.run_boxed", shut)
    model.texts = [RIGHT]
    kept, said = asked(tmp_path)
    assert kept is None
    assert "cannot shut one" in said


def test_a_model_that_refuses_costs_nothing(model: Scripted, tmp_path: Path) -> None:
    model.texts = ["No."]
    choice = LlmChoice("", LlmBudget())
    options = Options(out=tmp_path / "out", emit="sources", llm=choice, cache=tmp_path / "cache")
    outcome = generate_for_gpu(parse("sgemm for RTX 4060"), gpu(), options, QuietReporter())
    assert outcome.model == ""
    assert outcome.variants
    assert (tmp_path / "out" / "src" / "CMakeLists.txt").is_file()
