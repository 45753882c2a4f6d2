"""The starter: weights from which new chest projects begin, made of public films by one command."""
