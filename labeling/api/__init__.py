"""The reading room over HTTP: predictions under the blind-first rule, assignments, reads, labels, selections."""
