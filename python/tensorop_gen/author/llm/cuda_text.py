"""What a model's CUDA may contain, before a compiler sees it: lists of what is allowed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tensorop_gen.author.llm.size import check_size
from tensorop_gen.isa.refused import Refused
from tensorop_gen.operators.gemm.cuda.given import Given

if TYPE_CHECKING:
    from tensorop_gen.operators.gemm.cuda.variant import Operands

_HEADERS = ('"async_copy.cuh"', '"raster.cuh"')
_TENSOR_HEADERS = (*_HEADERS, '"element.cuh"', '"mma_atoms.cuh"', "<cute/tensor.hpp>")
_INCLUDE = re.compile(r"#\s*include\s*(?P<name>[<\"][^>\"]*[>\"])")
_UNROLL = re.compile(r"#\s*pragma\s+unroll(\s+\w+|\s*\(\s*\w+\s*\))?")
_NUMBER = re.compile(
    r"^\s*constexpr\s+int\s+(?P<name>BM|BN|BK|THREADS|BLOCKS|SHARED)\s*=\s*(?P<value>\d{1,7})\s*;", re.M
)
_NUMBERS = ("BM", "BN", "BK", "THREADS", "BLOCKS", "SHARED")
_UNDERSCORES = (
    "__device__",
    "__forceinline__",
    "__restrict__",
    "__syncthreads",
    "__ldg",
    "__half",
    "__nv_bfloat16",
)
_WORDS = re.compile(
    r"\b(asm|extern|static|thread_local|volatile|register|new|delete|throw|try|catch|typeid|friend|goto|import|module|"
    r"export|std|cuda\w*|cooperative_groups|atomic\w*|clock\w*|printf|vprintf|malloc|free|assert|_Pragma|_\w*Static\w*)\b"
)


def given(text: str, operands: Operands) -> Given:
    """The kernel of an answer, as text. Raises Refused for what could reach other functions, keep something from call
    to call, or be seen by the compiler of host code."""
    check_size(text)
    if found := re.search(r"\\|\?\?", text):  # in a comment too: they hide where it ends
        raise Refused("character", f"{found[0]} has no place in a kernel", _line_of(text, found.start()))
    plain = re.sub(r"/\*.*?\*/|//[^\n]*", " ", text, flags=re.S)
    code = re.sub(r"^\s*#[^\n]*", "", plain, flags=re.M)
    if found := re.search(r"[\"'`@$]|%:|<:", code):
        raise Refused("character", f"{found[0]} has no place in a kernel", _line_of(code, found.start()))
    includes = _directives(plain, _HEADERS if operands == "f32" else _TENSOR_HEADERS)
    _check_words(code)
    numbers = _numbers(plain)
    body = re.sub(r"^\s*#\s*include[^\n]*\n", "", text, flags=re.M).strip()
    return Given(
        operands=operands,
        bm=numbers["BM"],
        bn=numbers["BN"],
        bk=numbers["BK"],
        threads=numbers["THREADS"],
        blocks=numbers["BLOCKS"],
        shared=numbers["SHARED"],
        includes=includes,
        text=body,
    )


def _directives(plain: str, allowed: tuple[str, ...]) -> tuple[str, ...]:
    """The headers that are named. Raises Refused for other directives."""
    found = []
    for line in (line.strip() for line in plain.splitlines() if "#" in line):
        if match := _INCLUDE.fullmatch(line):
            if match["name"] not in allowed:
                raise Refused("include", f"{match['name']} is none of {' '.join(allowed)}", line)
            found.append(match["name"])
        elif not _UNROLL.fullmatch(line):
            raise Refused("preprocessor", "only #include and #pragma unroll", line)
    return tuple(dict.fromkeys(found))


def _check_words(plain: str) -> None:
    """Of the text without comments and directives."""
    if word := _WORDS.search(plain):
        raise Refused("word", f"{word[0]} is not allowed", _line_of(plain, word.start()))
    for word in re.finditer(r"\b__\w+", plain):
        if word[0] not in _UNDERSCORES:
            raise Refused("word", f"{word[0]} is none of {' '.join(_UNDERSCORES)}", _line_of(plain, word.start()))
    if scope := re.search(r"(?<![\w>])\s*::", plain):
        raise Refused("word", "names of the global scope (::name) are not allowed", _line_of(plain, scope.start()))
    depth = 0
    for brace in re.finditer(r"[{}]", plain):
        depth += 1 if brace[0] == "{" else -1
        if depth < 0:
            raise Refused("brace", "this } closes what is not the kernel's", _line_of(plain, brace.start()))


def _numbers(plain: str) -> dict[str, int]:
    found = [(match["name"], int(match["value"])) for match in _NUMBER.finditer(plain)]
    names = [name for name, _ in found]
    for name in _NUMBERS:
        if names.count(name) != 1:
            raise Refused("numbers", f"one line `constexpr int {name} = ...;` with a decimal number is wanted")
    return dict(found)


def _line_of(text: str, place: int) -> str:
    return text[text.rfind("\n", 0, place) + 1 : (text.find("\n", place) + 1 or len(text) + 1) - 1].strip()
