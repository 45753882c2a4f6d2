"""Charts drawn on the server as SVG: pure functions from numbers to markup, with no script and no style of their own.

Classes are those of src/styles/charts.css. Every chart carries its numbers in its label, and a page sets a table beside it.
"""
