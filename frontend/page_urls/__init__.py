"""Addresses of pages that stand in files of their own."""
