"""Django's PostgreSQL backend, with what hot paths need of it."""
