"""Which numbers a network can be given: it computes in single precision."""

import numpy as np

LARGEST = float(np.finfo(np.float32).max)
SMALLEST = float(np.finfo(np.float32).smallest_normal)  # what lies nearer to 0 loses digits, or becomes 0


def fits_float32(number: float) -> bool:
    """Whether single precision keeps the number: finite, and 0 or not too near to it."""
    return number == 0 or SMALLEST <= abs(number) <= LARGEST
