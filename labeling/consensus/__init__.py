"""One answer out of several readers': pure functions on plain Python values, no Django."""
