import time
from collections import OrderedDict
from typing import Any

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

    def _has_expired(self, key: str) -> bool:
        # Called with the lock that all caches of the name share.
        now = time.time()
        if now < self._latest.get(self._name, now) - 1:
            self._cache.clear()
            self._expire_info.clear()
        self._latest[self._name] = now
        return bool(super()._has_expired(key))  # type: ignore[misc]
