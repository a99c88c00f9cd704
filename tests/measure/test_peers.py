from __future__ import annotations

from pathlib import Path

import pytest

from tensorop_gen.measure import peers
from tensorop_gen.measure.errors import MeasureError
from tensorop_gen.measure.peers import PEERS, find_peers, own_library
from tensorop_gen.request.model import RequestError, Shape
from tensorop_gen.source import source_root

OPENBLAS = "lib/python3.11/site-packages/scipy_openblas32/lib/libscipy_openblas.so"


@pytest.fixture(autouse=True)
def nowhere_else(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Only the folder named is searched."""
    monkeypatch.setenv(peers.PEERS_DIR, str(tmp_path / "named"))
    monkeypatch.setattr(peers, "_ELSEWHERE", ())


def put(root: Path, *names: str) -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("")


def test_found_in_a_folder_and_missing_ones_are_named(tmp_path: Path) -> None:
    put(tmp_path, OPENBLAS, "lib/libmkl_rt.so.3", "lib/libdnnl.so.3.2", "lib/libdnnl.so.3")
    found, missing = find_peers(["all"], tmp_path)
    assert [one.name for one in found] == ["OpenBLAS", "MKL", "oneDNN 3.2"]
    assert [(one.name, bool(one.install)) for one in missing] == [("oneDNN 3.13", True), ("LIBXSMM", True)]
    assert found[1].env["MKL_INTERFACE_LAYER"] == "LP64"
    assert found[1].env["LD_LIBRARY_PATH"] == str(tmp_path / "lib")


def test_the_environment_names_a_folder_too(tmp_path: Path) -> None:
    put(tmp_path / "named", OPENBLAS)
    found, missing = find_peers(["openblas"])
    assert ([one.name for one in found], missing) == (["OpenBLAS"], ())


def test_one_group_may_be_several_versions(tmp_path: Path) -> None:
    put(tmp_path, "lib/libdnnl.so.3.2", "lib/libdnnl.so.3.13")
    found, _ = find_peers(["onednn"], tmp_path)
    assert [one.path.name for one in found] == ["libdnnl.so.3.13", "libdnnl.so.3.2"]


def test_none_and_unknown(tmp_path: Path) -> None:
    assert find_peers([], tmp_path) == ((), ())
    with pytest.raises(RequestError, match='"blis": they are libxsmm, mkl, onednn, openblas'):
        find_peers(["blis"], tmp_path)


def test_libxsmm_takes_plain_small_products_only(tmp_path: Path) -> None:
    put(tmp_path, "lib/libxsmm.so")
    (xsmm,), _ = find_peers(["libxsmm"], tmp_path)
    assert xsmm.takes(Shape(64, 64, 64))
    assert not xsmm.takes(Shape(63, 65, 67))
    assert not xsmm.takes(Shape(8, 8, 8, "TN"))


def test_own_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LD_LIBRARY_PATH", raising=False)
    put(tmp_path, "libtensorop.so.0")
    path = tmp_path / "libtensorop.so.0"
    assert own_library(str(path)).name == "tensorop"
    assert own_library(f"new={path}").name == "new"
    with pytest.raises(MeasureError, match=r"there is no library .*nothing\.so"):
        own_library(str(tmp_path / "nothing.so"))


def test_what_is_installed_is_what_is_looked_for() -> None:
    lines = (source_root() / "bench" / "peers.txt").read_text(encoding="utf-8").splitlines()
    packages = {line.split("==")[0] for line in lines if line and not line.startswith("#")}
    assert packages == {"scipy-openblas32", "mkl", "onednn", "onednn-cpu-gomp"}
    assert {peer.group for peer in PEERS} == {"openblas", "mkl", "onednn", "libxsmm"}
