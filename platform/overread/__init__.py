"""Overread: doctors over-read a model, and the model learns from every answer."""
