"""What a model's CUDA may contain: everything else is turned down before a compiler sees it."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.author.llm.scripted import Scripted

from tensorop_gen.author.cuda import write
from tensorop_gen.author.llm.cuda_author import CudaAuthor
from tensorop_gen.author.llm.cuda_text import given
from tensorop_gen.author.model import Feedback
from tensorop_gen.hardware.gpu import GpuFactors, find_gpu
from tensorop_gen.isa.refused import Refused
from tensorop_gen.llm.ask import as_code
from tensorop_gen.llm.model import UnusableAnswer
from tensorop_gen.llm.transcript import Recorder
from tensorop_gen.operators.gemm.cuda.given import Given

# Written for the tests; no language model made it.
ANSWER = (Path(__file__).parent / "answers" / "cuda_f32.md").read_text()
TEXT = as_code(("cuda",))(ANSWER)[1]
START = "  float sums[4][4] = {};"

# By the rule that turns it down: what is written where the kernel begins.
HOSTILE = {
    "inline assembly": ("character", 'asm volatile("exit;");'),
    "assembly without quotes": ("word", "asm(x);"),
    "the clock": ("word", "const long t = clock64();"),
    "a state that stays": ("word", "static int calls;"),
    "shared memory of its own": ("word", "__shared__ float own[32];"),
    "shared memory by another name": ("word", "extern float own[];"),
    "printing": ("word", "printf(x);"),
    "memory of its own": ("word", "float *own = new float[32];"),
    "a kernel of its own": ("word", "cudaMalloc(x);"),
    "the other threads' registers": ("word", "sums[0][0] = __shfl_sync(1, sums[0][0], 0);"),
    "an atomic": ("word", "atomicAdd(args.partial, 1.0f);"),
    "a builtin of the compiler": ("word", "__builtin_trap();"),
    "which compiler reads it": ("word", "if (__CUDA_ARCH__ == 0) return;"),
    "the standard library": ("word", "std::abort();"),
    "a name of the global scope": ("word", "::abort();"),
    "a name of the global scope, behind a sign": ("word", "const int x = 1 +\n::abort();"),
    "a string": ("character", 'const char *x = "x";'),
    "a character": ("character", "const char x = 'x';"),
    "a raw string that hides": ("character", 'R"x(endif)x";'),
    "the end of a comment that only some see": ("character", "// x\rint evil;"),
    "a pragma that goes on": ("character", "#pragma unroll\vint evil;"),
    "a name of the global scope, behind a word": ("word", "return::abort();"),
    "a line that goes on": ("character", "// x \\\n#endif"),
    "a trigraph": ("character", "?" + "?/"),
    "a digraph": ("character", "%:endif"),
    "the end of what the host does not see": ("preprocessor", "#endif\nint evil = 1;\n#if 1"),
    "a macro": ("preprocessor", "#define float double"),
    "another header": ("include", "#include <fstream>"),
    "a header by its path": ("include", '#include "/etc/passwd"'),
    "a header of the project that was not offered": ("include", '#include "operand.cuh"'),
    "another pragma": ("preprocessor", "#pragma nv_exec_check_disable"),
    "the end of the namespace": ("brace", "} } int evil() { return 1; } namespace x { void y() {"),
    "a comment without end": ("comment", "/* #endif"),
    "words of another alphabet": ("character", "float \u0430 = 0;"),
}


def gpu() -> GpuFactors:
    found = find_gpu("rtx 4060")
    assert found
    return found


def test_a_kernel_is_taken_as_it_is() -> None:
    kernel = given(TEXT, "f32")
    assert (kernel.bm, kernel.bn, kernel.bk, kernel.threads, kernel.blocks, kernel.shared) == (64, 64, 8, 256, 2, 4096)
    assert kernel.includes == ('"async_copy.cuh"', '"raster.cuh"')
    assert [line for line in TEXT.splitlines() if "#include" not in line] == kernel.text.splitlines()
    assert not kernel.problems(gpu())


@pytest.mark.parametrize(("rule", "code"), HOSTILE.values(), ids=HOSTILE)
def test_what_is_not_allowed_is_turned_down(rule: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        given(TEXT.replace(START, f"{START}\n{code}\n"), "f32")
    assert refused.value.rule == rule


@pytest.mark.parametrize("name", ["BM", "BN", "BK", "THREADS", "BLOCKS", "SHARED"])
def test_numbers_are_wanted_once_each(name: str) -> None:
    line = re.search(rf"constexpr int {name} = \d+;\n", TEXT)
    assert line
    for text in (TEXT.replace(line[0], ""), TEXT.replace(line[0], 2 * line[0])):
        with pytest.raises(Refused, match=f"constexpr int {name}"):
            given(text, "f32")


def test_headers_of_tensor_cores_are_for_tensor_cores() -> None:
    text = f"#include <cute/tensor.hpp>\n{TEXT}"
    assert "<cute/tensor.hpp>" in given(text, "f16").includes
    with pytest.raises(Refused, match="include"):
        given(text, "f32")


def test_the_compiler_of_host_code_sees_nothing_of_it() -> None:
    """Between the conditions stands all of it, and nothing in it can end them."""
    kernel = given(TEXT, "f32")
    before, _, rest = write(kernel).partition("#if defined(__CUDA_ARCH__) || defined(EMULATOR_H)\n")
    inside, _, after = rest.partition("#endif")
    assert kernel.text in inside
    assert not re.search(r"^\s*#\s*(if|else|elif|endif)", kernel.text, re.M)
    assert "__syncthreads" not in before + after


def test_what_an_include_line_hides_is_not_shown_to_anybody() -> None:
    """It opens a comment; without the line the comment's text would be code."""
    hidden = '#include "raster.cuh" /*\n#endif\nint evil;\n#if 1 // */\n'
    assert given(hidden + TEXT, "f32").text == given(TEXT, "f32").text
    text = TEXT.replace('#include "raster.cuh"', '#include "raster.cuh" /* of tiles */ // here')
    assert given(text, "f32") == given(TEXT, "f32")


