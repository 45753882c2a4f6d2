"""The demo: people, a project, synthetic films with known truth, and a small network that comes with the product.

`films` says which films there are and draws one; `model` makes the network and reads it; `loading` puts all of it in place.
"""
