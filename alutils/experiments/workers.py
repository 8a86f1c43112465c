"""Where runs are carried out: processes of this machine, or a Dask cluster's workers."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager

from tqdm import tqdm


@contextmanager
def workers(count: int, scheduler: str | None = None) -> Iterator[Executor]:
    """`count` processes of this machine, a thread each; or, given its address, all
    workers of a Dask cluster.

    The processes end with the block; after an error, or Ctrl-C, at once.

    Raises
    ------
    ConnectionError
        If no Dask scheduler answers at the address.
    ImportError
        If an address is given and Dask is not installed.
    ValueError
        If `count` is not above 0.
    """
    if scheduler is not None:
        with _client(scheduler) as client:
            if not client.scheduler_info()["workers"]:
                tqdm.write(f"waiting for workers: dask worker {scheduler} --nthreads 1")
            yield client.get_executor(pure=False)
        return
    others = multiprocessing.active_children()
    before = {name: os.environ[name] for name in _THREADS if name in os.environ}
    os.environ.update(dict.fromkeys(_THREADS, "1"))  # what a process inherits
    try:
        with Processes(count) as pool:
            try:
                yield pool
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                for process in multiprocessing.active_children():
                    if process not in others:
                        process.terminate()
                raise
    finally:
        for name in _THREADS:
            os.environ.pop(name, None)
        os.environ.update(before)


class Processes(ProcessPoolExecutor):
    """Processes of this machine that remember how they ended."""

    def __init__(self, count: int) -> None:
        self.context = _Remembering()
        super().__init__(count, self.context, _end_with_parent)


class _Remembering(multiprocessing.context.SpawnContext):
    """Starts processes anew, as "spawn" does, and keeps each one."""

    def __init__(self) -> None:
        self.started: list[multiprocessing.process.BaseProcess] = []

    def Process(self, *arguments, **named) -> multiprocessing.process.BaseProcess:
        process = super().Process(*arguments, **named)
        self.started.append(process)
        return process


def why_lost(executor: Executor) -> str:
    """What is known of how the workers of an executor were lost; of no use after
    that."""
    if not isinstance(executor, Processes):
        return "the scheduler is gone, or its workers were"
    executor.shutdown()  # until all have ended, none has a code for certain
    codes = [process.exitcode for process in executor.context.started]
    # The others are told to terminate when one is gone.
    ends = [code for code in codes if code not in (None, 0, -signal.SIGTERM)]
    if any(code > 0 for code in ends):
        return (
            f"one ended by itself with code {max(ends)}; if that was at the start of a"
            ' script of yours, put what it does under: if __name__ == "__main__"'
        )
    if -signal.SIGKILL in ends:
        return (
            "one was killed, by somebody or by the system because memory ran out; fewer"
            " workers need less of it: --workers"
        )
    if ends:
        return f"one crashed with {signal.Signals(-min(ends)).name}"
    return "one was stopped"


# Each library that a worker's threads could come from has a name of its own for it.
_THREADS = (
    *("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"),
    *("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"),
)


def _end_with_parent() -> None:
    """What each process does first: leave Ctrl-C to the parent, and end when it ends,
    even if that is killed; it would wait for more runs for ever."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def follow() -> None:
        multiprocessing.parent_process().join()
        os._exit(1)

    threading.Thread(target=follow, daemon=True).start()


def _client(scheduler: str):
    try:
        from distributed import Client, Security
        from distributed.comm import connect, get_address_host_port
    except ImportError as error:
        raise ImportError(
            "a scheduler's address needs Dask: pip install distributed"
        ) from error

    async def shake_hands() -> None:
        how = Security().get_connection_args("client")
        (await asyncio.wait_for(connect(scheduler, **how), seconds)).abort()

    seconds = 5
    try:
        # A Client would hang after a malformed address, and wherever something else
        # than a scheduler listens. A thread, for a notebook has a loop of its own.
        get_address_host_port(scheduler)
        with ThreadPoolExecutor(1) as thread:
            thread.submit(asyncio.run, shake_hands()).result()
        return Client(scheduler, timeout=seconds)
    except (OSError, ValueError, TypeError, MemoryError) as error:
        # A TimeoutError is an OSError; a MemoryError is another protocol's greeting,
        # taken for the length of a message.
        raise ConnectionError(
            f"no Dask scheduler answers at {scheduler!r} ({error!r}): start one with"
            " 'dask scheduler', or leave the address out to use this machine"
        ) from error
