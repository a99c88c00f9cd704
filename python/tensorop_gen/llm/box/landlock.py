"""Landlock: which files a process may still see. The kernel's interface has no wrapper in the C library."""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Iterable

_CREATE, _ADD, _RESTRICT = 444, 445, 446  # the same numbers on every architecture
_VERSION = 1  # flag of create: tell the interface's version
_EXECUTE, _WRITE, _READ, _READ_FOLDER, _TRUNCATE = 1, 1 << 1, 1 << 2, 1 << 3, 1 << 14
# Rights that the versions of the interface know: files since 1, then renames between folders, truncation, devices.
_FILES = {1: (1 << 13) - 1, 2: 1 << 13, 3: 1 << 14, 5: 1 << 15}
_TCP = 3  # bind and connect, since 4
_SCOPES = 3  # abstract sockets and signals, since 6

_libc = ctypes.CDLL(None, use_errno=True)


def version() -> int:
    """Of the kernel's interface; 0 where it has none."""
    return max(int(_libc.syscall(_CREATE, None, ctypes.c_size_t(0), _VERSION)), 0)


def restrict(read: Iterable[str], execute: Iterable[str], write: Iterable[str]) -> None:
    """From here on this process and its children see these folders and files only. Raises OSError."""
    known = version()
    rights = sum(bits for since, bits in _FILES.items() if since <= known)
    fields = [rights, _TCP if known >= 4 else 0, _SCOPES if known >= 6 else 0]
    attributes = struct.pack("=QQQ", *fields)[: 8 if known < 4 else 16 if known < 6 else 24]
    rules = _called(_CREATE, attributes, ctypes.c_size_t(len(attributes)), 0)
    for paths, allowed in (
        (read, _READ | _READ_FOLDER),
        (execute, _READ | _READ_FOLDER | _EXECUTE),
        (write, rights & ~_EXECUTE),
    ):
        for path in paths:
            _allow(rules, path, allowed)
    _called(_RESTRICT, rules, 0)
    os.close(rules)


def _allow(rules: int, path: str, allowed: int) -> None:
    """What is not there need not be allowed."""
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    if not os.path.isdir(path):  # noqa: PTH112  # few imports: this runs before the door is shut
        allowed &= _EXECUTE | _WRITE | _READ | _TRUNCATE
    _called(_ADD, rules, 1, struct.pack("=Qi", allowed, place), 0)
    os.close(place)


def _called(number: int, *arguments: object) -> int:
    result = int(_libc.syscall(number, *arguments))
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"landlock: {os.strerror(code)}")
    return result
