"""Which images should be read next: pure functions over arrays, no Django, no database.

A strategy is one file in `strategies/`; `draw.compose` makes a batch of several arms out of it. Scoring needs SciPy and
belongs in a worker; `reasons` needs NumPy alone.
"""
