"""Charts drawn on the server as SVG: pure functions from numbers to markup, without scripts or styles of their own.

The classes are those of src/styles/charts.css. The label of every chart reads its numbers out, and the page has a table of them.
"""
