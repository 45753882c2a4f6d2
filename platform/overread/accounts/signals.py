"""Signals about people, for whoever keeps a record; each is sent with `user`."""

from django.dispatch import Signal

account_made = Signal()
password_changed = Signal()
token_made = Signal()
token_refused = Signal()  # also with `reason`; an account is known, but gets no token
access_ended = Signal()  # also with how many `sessions` and `tokens` ended
lock_lifted = Signal()
