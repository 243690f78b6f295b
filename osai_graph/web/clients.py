"""clients limits what one client may ask at once and in a minute, so that others are served too."""

from __future__ import annotations

import ipaddress
import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from flask import Flask, g, request

from osai_graph.errors import GraphError

#: How many clients are remembered; who has been quiet longest is forgotten first.
_REMEMBERED = 10_000


@dataclass(frozen=True)
class ClientLimits:
    """What one client may ask of one process of the service; answers from the cache are free.

    Attributes:
        at_once: requests that are worked on at the same time.
        per_minute: requests in a minute; as many may come in one burst.
    """

    at_once: int = 16
    per_minute: int = 600


class TooManyRequestsError(GraphError):
    """A client asks more than its share (RFC 6585, section 4)."""

    status = 429

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message, f"Try again in {retry_after} seconds.")
        self.retry_after = retry_after


@dataclass
class _Client:
    """What one client has left of its share."""

    tokens: float
    seen: float
    running: int = 0


class ClientLimiter:
    """Counts the requests of clients; safe to use from many threads.

    Args:
        limits: what one client may ask.
        clock: gives the time in seconds.
    """

    def __init__(self, limits: ClientLimits, clock: Callable[[], float] = time.monotonic) -> None:
        self._limits = limits
        self._clock = clock
        self._clients: OrderedDict[str, _Client] = OrderedDict()
        self._lock = threading.Lock()

    def enter(self, name: str) -> None:
        """Count a request that begins.

        Raises:
            TooManyRequestsError: it is one too many; then it is not counted.
        """
        with self._lock:
            client = self._refilled(name)
            if client.running >= self._limits.at_once:
                raise TooManyRequestsError(
                    f"More than {self._limits.at_once} requests of yours run at once.", 1
                )
            if client.tokens < 1:
                seconds = math.ceil((1 - client.tokens) * 60 / self._limits.per_minute)
                raise TooManyRequestsError(
                    f"You have sent more than {self._limits.per_minute} requests in a minute.",
                    max(1, seconds),
                )
            client.tokens -= 1
            client.running += 1

    def leave(self, name: str) -> None:
        """Count a request that ends."""
        with self._lock:
            if name in self._clients:
                self._clients[name].running -= 1

    def _refilled(self, name: str) -> _Client:
        now, most = self._clock(), float(self._limits.per_minute)
        client = self._clients.setdefault(name, _Client(most, now))
        client.tokens = min(most, client.tokens + (now - client.seen) * most / 60)
        client.seen = now
        self._clients.move_to_end(name)
        while len(self._clients) > _REMEMBERED:
            self._clients.popitem(last=False)
        return client


@lru_cache(1024)
def client_name(address: str | None) -> str | None:
    """Return what stands for a client: its address, or its network where it has 64 bits to itself.

    ``None`` for this machine, from which its operator asks.

    >>> client_name("192.0.2.1"), client_name("2001:db8::1"), client_name("127.0.0.1")
    ('192.0.2.1', '2001:db8::/64', None)
    """
    try:
        parsed = ipaddress.ip_address(address or "")
    except ValueError:
        return address or None
    if parsed.is_loopback:
        return None
    if parsed.version == 6:
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


def register(app: Flask, limits: ClientLimits) -> None:
    """Limit the clients of an application."""
    limiter = app.extensions["osai_graph_clients"] = ClientLimiter(limits)

    def enter() -> None:
        name = client_name(request.remote_addr)
        if name is not None and request.endpoint != "static":
            limiter.enter(name)
            g.counted_client = name

    def leave(_error: BaseException | None) -> None:
        if name := g.pop("counted_client", None):
            limiter.leave(name)

    app.before_request(enter)
    app.teardown_request(leave)
