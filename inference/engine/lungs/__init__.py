"""From a map of lungs to outlines, a box and widths. NumPy and SciPy only."""
