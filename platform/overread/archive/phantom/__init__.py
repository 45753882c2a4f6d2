"""Synthetic chest radiographs with known truth."""

from overread.archive.phantom.findings import FINDINGS
from overread.archive.phantom.render import Radiograph, Truth, draw_findings, render

__all__ = ["FINDINGS", "Radiograph", "Truth", "draw_findings", "render"]
