"""Seccomp: the system calls that are left. A list of what is allowed; everything else fails with EPERM."""

from __future__ import annotations

import ctypes
import errno
import os

# What an interpreter needs to run a script and print.
_SCRIPT = (
    "access arch_prctl brk clock_gettime clock_getres close dup exit exit_group faccessat faccessat2 "
    "fcntl fstat fstatfs futex getcwd getdents64 getegid geteuid getgid getpid getppid getrandom "
    "gettid getuid gettimeofday lseek lstat madvise mmap mprotect mremap munmap newfstatat open "
    "openat pread64 read readlink readlinkat readv riscv_flush_icache rseq rt_sigaction "
    "rt_sigprocmask rt_sigreturn sched_getaffinity sched_yield set_robust_list set_tid_address "
    "sigaltstack stat statfs statx sysinfo uname write writev "
)
# What a compiler's driver and its passes need beside it: other programs, files of their own.
_COMPILER = (
    "chmod dup2 dup3 execve fchmod fork ftruncate getpgrp getrlimit getrusage mkdir nanosleep "
    "clock_nanosleep pipe pipe2 poll ppoll pselect6 pwrite64 rename renameat renameat2 rmdir select "
    "symlink tgkill times truncate umask unlink unlinkat vfork wait4 waitid utimensat "
)
_GET_TERMINAL = 0x5401  # ioctl: is it a terminal?
_NAMESPACES = 0x7E020000  # flags of clone that make new ones


_ALLOW, _FAIL = 0x7FFF0000, 0x00050000  # the latter with an error number
_MASKED_EQUAL = 7


class _Argument(ctypes.Structure):
    """struct scmp_arg_cmp: argument `number`, of which `mask` is compared with `value`."""

    _fields_ = (
        ("number", ctypes.c_uint),
        ("operator", ctypes.c_int),
        ("mask", ctypes.c_uint64),
        ("value", ctypes.c_uint64),
    )


def restrict(compiler: bool) -> None:
    """Raises OSError where libseccomp is missing or the kernel has no filters."""
    library = ctypes.CDLL("libseccomp.so.2", use_errno=True)
    library.seccomp_init.restype = ctypes.c_void_p
    rules = ctypes.c_void_p(library.seccomp_init(ctypes.c_uint32(_FAIL | errno.EPERM)))

    def add(action: int, name: str, *arguments: _Argument) -> None:
        number = library.seccomp_syscall_resolve_name(name.encode())
        if number < 0:  # not on this architecture
            return
        array = (_Argument * len(arguments))(*arguments)
        code = library.seccomp_rule_add_array(rules, ctypes.c_uint32(action), number, len(arguments), array)
        if code:
            raise OSError(-code, f"seccomp: {name}: {os.strerror(-code)}")

    for name in (_SCRIPT + (_COMPILER if compiler else "")).split():
        add(_ALLOW, name)
    add(_ALLOW, "ioctl", _Argument(1, _MASKED_EQUAL, 0xFFFFFFFF, _GET_TERMINAL))
    add(_ALLOW, "prlimit64", _Argument(2, _MASKED_EQUAL, (1 << 64) - 1, 0))  # to look, not to set
    add(_FAIL | errno.ENOSYS, "clone3")  # its flags cannot be looked at
    if compiler:
        add(_ALLOW, "clone", _Argument(0, _MASKED_EQUAL, _NAMESPACES, 0))
    if code := library.seccomp_load(rules):
        raise OSError(-code, f"seccomp: {os.strerror(-code)}")
