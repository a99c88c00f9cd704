"""The language model as a second author: what it writes is proven like anything else, and kept if it is faster."""

from __future__ import annotations

import datetime
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tensorop_gen import operators
from tensorop_gen.author.builtin import BuiltinAuthor
from tensorop_gen.author.llm import Forge, LlmAuthor
from tensorop_gen.cache import records
from tensorop_gen.cache.stale import stale
from tensorop_gen.llm.model import LlmError, SetupError
from tensorop_gen.llm.open import is_decided, open_model
from tensorop_gen.llm.replay import Replay
from tensorop_gen.llm.transcript import Recorder, exchanges_in, written
from tensorop_gen.pipeline.contest import Contest
from tensorop_gen.pipeline.trial import PROBLEMS
from tensorop_gen.request.model import Request, RequestError
from tensorop_gen.tune.actions import ActionSpace

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tensorop_gen.author.model import Author, Candidate
    from tensorop_gen.build import Toolchain
    from tensorop_gen.cache.model import Record
    from tensorop_gen.cache.store import Store
    from tensorop_gen.hardware.model import HardwareFactors
    from tensorop_gen.llm.budget import Meter
    from tensorop_gen.llm.transcript import Exchange
    from tensorop_gen.operators.params import Params
    from tensorop_gen.pipeline.model import LlmChoice, Reporter
    from tensorop_gen.pipeline.workshop import Proven, Workshop

_SHOWN = 64_000  # characters of an answer that fill the progress bar


def written_again(
    request: Request,
    factors: HardwareFactors,
    toolchain: Toolchain,
    store: Store,
    kept: Record | None,
    fixed: Mapping[str, Any],
    say: Reporter,
) -> tuple[Author, Candidate, Record | None]:
    """What a record describes, by who wrote it: a model, if its answers were kept with the record. Without a record, or
    with one that this release does not take any more (then None comes back), what the builtin author begins with.
    fixed: parameters that are to be so, whatever the record says."""
    builtin = BuiltinAuthor()
    operator = operators.find(request.operator)
    space = ActionSpace(operator, factors, fixed=fixed)
    start = space.start(operator.defaults(factors)) if fixed else None
    if kept is None:
        return builtin, _begun(request, factors, start), None
    if old := stale(kept, factors):
        say.note(old)
    try:
        params = operator.params.from_dict(kept.params)
        if fixed:
            params = space.start(params)
        author, candidate = _by_its_author(request, factors, toolchain, params, kept, records.answers(store, kept), say)
    except ValueError as error:
        say.note(f"the record of {factors.name} is passed over: {error}")
        return builtin, _begun(request, factors, start), None
    return author, candidate, kept


def _begun(request: Request, factors: HardwareFactors, start: Params | None) -> Candidate:
    """Raises RequestError where the target has no kernels for the operator."""
    try:
        return BuiltinAuthor().write(request, factors, start)
    except ValueError as error:
        raise RequestError(f"{request.operator} cannot be written for {factors.name}: {error}") from None


def _by_its_author(
    request: Request,
    factors: HardwareFactors,
    toolchain: Toolchain,
    params: Params,
    kept: Record,
    answers: str,
    say: Reporter,
) -> tuple[Author, Candidate]:
    order = kept.order
    if answers:
        try:
            model = Recorder(Replay(exchanges_in(answers, "what is kept with the record")))
            author = LlmAuthor(model, forge_of(factors, toolchain))
            return author, author.write(request, factors, params, order)
        except LlmError as error:
            say.note(f"the kernels that a model wrote cannot be written again: {error}\nthe builtin author's are used")
            order = ()
    builtin = BuiltinAuthor()
    return builtin, builtin.write(request, factors, params, order)


def challenged(
    shop: Workshop, first: Proven, tuned: bool, llm: LlmChoice, store: Store, say: Reporter
) -> tuple[Workshop, Proven, Meter | None]:
    """The better of two: the proven candidate that is there and the model's, with the workshop of its author and what
    the model took. tuned: the first one's parameters come from a record, and the model writes for them; else it chooses
    its own. Whatever goes wrong with the model, the first one stands."""
    meter = None
    try:
        file = transcript_file(store.root, shop.factors.name)
        recorder, meter = ask_model(llm, file, say)
        author = LlmAuthor(recorder, forge_of(shop.factors, shop.toolchain), tell=say.note)
        say.stage("author", f"{recorder.name} is asked for {'' if tuned else 'the sketch and '}COMPUTE")
        try:
            contest = Contest(replace(shop, author=author), author, llm, say)
            best, answers = contest.run(first, tuned, is_decided(llm.model))
            recorder.keep(answers)
        finally:
            if recorder.exchanges:
                say.stage("llm", f"{meter}; transcript {recorder.digest[:16]} in {file}")
    except PROBLEMS as error:
        say.note(f"the model's kernel is not used: {error}\nthe {shop.author.name} author's is")
        return shop, first, meter
    if best is first:
        return shop, first, meter
    return replace(shop, author=frozen(author, answers, best.candidate)), best, meter


def frozen(author: LlmAuthor, answers: tuple[Exchange, ...], candidate: Candidate) -> LlmAuthor:
    """Writes the candidate and others with its kernels; the model is not asked again."""
    fixed = LlmAuthor(Recorder(Replay(answers)), author.forge, style=author.style)
    fixed.write(Request(""), candidate.factors, candidate.params)
    return fixed


def answers_of(author: Author) -> str:
    """What is kept with a record so that its candidate can be written again."""
    return written(author.accepted()) if isinstance(author, LlmAuthor) else ""


def forge_of(factors: HardwareFactors, toolchain: Toolchain) -> Forge:
    """What takes apart the answers of models for a target."""
    if toolchain.style == "zig":
        raise SetupError(f"a model's code is taken apart with GNU's tools: install gcc-{factors.triple}")
    objdump = "objdump" if toolchain.native else f"{factors.triple}-objdump"
    return Forge(toolchain.compiler, factors.isa, objdump)


def ask_model(llm: LlmChoice, transcript: Path, say: Reporter) -> tuple[Recorder, Meter]:
    """Raises SetupError."""
    return open_model(llm.model, llm.budget, transcript, say.note, lambda n: say.progress("llm", n, _SHOWN))


def transcript_file(root: Path, name: str) -> Path:
    """A new one. root: the cache folder."""
    stamp = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
    return root / "transcripts" / f"{name}-{stamp}.jsonl"
