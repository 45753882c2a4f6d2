"""The demo: people, a project, synthetic films with known truth, and a small network that comes with the product.

`films` lists the films and draws one; `model` makes the network and reads it; `loading` sets everything up.
"""
