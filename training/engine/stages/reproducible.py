"""How stages are trained on a CPU: the same each time, and fast."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn


@contextmanager
def reproducible(seed: int, threads: int) -> Iterator[None]:
    """Torch's seed and threads within; the caller's random state and threads are restored."""
    before = torch.get_num_threads()
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        torch.set_num_threads(threads)
        try:
            yield
        finally:
            torch.set_num_threads(before)


def in_bfloat16(network: nn.Module, images: Tensor) -> Tensor:
    """The network's answer float32, computed in bfloat16 with the channels last; its weights stay float32.

    Half of the time on a CPU that knows both, slower on one that does not.
    """
    with torch.autocast("cpu", torch.bfloat16):
        answer: Tensor = network(images.contiguous(memory_format=torch.channels_last))
    return answer.float()
