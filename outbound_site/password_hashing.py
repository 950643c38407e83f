"""What a password hash costs, and how many are computed at once."""

import fcntl
import queue
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from django.contrib.auth.hashers import Argon2PasswordHasher

# Hashes that are computed at once on this machine. Others wait; a hash takes a few hundredths of a second.
AT_ONCE = 2
_free: queue.SimpleQueue[int] = queue.SimpleQueue()
for _number in range(AT_ONCE):
    _free.put(_number)
_choosing = threading.Lock()
_lock_files: list[Path] = []


class BoundedArgon2PasswordHasher(Argon2PasswordHasher):
    """Argon2id, for a login that anybody can ask for.

    The costs are one of the equal choices in OWASP's Password Storage Cheat Sheet: 46 MiB, 1 pass, 1 thread.
    Those of Django, 100 MiB, 2 passes, 8 threads, let 40 sign-ins at once take 4 GB; RFC 9106, section 4, has
    the memory follow from what a server can give to all calls at once. Of OWASP's choices it is the one above
    32 MiB: what the C library gets from the kernel for one call alone, it gives back after it.
    A hash with other costs goes on working and is renewed at the next sign-in.
    """

    time_cost = 1
    memory_cost = 46 * 1024
    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        with room_for_hash(self.memory_cost):
            return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        with room_for_hash(self.decode(encoded)["memory_cost"]):
            return super().verify(password, encoded)


@contextmanager
def room_for_hash(kibibytes: int) -> Iterator[None]:
    """Wait until the machine has room for this hash. One with greater costs than ours is computed alone."""
    wanted = 1 if kibibytes <= BoundedArgon2PasswordHasher.memory_cost else AT_ONCE
    # One thread chooses at a time: two that want all would each wait for what the other has.
    with _choosing:
        numbers = sorted(_free.get() for _ in range(wanted))
    try:
        with ExitStack() as stack:
            for path in [_lock_files[number] for number in numbers if _lock_files]:
                # The kernel ends the lock with its process, however that ends.
                fcntl.flock(stack.enter_context(path.open("a")), fcntl.LOCK_EX)
            yield
    finally:
        for number in numbers:
            _free.put(number)


def share_limit(directory: Path) -> None:
    """Have the limit hold for all processes that are forked from here on, not for each of them."""
    _lock_files[:] = [directory / f"password-hash-{number}.lock" for number in range(AT_ONCE)]
    for path in _lock_files:
        path.touch(mode=0o600)
