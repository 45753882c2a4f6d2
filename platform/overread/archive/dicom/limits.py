"""How much time and memory one file may take."""

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """Bounds on one file. Sizes in bytes, times in seconds; the process limits hold per child, the times per file."""

    file_bytes: int = 512 * MIB
    inflated_bytes: int = 576 * MIB  # a deflated data set, once inflated
    pixel_bytes: int = 512 * MIB  # rows × columns × frames × samples × bytes, decoded
    frames: int = 10_000
    depth: int = 16  # sequences within sequences
    memory_bytes: int = 3072 * MIB  # RLIMIT_AS of a child
    cpu_seconds: int = 60  # RLIMIT_CPU
    wall_seconds: float = 90.0
