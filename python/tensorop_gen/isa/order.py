"""Reordering instructions inside a block: what must stay in order, and the permuted block."""

from __future__ import annotations

from dataclasses import replace

from tensorop_gen.isa.program import Block, Insn, Program

_FIXED = ("branch", "ret", "stack")


def depends(first: Insn, second: Insn) -> bool:
    """Whether `second`, which stands behind `first`, must stay behind it."""
    if first.kind in _FIXED or second.kind in _FIXED:
        return True
    return bool(first.writes & (second.reads | second.writes) or first.reads & second.writes)


def reorder(block: Block, permutation: tuple[int, ...]) -> Block:
    """The block with instruction permutation[i] in place i.

    Raises ValueError for what is no permutation of the block's instructions or turns a dependence round."""
    insns = block.insns
    if sorted(permutation) != list(range(len(insns))):
        raise ValueError(f"block {block.label}: not a permutation of its {len(insns)} instructions")
    for place, late in enumerate(permutation):
        for early in permutation[place + 1 :]:
            if early < late and depends(insns[early], insns[late]):
                raise ValueError(f"block {block.label}: instruction {late} depends on {early}, which it would precede")
    return replace(block, insns=tuple(insns[i] for i in permutation))


def reorder_blocks(program: Program, permutations: dict[str, tuple[int, ...]]) -> Program:
    """The program with the named blocks reordered; raises ValueError for a block that it has not."""
    if unknown := permutations.keys() - {b.label for b in program.blocks}:
        raise ValueError(f"no block is called {', '.join(sorted(unknown))}")
    return Program(tuple(reorder(b, permutations[b.label]) if b.label in permutations else b for b in program.blocks))
