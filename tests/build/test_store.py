from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from tensorop_gen.build.store import digest, kept


def test_made_once(tmp_path: Path) -> None:
    made: list[Path] = []

    def make(folder: Path) -> None:
        made.append(folder)
        (folder / "file").write_text("x")

    first, second = (kept(tmp_path / "key", make) for _ in range(2))
    assert first == second == tmp_path / "key"
    assert (first / "file").read_text() == "x"
    assert len(made) == 1


def test_two_at_once(tmp_path: Path) -> None:
    both = Barrier(2)

    def make(folder: Path) -> None:
        (folder / "file").write_text("x")
        both.wait(10)

    with ThreadPoolExecutor(2) as pool:
        results = [f.result() for f in [pool.submit(kept, tmp_path / "key", make) for _ in range(2)]]
    assert results == [tmp_path / "key"] * 2
    assert [p.name for p in tmp_path.iterdir()] == ["key"]


def test_failure_leaves_nothing(tmp_path: Path) -> None:
    def make(folder: Path) -> None:
        (folder / "half").write_text("x")
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        kept(tmp_path / "key", make)
    assert not list(tmp_path.iterdir())


def test_digest_tells_parts_apart() -> None:
    assert digest(["ab", "c"]) != digest(["a", "bc"])
    assert digest(["a"]) == digest([b"a"])
