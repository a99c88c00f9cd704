"""What a model's C may contain, before a compiler sees it and when macros are expanded: lists of what is allowed."""

from __future__ import annotations

import re

from tensorop_gen.author.llm.size import check_size
from tensorop_gen.isa.refused import Refused

_INCLUDES = ("<stdint.h>", "<stddef.h>", "<stdbool.h>", '"tensorop/kernel_abi.h"')
_PREPROCESSOR = re.compile(
    r"#\s*(include\s*(?P<include>[<\"][^>\"]*[>\"])|pragma\s+GCC\s+unroll\s+\d{1,2}|"
    r"(?P<macro>define|undef)\s+\w[^\"'`@$]*)"
)
_OWN_LINES = re.compile(r'^# \d+ "(?P<file>[^"\n]*)"[^\n]*\n(?P<lines>(?:(?!# \d)[^\n]*\n)*)', re.M)
_WORDS = re.compile(
    r"\b(asm|__asm\w*|__attribute\w*|__declspec|_Pragma|__pragma|__extension__|_Thread_local|__thread|extern|"
    r"constructor|__has_\w+|_Generic|typeof|__auto_type|volatile|register|setjmp|longjmp|alloca)\b"
)
_BUILTINS = (
    "__builtin_expect",
    "__builtin_assume_aligned",
    "__builtin_prefetch",
    "__builtin_unreachable",
    "__builtin_fmaf",
)


def check_c(text: str, header: str) -> str:
    """The text as it is. Raises Refused for what could reach files, other functions or the object's own form.

    header: the one with the intrinsics, if there is any."""
    check_size(text)
    joined = re.sub(r"\\\n", "", text)
    if "\\" in joined or "??" in joined or "%:" in joined or "<:" in joined:
        raise Refused("character", "backslashes (but at a line's end), trigraphs and digraphs hide what is written")
    plain = re.sub(r"/\*.*?\*/|//[^\n]*", " ", joined, flags=re.S)
    _check_words("\n".join(_directive(line.strip(), header) if "#" in line else line for line in plain.splitlines()))
    return text


def check_expanded(preprocessed: str, file: str) -> None:
    """What the macros of a file make. preprocessed: with the compiler's line marks. Raises Refused."""
    _check_words("".join(m["lines"] for m in _OWN_LINES.finditer(preprocessed) if m["file"] == file))


def _check_words(plain: str) -> None:
    """Of C without comments and without directives but macros."""
    if quote := re.search(r"[\"'`@$]", plain):
        raise Refused("character", f"{quote[0]} has no place in a kernel", _line_of(plain, quote.start()))
    if word := _WORDS.search(plain):
        raise Refused("word", f"{word[0]} is not allowed", _line_of(plain, word.start()))
    for builtin in re.finditer(r"\b__(builtin|atomic|sync)_\w+", plain):
        if builtin[0] not in _BUILTINS:
            raise Refused("word", f"{builtin[0]} is not allowed; use intrinsics", _line_of(plain, builtin.start()))


def _directive(line: str, header: str) -> str:
    """What is left to check of it: a macro's text. Raises Refused."""
    allowed = (*([header] if header else []), *_INCLUDES)
    match = _PREPROCESSOR.fullmatch(line)
    if not match:
        raise Refused("preprocessor", "only #include, #define, #undef and #pragma GCC unroll N", line)
    if match["include"] and match["include"] not in allowed:
        raise Refused("include", f"{match['include']} is none of {' '.join(allowed)}", line)
    return line if match["macro"] else ""


def _line_of(text: str, place: int) -> str:
    return text[text.rfind("\n", 0, place) + 1 : (text.find("\n", place) + 1 or len(text) + 1) - 1].strip()
