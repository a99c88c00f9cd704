"""The verification record: what proves the kernels, and where they come from."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from tensorop_gen.report.sections.model import Section, Table

if TYPE_CHECKING:
    from tensorop_gen.report.material import Material


def section(material: Material) -> Section:
    proof = material.record.verification
    return Section(
        "proof",
        "Verification record",
        lead=(
            f"{proof.cases:,} cases {'passed' if proof.passed else 'were run and FAILED'}; the worst ratio of an "
            f"element's error to the unit of its bound is r = {proof.worst_ratio:.2f}, where "
            "random data fail above max(16, 4 √k)."
        ),
        marks=(proof.kind,),
        tables=(Table(("", ""), _facts(material)), _worst(material)),
        notes=(
            *(f"not checked: {text}" for text in proof.not_checked),
            f"Prove it again: tensorop-gen verify {shlex.quote(material.folder)} --seed {proof.seed}",
        ),
    )


def _facts(material: Material) -> tuple[tuple[str, str], ...]:
    record, source = material.record, material.record.provenance
    proof = record.verification
    tuned = f"from a search of {source.trials} trials" if source.params == "tuned" else source.params
    rows = (
        ("cases", f"{proof.cases:,}"),
        ("worst ratio r", f"{proof.worst_ratio:.3f}"),
        ("level, seed", f"{proof.level}, {proof.seed}"),
        ("ran", proof.kind),
        ("host", source.host),
        ("compiler", source.compiler),
        ("date", source.date),
        ("made by", f"tensorop-gen {source.generator}, author {source.author}"),
        ("parameters", tuned),
        ("target", f"{record.cpu} ({record.triple}), {material.factors.title}"),
        ("harness", proof.harness),
        ("candidate", record.candidate),
        ("proof", f"SHA-256 {record.proof}, as the generated files cite it"),
    )
    return tuple((name, value) for name, value in rows if value)


def _worst(material: Material) -> Table:
    proof = material.record.verification
    names = dict.fromkeys([*proof.worst, *proof.counts])
    rows = tuple(
        (name, f"{proof.worst[name]:.3f}" if name in proof.worst else "-", f"{proof.counts.get(name, 0):,}")
        for name in names
    )
    return Table(("kernel or path", "worst r", "calls"), rows, "By kernel and path", folded=True)
