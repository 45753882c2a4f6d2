"""Charts drawn on the server as SVG: pure functions from numbers to markup, with no script and no style of their own.

Classes are those of styles/charts.css; every chart carries its numbers in its label, and a page sets a table beside it.
"""
