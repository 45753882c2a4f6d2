"""Files of up to SIZE bytes reach the child through memory that parent and child both see.

A pipe copies them twice, into pages that are new to the processor each time. Larger files, and every file where the system
has no such memory, go through the pipe. Behind a file lies what is left of those that the same child has had before.
"""

import fcntl
import mmap
import os

SIZE = 4 * 1024 * 1024


def memory_file() -> int | None:
    """The descriptor of SIZE bytes without a name on any disk; None where the system has none.

    It is sealed: were a child to cut it short, the parent would be killed as it writes behind the end.
    """
    try:
        file = os.memfd_create("file", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    except (AttributeError, OSError):
        return None
    os.ftruncate(file, SIZE)
    fcntl.fcntl(file, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL)
    return file


def mapped_to_write(file: int) -> mmap.mmap:
    """The memory, for the parent."""
    return mmap.mmap(file, SIZE)


def mapped_to_read(file: int) -> mmap.mmap:
    """The memory, for the child. `file` is closed: the mapping holds a descriptor of its own."""
    memory = mmap.mmap(file, SIZE, prot=mmap.PROT_READ)
    os.close(file)
    return memory
