"""What a model's CUDA may contain, before a compiler sees it: lists of what is allowed.

What goes on is the text that was checked, without comments and directives but `#pragma unroll`."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from tensorop_gen.author.llm.size import check_size
from tensorop_gen.isa.refused import Refused
from tensorop_gen.operators.gemm.cuda.given import Given

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tensorop_gen.operators.gemm.cuda.variant import Operands

_HEADERS = ('"async_copy.cuh"', '"raster.cuh"')
_TENSOR_HEADERS = (*_HEADERS, '"element.cuh"', '"mma_atoms.cuh"', "<cute/tensor.hpp>")
_INCLUDE = re.compile(r"#[ \t]*include[ \t]*(?P<name>[<\"][^>\"]*[>\"])")
_UNROLL = re.compile(r"#[ \t]*pragma[ \t]+unroll([ \t]+\w+|[ \t]*\([ \t]*\w+[ \t]*\))?")
_NUMBERS = ("BM", "BN", "BK", "THREADS", "BLOCKS", "SHARED")
_NUMBER = re.compile(rf"constexpr[ \t]+int[ \t]+(?P<name>{'|'.join(_NUMBERS)})[ \t]*=[ \t]*(?P<value>\d{{1,7}})[ \t]*;")
_AUTHOR = re.compile(r"[\w .:+(),-]{0,200}", re.ASCII)
_KEYWORDS = ("return", "else", "do", "case", "and", "or", "not", "xor", "sizeof", "alignof", "decltype")
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
    """The kernel of an answer. Raises Refused for what could reach other functions, keep something from call to call,
    or be seen by the compiler of host code."""
    check_size(text)
    if found := re.search(r"[^\n\t -~]|\\|\?\?", text):  # they hide where lines and comments end
        raise Refused("character", f"{found[0]!r} has no place in a kernel", _line_of(text, found.start()))
    lines = [line.rstrip() for line in re.sub(r"/\*.*?\*/|//[^\n]*", " ", text, flags=re.S).split("\n")]
    includes = _directives(lines, _HEADERS if operands == "f32" else _TENSOR_HEADERS)
    kept = [line for line in lines if line and not _INCLUDE.fullmatch(line.strip())]
    code = [line for line in kept if not line.lstrip().startswith("#")]
    _check_words("\n".join(code))
    numbers = _numbers(code)
    return Given(
        operands=operands,
        bm=numbers["BM"],
        bn=numbers["BN"],
        bk=numbers["BK"],
        threads=numbers["THREADS"],
        blocks=numbers["BLOCKS"],
        shared=numbers["SHARED"],
        includes=includes,
        text="\n".join(kept),
    )


def check_given(kernel: Given) -> None:
    """Of a kernel from a file, which anybody may have written. Raises Refused."""
    again = given("\n".join([*(f"#include {name}" for name in kernel.includes), kernel.text]), kernel.operands)
    if again != replace(kernel, author=again.author, share=again.share) or not _AUTHOR.fullmatch(kernel.author):
        raise Refused("file", "the kernel is not as it was kept")


def _directives(lines: Sequence[str], allowed: tuple[str, ...]) -> tuple[str, ...]:
    """The headers that are named. Raises Refused for other directives."""
    found = []
    for line in (line.strip() for line in lines if "#" in line):
        if match := _INCLUDE.fullmatch(line):
            if match["name"] not in allowed:
                raise Refused("include", f"{match['name']} is none of {' '.join(allowed)}", line)
            found.append(match["name"])
        elif not _UNROLL.fullmatch(line):
            raise Refused("preprocessor", "only #include and #pragma unroll", line)
    return tuple(dict.fromkeys(found))


def _check_words(code: str) -> None:
    """Of the text without comments and directives."""
    if found := re.search(r"[\"'`@$]|%:|<:", code):
        raise Refused("character", f"{found[0]} has no place in a kernel", _line_of(code, found.start()))
    if word := _WORDS.search(code):
        raise Refused("word", f"{word[0]} is not allowed", _line_of(code, word.start()))
    for word in re.finditer(r"\b__\w+", code):
        if word[0] not in _UNDERSCORES:
            raise Refused("word", f"{word[0]} is none of {' '.join(_UNDERSCORES)}", _line_of(code, word.start()))
    for scope in re.finditer(r"(?P<before>\w*>?)::", code):
        if scope["before"] in ("", ">", *_KEYWORDS):
            raise Refused("word", "names of the global scope (::name) are not allowed", _line_of(code, scope.start()))
    depth = 0
    for brace in re.finditer(r"[{}]", code):
        depth += 1 if brace[0] == "{" else -1
        if depth < 0:
            raise Refused("brace", "this } closes what is not the kernel's", _line_of(code, brace.start()))


def _numbers(code: Sequence[str]) -> dict[str, int]:
    found = [(match["name"], int(match["value"])) for line in code if (match := _NUMBER.match(line.strip()))]
    names = [name for name, _ in found]
    for name in _NUMBERS:
        if names.count(name) != 1:
            raise Refused("numbers", f"one line `constexpr int {name} = ...;` with a decimal number is wanted")
    return dict(found)


def _line_of(text: str, place: int) -> str:
    return text[text.rfind("\n", 0, place) + 1 : (text.find("\n", place) + 1 or len(text) + 1) - 1].strip()
