"""The text of one small kernel for each instruction set. `pytest --update-golden` rewrites the files."""

from __future__ import annotations

from pathlib import Path

import pytest

from tensorop_gen.isa.driver import tile_kernel
from tensorop_gen.isa.kernel import TileKernel
from tensorop_gen.isa.target import find

FOLDER = Path(__file__).parents[1] / "golden"


@pytest.mark.parametrize("name", ["avx512", "avx2", "neon"])
def test_compute(name: str, request: pytest.FixtureRequest) -> None:
    isa = find(name)
    kernel = TileKernel("compute", (2,), unroll=2, mr=isa.lanes, nr=2, prefetch_c=1)
    text = isa.assembly({"compute": tile_kernel(isa.tile, kernel)})
    path = FOLDER / f"compute_1vx2_{name}.S"
    if request.config.getoption("--update-golden"):
        path.write_text(text)
    assert text == path.read_text()
