from __future__ import annotations

import re

from tensorop_gen.emit import cuda
from tensorop_gen.hardware.gpu import all_gpus, find_gpu
from tensorop_gen.operators.gemm.cuda.space import possible
from tensorop_gen.operators.gemm.cuda.variant import symbol

FILES = cuda.project(all_gpus())


def listed(name: str, text: str) -> set[str]:
    found = re.search(rf"set\({name}\n(.*?)\)", text, re.S)
    assert found
    return set(found[1].split())


def test_every_source_is_listed() -> None:
    text = FILES["cuda.cmake"]
    sources = {name for name in FILES if name.endswith((".c", ".cu"))}
    names = ("TENSOROP_CUDA_C_SOURCES", "TENSOROP_CUDA_SOURCES", "TENSOROP_CUDA_HOPPER_SOURCES")
    assert set().union(*(listed(name, text) for name in names)) == sources
    assert {f"gemm/{symbol(variant)}.cu" for gpu in all_gpus() for variant in possible(gpu)} <= sources


def test_the_makefile_has_the_sources_that_cmake_has() -> None:
    names = {"C_SOURCES": "C_SOURCES", "KERNELS": "SOURCES", "HOPPER": "HOPPER_SOURCES"}
    for variable, list_name in names.items():
        found = re.search(rf"^{variable} := (.*)$", FILES["Makefile"], re.M)
        assert found
        assert set(found[1].split()) == listed(f"TENSOROP_CUDA_{list_name}", FILES["cuda.cmake"])
    assert "ARCHITECTURES ?= 80 89 90\n" in FILES["Makefile"]


def test_the_table_has_a_row_for_each_possible_kernel_by_ascending_capability() -> None:
    rows = re.findall(r"\{(\d+), &(\w+), ([\d.]+)f\}", FILES["cuda/table.c"])
    assert [int(row[0]) for row in rows] == sorted(int(row[0]) for row in rows)
    a100 = find_gpu("a100")
    assert a100
    assert {row[1] for row in rows if row[0] == "80"} == {symbol(variant) for variant in possible(a100)}
    assert {row[0] for row in rows} == {str(gpu.capability) for gpu in all_gpus()}


def test_one_gpu_and_one_data_type() -> None:
    gpu = find_gpu("rtx 4060")
    assert gpu
    files = cuda.project([gpu], ["f32"])
    kernels = {name for name in files if name.endswith(".cu")} - {"gemm/reduce.cu"}
    assert kernels == {f"gemm/{symbol(v)}.cu" for v in possible(gpu) if v.operands == "f32"}


def test_equal_inputs_give_equal_bytes() -> None:
    assert cuda.project(all_gpus()) == FILES


def test_the_list_for_cmake_names_what_is_written_and_what_it_is_made_from() -> None:
    text = cuda.list_file(FILES)
    assert listed("TENSOROP_CUDA_FILES", text) == {n for n in FILES if n.startswith(("include/", "cuda/", "gemm/"))}
    assert all(f"[==[{path}]==]" in text for path in cuda.inputs())
