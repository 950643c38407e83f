import time
from collections import OrderedDict
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.locmem import LocMemCache


class MemoryCache(LocMemCache):
    """Empties itself when the clock is set back: what it holds would outlive its time by as much."""

    # Of Django's class; its types do not name them.
    _cache: OrderedDict[str, bytes]
    _expire_info: dict[str, float | None]
    _latest: dict[str, float] = {}

    def __init__(self, name: str, params: dict[str, Any]) -> None:
        super().__init__(name, params)
        self._name = name

    # Both are called with the lock that all caches of the name share.
    def _has_expired(self, key: str) -> bool:
        self._compare_clock()
        return bool(super()._has_expired(key))  # type: ignore[misc]

    def _set(self, key: str, value: bytes, timeout: Any = DEFAULT_TIMEOUT) -> None:
        self._compare_clock()
        super()._set(key, value, timeout)  # type: ignore[misc]

    def _compare_clock(self) -> None:
        now = time.time()
        if now < self._latest.get(self._name, now) - 1:
            self._cache.clear()
            self._expire_info.clear()
        self._latest[self._name] = now
