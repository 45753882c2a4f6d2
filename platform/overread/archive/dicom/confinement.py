"""What the kernel is asked to forbid the child, without any privilege: see `confine`. Linux on x86-64 and ARM64.

Two locks that a process can only ever tighten: Landlock (files) and a seccomp filter (system calls). Where the kernel has
one of them not, the child runs without it, and `manage.py doctor` says so.
"""

import ctypes
import errno
import os
import platform
import resource
import socket
import struct
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

from .limits import Limits

# The numbers are those of asm/unistd_64.h and asm-generic/unistd.h.
OF_BOTH = {
    *(424, 434, 438),  # pidfd_send_signal, pidfd_open, pidfd_getfd
    *(425, 426, 427),  # io_uring: system calls that no filter sees
    *(428, 429, 430),  # open_tree, move_mount, fsopen
}
FORBIDDEN = {
    "x86_64": OF_BOTH
    | {
        *(41, 53),  # socket, socketpair
        *(57, 58, 59, 322),  # fork, vfork, execve, execveat
        *(62, 129, 200, 297),  # kill, rt_sigqueueinfo, tkill, rt_tgsigqueueinfo
        *(101, 310, 311),  # ptrace, process_vm_readv, process_vm_writev
        *(165, 166, 272, 308, 304),  # mount, umount2, unshare, setns, open_by_handle_at
        *(248, 249, 250, 298, 321, 323),  # add_key, request_key, keyctl, perf_event_open, bpf, userfaultfd
    },
    "aarch64": OF_BOTH
    | {
        *(198, 199),
        *(221, 281),
        *(129, 138, 130, 240),
        *(117, 270, 271),
        *(40, 39, 97, 268, 265),
        *(217, 218, 219, 241, 280, 282),
    },
}
CLONE = {"x86_64": 56, "aarch64": 220}
TGKILL = {"x86_64": 234, "aarch64": 131}
AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
CLONE3 = 435
X32 = 0x40000000  # x86-64's second set of numbers
CLONE_THREAD = 0x00010000

LOAD, EQUALS, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06  # BPF
NUMBER_AT, ARCH_AT, FIRST_ARGUMENT_AT = 0, 4, 16  # in struct seccomp_data, little endian
ALLOW, DENY = 0x7FFF0000, 0x00050000
PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS, FILTER = 22, 38, 2

LANDLOCK_CREATE, LANDLOCK_ADD, LANDLOCK_RESTRICT = 444, 445, 446  # on every architecture
READ_FILE, READ_DIR = 1 << 2, 1 << 3
EVERY_ACCESS, TRUNCATE = (1 << 13) - 1, 1 << 14  # of the first version, and of the third
LIBRARIES = ("/usr/lib", "/usr/lib64", "/usr/local/lib", "/lib", "/lib64", "/etc/ld.so.cache", "/dev/null")
ORDINARY = "/etc/passwd"  # a file that everybody may read, were it not for a lock


def confine(limits: Limits) -> None:
    """Bound memory; forbid files (but for reading code), processes, sockets, and a hand on other processes."""
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))  # does not hold root; the filter does
    if sys.platform == "linux" and platform.machine() in FORBIDDEN:
        system = ctypes.CDLL(None, use_errno=True)
        system.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        _forbid_files(system)
        _forbid_calls(system, platform.machine())


def _forbid_files(system: ctypes.CDLL) -> None:
    """Nothing can be opened but what Python and its libraries are made of, and that for reading."""
    version = system.syscall(LANDLOCK_CREATE, None, 0, 1)
    if version < 1:
        return
    handled = EVERY_ACCESS | (TRUNCATE if version >= 3 else 0)
    rules = system.syscall(LANDLOCK_CREATE, struct.pack("<Q", handled), 8, 0)
    if rules < 0:
        return
    for path in {*sys.path, sys.prefix, sys.base_prefix, *LIBRARIES}:
        with suppress(OSError):
            place = os.open(path, os.O_PATH | os.O_CLOEXEC)
            access = READ_FILE | (READ_DIR if Path(path).is_dir() else 0)
            system.syscall(LANDLOCK_ADD, rules, 1, struct.pack("<Qi", access, place), 0)
            os.close(place)
    system.syscall(LANDLOCK_RESTRICT, rules, 0)
    os.close(rules)


def _forbid_calls(system: ctypes.CDLL, machine: str) -> None:
    filter_bytes = b"".join(_program(machine))
    code = ctypes.create_string_buffer(filter_bytes, len(filter_bytes))
    program = struct.pack("HxxxxxxP", len(filter_bytes) // 8, ctypes.addressof(code))
    system.prctl(PR_SET_SECCOMP, FILTER, program, 0, 0)


def _program(machine: str) -> list[bytes]:
    """The filter, in instructions of classic BPF: code, jumps if true and if false, operand."""
    deny, absent = DENY | errno.EPERM, DENY | errno.ENOSYS
    program = [
        _step(LOAD, ARCH_AT),
        _step(EQUALS, AUDIT_ARCH[machine], 1, 0),
        _step(RETURN, deny),
        _step(LOAD, NUMBER_AT),
        _step(AT_LEAST, X32, 0, 1),
        _step(RETURN, deny),
        _step(EQUALS, CLONE3, 0, 1),  # its flags cannot be seen; the C library then uses clone
        _step(RETURN, absent),
    ]
    for number in sorted(FORBIDDEN[machine]):
        program += [_step(EQUALS, number, 0, 1), _step(RETURN, deny)]
    threads_only = (_step(ANY_BIT, CLONE_THREAD, 1, 0), _step(RETURN, deny))
    itself_only = (_step(EQUALS, os.getpid(), 1, 0), _step(RETURN, deny))  # the C library's abort
    for number, test in ((CLONE[machine], threads_only), (TGKILL[machine], itself_only)):
        program += [_step(EQUALS, number, 0, 4), _step(LOAD, FIRST_ARGUMENT_AT), *test, _step(RETURN, ALLOW)]
    return [*program, _step(RETURN, ALLOW)]


def _step(code: int, operand: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("HBBI", code, if_true, if_false, operand)


def freedoms() -> list[str]:
    """What of all that this process can still do, tried for real: "network", "processes", "files".

    The parent's environment may hold secrets. That it cannot be read says nothing of other files: it has guards of its own.
    """
    trials = [("network", _connects), ("processes", _forks)]
    trials += [("files", partial(_opens, path)) for path in (ORDINARY, f"/proc/{os.getppid()}/environ")]
    return list(dict.fromkeys(name for name, trial in trials if _succeeds(trial)))


def _succeeds(trial: Callable[[], None]) -> bool:
    try:
        trial()
    except OSError:
        return False
    return True


def _connects() -> None:
    socket.socket(socket.AF_INET, socket.SOCK_STREAM).close()


def _forks() -> None:
    if not (child := os.fork()):
        os._exit(0)
    os.waitpid(child, 0)


def _opens(path: str) -> None:
    os.close(os.open(path, os.O_RDONLY))
