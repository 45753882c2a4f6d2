"""Images over HTTP: lists, uploads, pixels."""
