"""The grammar of the one-line request; no language model is needed."""

from __future__ import annotations

import difflib
import re

from tensorop_gen.request.model import Request, RequestError, Shape
from tensorop_gen.request.models import take_models
from tensorop_gen.request.shapes import take_shapes
from tensorop_gen.request.words import DTYPES, FILLERS, HOST, vocabulary

_MATRIX_PRODUCT = re.compile(r"matrix[\s-]+(?:matrix[\s-]+)?(?:multiplication|multiply|product)", re.I)
_TARGET = re.compile(r"(?:^|\s)(?:for|on|targeting)(?=\s|$)", re.I)
_TARGET_END = re.compile(r"\s*[,;]|\s(?:with|in|of|at|and|shapes?|sizes?)(?=\s|$)", re.I)
_ARTICLES = re.compile(r"^(?:an?|the|my)\s+(?=.)", re.I)


def parse(text: str) -> Request:
    """Reads a sentence such as "sgemm for this machine" or "gemm f32 on CHIP 1000x1000x1000", or
    "sgemm for CHIP for Llama-7B shapes".

    Raises RequestError, which says what was understood and the nearest names."""
    named_shapes, without = take_models(text)
    shapes, rest = take_shapes(without)
    shapes += named_shapes
    what, *wheres = _TARGET.split(_MATRIX_PRODUCT.sub("gemm", rest))
    targets: list[str] = []
    for where in wheres:
        target, *more = _TARGET_END.split(where, maxsplit=1)
        targets.append(_target(target))
        what = " ".join((what, *more))
    named = sorted({target for target in targets if target})
    if len(named) > 1:
        raise RequestError(f"two targets, {' and '.join(named)}: one request is for one CPU")
    target = named[0] if named else "host"
    operator, dtype = _operator(what, target if named else "", shapes)
    return Request(text=text.strip(), operator=operator, dtype=dtype, target=target, shapes=shapes)


def require_cpu(request: Request) -> None:
    """Raises RequestError for what can be generated for GPUs only; the target turned out to be none."""
    if (request.operator, request.dtype) in vocabulary().gpu_only:
        raise RequestError(
            f'{request.operator} {request.dtype} is generated for GPUs only, "{request.target}" is none; '
            f"ready for CPUs: {_ready()}"
        )


def _operator(what: str, target: str, shapes: tuple[Shape, ...]) -> tuple[str, str]:
    """Operator and data type of the words that are not the target."""
    known = vocabulary()
    operators: dict[str, str | None] = {}
    dtypes: set[str] = set()
    unknown: list[str] = []
    for word in re.findall(r"[^\s,;:.!?]+", what.lower()):
        if word in known.operators:
            operator, fixed = known.operators[word]
            operators[operator] = fixed
            dtypes |= {fixed} if fixed else set()
        elif word in DTYPES:
            dtypes.add(DTYPES[word])
        elif word not in FILLERS:
            unknown.append(word)
    understood = _describe(tuple(operators), dtypes, target, shapes)
    if unknown:
        raise _unknown(unknown[0], understood)
    if not operators and not shapes:
        raise RequestError("the request names no operator", understood, ("sgemm", "gemm f32"))
    if len(operators) > 1 or len(dtypes) > 1:
        raise RequestError("one request is for one operator in one data type", understood)
    operator = next(iter(operators), "gemm")
    dtype = next(iter(dtypes), "f32")
    if (operator, dtype) not in known.ready and not ((operator, dtype) in known.gpu_only and target):
        raise RequestError(f"{operator} {dtype} is known but cannot be generated yet; ready: {_ready()}", understood)
    return operator, dtype


def _ready() -> str:
    return ", ".join(" ".join(pair) for pair in sorted(vocabulary().ready))


def _unknown(word: str, understood: str) -> RequestError:
    if re.fullmatch(r"\d+(?:[x\u00d7*]\d*)*", word):
        return RequestError(f'"{word}" is not a shape: write m, k and n as 64x4096x64', understood)
    words = vocabulary().operators
    nearest = tuple(difflib.get_close_matches(word, [*words, *DTYPES], n=3, cutoff=0.5))
    problem = f'no operator or data type is called "{word}" (a target comes after "for")'
    return RequestError(problem, understood, nearest or tuple(words)[:3])


def _target(text: str) -> str:
    """The target's own words without fillers; "host" for the ways to say "this machine"; "" if nothing is left."""
    words = " ".join(text.strip(" ,;.!?").split())
    if words.lower() in HOST:
        return "host"
    words = _ARTICLES.sub("", words)
    return "" if all(word in FILLERS for word in words.lower().split()) else words


def _describe(operators: tuple[str, ...], dtypes: set[str], target: str, shapes: tuple[Shape, ...]) -> str:
    parts = [f"operator {name}" for name in operators] + [f"data type {name}" for name in sorted(dtypes)]
    parts += [f'target "{target}"'] if target else []
    parts += [f"shape {shape}" for shape in shapes]
    return ", ".join(parts)
