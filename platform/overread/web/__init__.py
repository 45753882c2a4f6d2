"""The front: how requests come in, and what they may cost before it is known whose they are."""
