from __future__ import annotations

import errno
import multiprocessing
import os
import signal
from pathlib import Path

import pytest

from tensorop_gen.cache import store as store_module
from tensorop_gen.cache.archive import export_archive, import_archive
from tensorop_gen.cache.entry import MANIFEST
from tensorop_gen.cache.store import CacheError, Store

ENTRY = "x86_64-linux-gnu/toy/sgemm-0123"
FILES = {"record.json": b"{}", "libtensorop.a": b"\x00\x01"}


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def store(tmp_path: Path, told: list[str]) -> Store:
    return Store(tmp_path / "cache", told.append)


def test_what_is_written_is_read(store: Store) -> None:
    assert store.read(ENTRY) is None
    store.write(ENTRY, FILES)
    assert store.read(ENTRY) == FILES
    store.write(ENTRY, {"record.json": b"new"})
    assert store.read(ENTRY) == {"record.json": b"new"}
    assert store.entries() == (ENTRY,)


DAMAGE = {
    "changed": lambda folder: (folder / "record.json").write_bytes(b"{}x"),
    "cut": lambda folder: (folder / "libtensorop.a").write_bytes(b""),
    "lost": lambda folder: (folder / "record.json").unlink(),
    "manifest cut": lambda folder: (folder / MANIFEST).write_bytes((folder / MANIFEST).read_bytes()[:20]),
    "manifest lost": lambda folder: (folder / MANIFEST).unlink(),
    "manifest of another kind": lambda folder: (folder / MANIFEST).write_text("[1]"),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_damage_is_named_set_aside_and_mended_by_the_next_write(damage: str, store: Store, told: list[str]) -> None:
    store.write(ENTRY, FILES)
    DAMAGE[damage](store.root / ENTRY)
    assert store.read(ENTRY) is None
    assert len(told) == 1
    assert ENTRY in told[0]
    assert "set aside" in told[0]
    assert store.entries() == ()
    store.write(ENTRY, FILES)
    assert store.read(ENTRY) == FILES
    assert store.check() == ()


def test_check_names_the_damaged(store: Store) -> None:
    store.write(ENTRY, FILES)
    store.write("t/c/whole", FILES)
    DAMAGE["changed"](store.root / ENTRY)
    assert store.check() == (ENTRY,)
    assert store.entries() == ("t/c/whole",)


def test_a_full_disk_is_said_and_leaves_the_old_entry(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store.write(ENTRY, FILES)

    def full(path: Path, content: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content[:1])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(store_module, "_write_durably", full)
        with pytest.raises(CacheError, match=r"No space left on device.*TENSOROP_CACHE_DIR"):
            store.write(ENTRY, {"record.json": b"new"})
    assert store.read(ENTRY) == FILES
    store.write(ENTRY, {"record.json": b"new"})
    assert store.read(ENTRY) == {"record.json": b"new"}


def _killed_while_writing(root: Path) -> None:
    store_module._write_durably = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
    Store(root).write(ENTRY, {"record.json": b"half"})


def test_a_killed_run_leaves_no_half_entry(store: Store) -> None:
    store.write(ENTRY, FILES)
    process = multiprocessing.get_context("fork").Process(target=_killed_while_writing, args=(store.root,))
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    assert store.read(ENTRY) == FILES
    store.write(ENTRY, {"record.json": b"new"})
    assert store.read(ENTRY) == {"record.json": b"new"}


def _write_often(root: Path, content: bytes) -> None:
    for _ in range(20):
        Store(root).write(ENTRY, {"a": content, "b": content})


def test_two_runs_at_once_leave_one_or_the_other(store: Store, told: list[str]) -> None:
    store.write(ENTRY, {"a": b"1", "b": b"1"})
    context = multiprocessing.get_context("fork")
    processes = [context.Process(target=_write_often, args=(store.root, content)) for content in (b"1", b"2")]
    for process in processes:
        process.start()
    while any(process.is_alive() for process in processes):
        files = store.read(ENTRY)
        assert files is not None
        assert files["a"] == files["b"]
    for process in processes:
        process.join()
        assert process.exitcode == 0
    assert told == []


def test_a_held_lock_is_not_waited_for_forever(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store.write(ENTRY, FILES)
    monkeypatch.setattr(store_module, "LOCK_SECONDS", 0.01)
    other = Store(store.root)
    with store._locked(), pytest.raises(CacheError, match="another run has held"):
        other.write(ENTRY, FILES)


def test_a_cache_that_cannot_be_used_is_told_and_passed_over(store: Store, told: list[str]) -> None:
    store.write(ENTRY, FILES)
    (store.root / ".lock").unlink(missing_ok=True)
    (store.root / ".lock").mkdir()
    assert store.read(ENTRY) is None
    store.keep(ENTRY, FILES)
    assert len(told) == 2
    assert all("TENSOROP_CACHE_DIR" in message for message in told)
    with pytest.raises(CacheError):
        store.check()


def test_clear_removes_entries_only(store: Store) -> None:
    store.write(ENTRY, FILES)
    (store.root / "precious").write_text("not ours")
    assert store.clear() == 1
    assert store.entries() == ()
    assert (store.root / "precious").read_text() == "not ours"


@pytest.mark.parametrize("name", ["../out", "/abs", ".hidden/x", "", "a/../../b"])
def test_names_cannot_leave_the_cache(name: str, store: Store) -> None:
    with pytest.raises(ValueError, match="no name of a cache entry"):
        store.write(name, FILES)


def test_an_archive_carries_whole_entries(store: Store, tmp_path: Path) -> None:
    store.write(ENTRY, FILES)
    store.write("t/c/broken", FILES)
    DAMAGE["cut"](store.root / "t/c/broken")
    assert export_archive(store, tmp_path / "cache.tar.gz") == 1
    other = Store(tmp_path / "other")
    assert import_archive(other, tmp_path / "cache.tar.gz") == (1, ())
    assert other.read(ENTRY) == FILES


def test_a_bad_archive(store: Store, tmp_path: Path) -> None:
    import io
    import tarfile

    path = tmp_path / "bad.tar.gz"
    path.write_bytes(b"no archive")
    with pytest.raises(CacheError, match="no archive of cache entries"):
        import_archive(store, path)
    with tarfile.open(path, "w:gz") as archive:
        for name in ("../evil/record.json", "t/c/bare/record.json"):
            archive.addfile(tarfile.TarInfo(name), io.BytesIO())
    taken, faults = import_archive(store, path)
    assert taken == 0
    assert sorted(fault.split(":")[0] for fault in faults) == ["../evil", "t/c/bare"]
    assert store.entries() == ()
