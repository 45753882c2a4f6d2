"""Kombu's transports, with what made a worker of ours end by itself put right."""
