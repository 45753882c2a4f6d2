"""Celery's broker in Redis."""

from __future__ import annotations

from typing import Any

from kombu.transport import redis


class QoS(redis.QoS):  # type: ignore[misc]
    """Kombu's, but a Redis that goes away does not take the workers with it.

    Kombu 5.7 acknowledges and puts back messages by connections it has given up; the AttributeError ends the worker.
    What stays unacknowledged is delivered again, and a bell may ring twice.
    """

    def ack(self, delivery_tag: str) -> None:
        if self._connected:
            super().ack(delivery_tag)

    def reject(self, delivery_tag: str, requeue: bool = False) -> None:
        if self._connected:
            super().reject(delivery_tag, requeue)

    def restore_unacked(self, client: Any = None) -> None:
        if self._connected:
            super().restore_unacked(client)

    @property
    def _connected(self) -> bool:
        transport = self.channel.connection
        return transport is not None and transport.client is not None


class Channel(redis.Channel):  # type: ignore[misc]
    QoS = QoS


class Transport(redis.Transport):  # type: ignore[misc]
    Channel = Channel