def test_many_lines_take_no_time() -> None:
    text = "\n" * 100_000 + TEXT + " \n" * 40_000
    assert given(text, "f32") == given(TEXT, "f32")


@pytest.mark.parametrize(
    "changes",
    [
        {"text": "#endif\nint evil;\n#if 1"},
        {"includes": ("<fstream>",)},
        {"includes": ('"raster.cuh"\n#define X',)},
        {"author": "me\n#include <x>"},
        {"bm": 128},
        {"text": ""},
    ],
)
def test_a_kernel_from_a_file_is_checked_again(changes: dict[str, Any]) -> None:
    kernel = given(TEXT, "f32").by("llm (a model, answer 1)")
    assert Given.from_dict(kernel.to_dict()) == kernel
    write(kernel)
    with pytest.raises(Refused):
        write(replace(kernel, **changes))


@pytest.mark.parametrize("changes", [{"bm": "64"}, {"more": 1}, {"operands": "f64"}, {"shared": None}, {"bk": True}])
def test_a_file_of_another_form_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="a kernel"):
        Given.from_dict(given(TEXT, "f32").to_dict() | changes)


def test_names_are_made_of_the_text() -> None:
    one, other = given(TEXT, "f32"), given(TEXT.replace("fmaf(sa", "fmaf(1 * sa"), "f32")
    assert one.name != other.name
    assert one.by("a model").name == one.name


def test_faults_go_back_to_the_model() -> None:
    model = Scripted(
        [ANSWER.replace("__syncthreads();", "__syncwarp();"), ANSWER, ANSWER.replace("BLOCKS = 2", "BLOCKS = 3")]
    )
    author = CudaAuthor(Recorder(model), gpu(), "f32")
    first = author.write()
    assert first.blocks == 2
    assert "__syncwarp" in model.asked[1].messages[-1].content
    assert author.write(Feedback("verify", "a wrong element: op(A) N")).blocks == 3
    assert "a wrong element" in model.asked[2].messages[-1].content
    assert "written for the test" in first.author


def test_an_answer_without_a_kernel_ends_it() -> None:
    with pytest.raises(UnusableAnswer, match="code blocks"):
        CudaAuthor(Recorder(Scripted(["I would rather not."])), gpu(), "f32").write()


def test_resources_are_counted() -> None:
    for old, new, said in (
        ("THREADS = 256", "THREADS = 250", "multiple of 32"),
        ("THREADS = 256", "THREADS = 2048", "a block has"),
        ("SHARED = 4096", "SHARED = 200000", "bytes of shared memory"),
        ("BLOCKS = 2", "BLOCKS = 9", "a multiprocessor runs"),
        ("BK = 8", "BK = 0", "at least 1"),
        ("BK = 8", "BK = 9999999", "at most"),
    ):
        assert said in " ".join(given(TEXT.replace(old, new), "f32").problems(gpu()))
