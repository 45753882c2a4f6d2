"""Reads of the reading room, one file a subject."""
