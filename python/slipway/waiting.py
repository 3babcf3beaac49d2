# SPDX-License-Identifier: Apache-2.0
"""Waiting for the native side, in the caller's own way: a thread blocks without the GIL, a greenlet
lets its hub run, a task its loop.

What is to be done is written once, as a generator of steps: it yields (descriptor, seconds or None)
where it has to wait for the descriptor to become readable, looks again after each wait, which may end
early, and returns the result. An exception that ends a wait is thrown into it, and may let it wait
again to tidy up.
"""

from __future__ import annotations

import asyncio
import inspect
import select
import sys
from typing import Any, Callable, Generator, Optional, Tuple, TypeVar

T = TypeVar("T")
Wait = Tuple[int, Optional[float]]
Steps = Generator[Wait, None, T]

SLICE_MS = 1000


def drive(steps: "Steps[T]") -> T:
    """Takes the steps in this thread or greenlet."""
    wait = _wait_in_hub if gevent_here() else _wait_in_thread
    try:
        wanted = next(steps)
        while True:
            try:
                wait(*wanted)
            except BaseException as broken:
                wanted = steps.throw(broken)
            else:
                wanted = next(steps)
    except StopIteration as end:
        return end.value


async def drive_async(steps: "Steps[T]") -> T:
    """Takes the steps in this task."""
    try:
        wanted = next(steps)
        while True:
            try:
                await _wait_in_loop(*wanted)
            except BaseException as broken:
                wanted = steps.throw(broken)
            else:
                wanted = next(steps)
    except StopIteration as end:
        return end.value
    finally:
        steps.close()


def gevent_here() -> bool:
    """Whether this thread's waiting is gevent's business: it is patched, or has a hub."""
    if "gevent" not in sys.modules:
        return False
    from gevent import monkey
    from gevent._hub_local import get_hub_if_exists
    return monkey.is_module_patched("socket") or get_hub_if_exists() is not None


def _wait_in_thread(descriptor: int, seconds: Optional[float]) -> None:
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    # A slice at most, after which the steps look again: a signal that the system gives to another
    # thread does not end poll(), and only this one may handle it.
    poll.poll(SLICE_MS if seconds is None else min(max(0, int(seconds * 1000) + 1), SLICE_MS))


def _wait_in_hub(descriptor: int, seconds: Optional[float]) -> None:
    import gevent
    hub = gevent.get_hub()
    readable = 1
    watcher = hub.loop.io(descriptor, readable)
    try:
        with gevent.Timeout(seconds, False):
            hub.wait(watcher)
    finally:
        watcher.close()


async def _wait_in_loop(descriptor: int, seconds: Optional[float]) -> None:
    loop = asyncio.get_running_loop()
    woken: "asyncio.Future[None]" = loop.create_future()

    def wake() -> None:
        if not woken.done():
            woken.set_result(None)

    loop.add_reader(descriptor, wake)
    timer = loop.call_later(seconds, wake) if seconds is not None else None
    try:
        await woken
    finally:
        loop.remove_reader(descriptor)
        if timer is not None:
            timer.cancel()


Read = Callable[[], Any]
Done = Callable[[Any, Optional[BaseException]], None]


class ReadsHere:
    """Reads of sources are served one after the other, by who waits."""

    def serve(self, read: Read, done: Done) -> None:
        try:
            answer = read()
        except Exception as error:
            done(None, error)
        else:
            done(answer, None)

    def stop(self) -> None:
        """No read is waited for any more."""


class ReadsInGreenlets(ReadsHere):
    """Reads of sources are served by greenlets: one that waits does not hold up the others."""

    def __init__(self, pool: Any) -> None:
        self._pool = pool
        self._serving: "set[Any]" = set()
        self._waiting: "list[Tuple[Read, Done]]" = []

    def serve(self, read: Read, done: Done) -> None:
        self._waiting.append((read, done))
        self._begin()

    def _begin(self) -> None:
        import gevent
        while self._waiting and (self._pool.free_count() > 0 or not self._serving):
            # Where others have filled the pool, one greenlet beside it keeps things going.
            spawn = self._pool.spawn if self._pool.free_count() > 0 else gevent.spawn
            greenlet = spawn(super().serve, *self._waiting.pop(0))
            self._serving.add(greenlet)
            greenlet.link(self._ended)

    def _ended(self, greenlet: Any) -> None:
        self._serving.discard(greenlet)
        self._begin()

    def stop(self) -> None:
        self._waiting.clear()
        for greenlet in list(self._serving):
            greenlet.kill(block=False)


class ReadsInLoop(ReadsHere):
    """Reads of sources are awaited where they can be, and else served by the loop's threads."""

    def __init__(self) -> None:
        self._tasks: "set[asyncio.Future[Any]]" = set()

    def serve(self, read: Read, done: Done) -> None:
        task = asyncio.ensure_future(self._serve(read, done))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    @staticmethod
    async def _serve(read: Read, done: Done) -> None:
        try:
            answer = await asyncio.get_running_loop().run_in_executor(None, read)
            if inspect.isawaitable(answer):
                answer = await answer
        except Exception as error:
            done(None, error)
        else:
            done(answer, None)

    def stop(self) -> None:
        for task in list(self._tasks):
            task.cancel()


def reads_for(pool: Any, at_once: int) -> ReadsHere:
    """How a synchronous caller's sources are read. A pool that is none of gevent's is left alone."""
    if not gevent_here():
        return ReadsHere()
    from gevent.pool import Pool
    return ReadsInGreenlets(pool if isinstance(pool, Pool) else Pool(at_once))
