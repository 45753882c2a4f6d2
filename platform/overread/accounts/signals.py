"""What happens to people here, for whoever keeps a record of it; each is sent with `user`."""

from django.dispatch import Signal

account_made = Signal()
password_changed = Signal()
