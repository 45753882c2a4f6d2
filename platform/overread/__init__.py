"""Overread: doctors over-read a model, and the model learns from every answer."""

__version__ = "0.1.0"
