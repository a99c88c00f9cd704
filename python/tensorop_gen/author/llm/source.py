"""What a model's text may contain before an assembler or a compiler sees it: lists of what is allowed."""

from __future__ import annotations

import re

from tensorop_gen.isa.refused import Refused

LONGEST = 200_000  # characters
_FILL = r"(\s*,\s*(0x90)?\s*(,\s*\d{1,3})?)?"
_ALIGN = rf"(1|2|4|8|16|32|64){_FILL}"
_DIRECTIVES = {
    "text": "",
    "att_syntax": "(prefix)?",
    "intel_syntax": "(no)?prefix",
    "globl": r"(?P<symbol>\w+)",
    "global": r"(?P<symbol>\w+)",
    "hidden": r"(?P<symbol>\w+)",
    "type": r"(?P<symbol>\w+)\s*,\s*[@%]function",
    "size": r"(?P<symbol>\w+)\s*,\s*\.\s*-\s*(?P=symbol)",
    "p2align": rf"[0-6]{_FILL}",
    "balign": _ALIGN,
    "align": _ALIGN,
    "section": r'\.text|\.note\.GNU-stack\s*,\s*""\s*,\s*[@%]progbits',
}
_LABEL = re.compile(r"(?P<name>\.L[\w.$]+|\w+):\s*(?P<rest>.*)")
_STATEMENT = re.compile(r"[a-z][\w.]*(\s+[-\w\s%$(),.*+{}\[\]:]*)?", re.I)

_INCLUDES = ("<immintrin.h>", "<stdint.h>", "<stddef.h>", "<stdbool.h>", '"tensorop/kernel_abi.h"')
_PREPROCESSOR = re.compile(r"#\s*(include\s*(?P<include>[<\"][^>\"]*[>\"])|pragma\s+GCC\s+unroll\s+\d{1,2})\s*")
_WORDS = re.compile(
    r"\b(asm|__asm\w*|__attribute\w*|__declspec|_Pragma|__pragma|__extension__|_Thread_local|__thread|extern|"
    r"constructor|__has_\w+|_Generic|typeof|__auto_type|volatile|register|setjmp|longjmp|alloca)\b"
)
_BUILTINS = ("__builtin_expect", "__builtin_assume_aligned", "__builtin_prefetch", "__builtin_unreachable")


def check_assembly(text: str, symbol: str) -> str:
    """The text without comments and what is not needed. Raises Refused."""
    _check_size(text)
    plain = re.sub(r"/\*.*?\*/", " ", text, flags=re.S)
    lines = [re.split(r"#|//", line)[0].strip() for line in plain.splitlines()]
    return "".join(f"{_checked(line, symbol)}\n" for line in lines)


def _checked(line: str, symbol: str) -> str:
    """One line; labels may stand before a statement."""
    rest = line
    while match := _LABEL.fullmatch(rest):
        name, rest = match["name"], match["rest"]
        if not name.startswith(".L") and not name.isdigit() and name != symbol:
            raise Refused("symbol", f"only {symbol} is defined, and local labels (.Lname) in it", line)
    if rest.startswith("."):
        name, _, arguments = rest[1:].partition(" ") if " " in rest else rest[1:].partition("\t")
        if name.startswith("cfi_"):
            return line.removesuffix(rest)  # written anew
        if name not in _DIRECTIVES:
            raise Refused("directive", f".{name} is none of {', '.join('.' + d for d in _DIRECTIVES)}", line)
        found = re.fullmatch(_DIRECTIVES[name], arguments.strip())
        if not found:
            raise Refused("directive", f".{name} with these arguments", line)
        if found.groupdict().get("symbol", symbol) != symbol:
            raise Refused("symbol", f"only {symbol} may be named", line)
    elif rest and not _STATEMENT.fullmatch(rest):
        raise Refused("statement", "neither a label, a directive nor one plain instruction", line)
    return line


def check_c(text: str) -> str:
    """The text as it is. Raises Refused for what could reach files, other functions or the object's own form."""
    _check_size(text)
    if "\\" in text or "??" in text or "%:" in text or "<:" in text:
        raise Refused("character", "backslashes, trigraphs and digraphs hide what is written")
    plain = re.sub(r"/\*.*?\*/|//[^\n]*", " ", text, flags=re.S)
    for line in plain.splitlines():
        if "#" in line:
            _check_preprocessor(line.strip())
        elif quote := re.search(r"[\"'`@$]", line):
            raise Refused("character", f"{quote[0]} has no place in a kernel", line.strip())
    if word := _WORDS.search(plain):
        raise Refused("word", f"{word[0]} is not allowed", _line_of(plain, word.start()))
    for builtin in re.finditer(r"\b__(builtin|atomic|sync)_\w+", plain):
        if builtin[0] not in _BUILTINS:
            raise Refused("word", f"{builtin[0]} is not allowed; use intrinsics", _line_of(plain, builtin.start()))
    return text


def _check_preprocessor(line: str) -> None:
    match = _PREPROCESSOR.fullmatch(line)
    if not match:
        raise Refused(
            "preprocessor", "only #include and #pragma GCC unroll N: no macros (use enum, static inline)", line
        )
    if match["include"] and match["include"] not in _INCLUDES:
        raise Refused("include", f"{match['include']} is none of {' '.join(_INCLUDES)}", line)


def _check_size(text: str) -> None:
    if len(text) > LONGEST:
        raise Refused("size", f"{len(text)} characters; a kernel has at most {LONGEST}")
    if not text.isascii() or "\0" in text:
        raise Refused("character", "a kernel is written in ASCII")


def _line_of(text: str, place: int) -> str:
    return text[text.rfind("\n", 0, place) + 1 : (text.find("\n", place) + 1 or len(text) + 1) - 1].strip()
