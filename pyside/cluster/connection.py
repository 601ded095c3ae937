"""The connection to the scheduler of a cluster: made, and made again after it broke."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import time
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from pyside.errors import ExtraMissing, NoCluster, to_install
from pyside.settings.core import named

_SECONDS_TO_CONNECT = 10.0  # of one try
_SECONDS_TO_ANSWER = 60.0  # of a worker that is asked what it has
SECONDS_TO_CONNECT_AGAIN = 300.0  # in all


def check_installed() -> None:
    """Raise ExtraMissing if dask.distributed is not installed."""
    if importlib.util.find_spec("distributed") is None:
        raise ExtraMissing(
            f"{named('scheduler')}: clusters need the package distributed, which is not installed. Install it: "
            f"{to_install('cluster')}"
        )


class Connection:
    """A connection to a scheduler.

    Args:
        address: of the scheduler, such as ``tcp://host:8786``.
        hear: called in another thread with each sign of life of a worker.
        topic: under which these signs come.

    Raises:
        ExtraMissing: dask.distributed is not installed.
        NoCluster: the scheduler does not answer.
    """

    def __init__(self, address: str, topic: str, hear: Callable[[dict[str, Any]], None]):
        check_installed()
        self._address, self._topic, self._hear = address, topic, hear
        self.client = self._connected()

    def _connected(self) -> Any:
        from distributed import Client
        from distributed.security import Security

        certificates = Security().get_connection_args("client")
        if self._address.startswith("tls") and not certificates.get("ssl_context"):
            raise NoCluster(
                f"{self._address} needs certificates. Name their files in dask's configuration, under "
                "distributed.comm.tls.ca-file and distributed.comm.tls.client."
            )
        with warnings.catch_warnings(), ThreadPoolExecutor(1) as pool:
            warnings.simplefilter("ignore")  # versions are compared by the preflight
            try:  # a client that cannot connect would try for long when it is removed, so the scheduler is asked first
                pool.submit(asyncio.run, _ask(self._address, certificates)).result()
                client = Client(self._address, timeout=_SECONDS_TO_CONNECT, set_as_default=False)
            except (OSError, ValueError, RuntimeError) as error:
                raise NoCluster(
                    f"No scheduler of a cluster answers at {self._address}. Start it (dask scheduler, or touchtrain "
                    "cluster slurm), and compare the address."
                ) from error
        for topic in (self._topic, "worker-restart-memory"):
            client.subscribe_topic(topic, lambda event: self._hear(event[1]))
        return client

    def is_up(self) -> bool:
        """Return whether the scheduler is connected."""
        return bool(self.client.status == "running")

    def again(self, meanwhile: Callable[[], None]) -> None:
        """Connect again, as soon as the scheduler answers.

        Raises:
            NoCluster: it does not within five minutes.
        """
        self.close()
        end = time.monotonic() + SECONDS_TO_CONNECT_AGAIN
        while True:
            meanwhile()
            try:
                self.client = self._connected()
                return
            except NoCluster as error:
                if time.monotonic() > end:
                    minutes = f"{SECONDS_TO_CONNECT_AGAIN / 60:g} minutes"
                    raise NoCluster(
                        f"The connection to the scheduler broke. {error.text} Tried for {minutes}."
                    ) from error
            time.sleep(0.5)

    def workers(self) -> dict[str, dict[str, Any]]:
        """Return what the scheduler knows of each worker, by address; raises OSError if it does not answer."""
        client = self.client
        found = client.sync(client.scheduler.identity, n_workers=-1, callback_timeout=_SECONDS_TO_CONNECT)
        return dict(found["workers"])

    def ask(self, function: Callable[..., Any], *arguments: Any) -> dict[str, Any]:
        """Call a function on every worker at once, beside its tasks.

        Returns:
            By address: what the function returned, or the error it raised; TimeoutError without an answer in a minute.
        """
        client = self.client

        async def one(address: str) -> Any:
            asked = client.run(_in_thread, function, arguments, workers=[address], on_error="return")
            try:
                return (await asyncio.wait_for(asked, _SECONDS_TO_ANSWER)).get(address, TimeoutError())
            except (OSError, asyncio.TimeoutError):
                return TimeoutError()

        async def every() -> dict[str, Any]:
            addresses = list((await client.scheduler.identity(n_workers=-1))["workers"])
            return dict(zip(addresses, await asyncio.gather(*map(one, addresses)), strict=True))

        return dict(client.sync(every))

    def close(self) -> None:
        """Close the connection; tasks that have not begun are forgotten by the scheduler."""
        with contextlib.suppress(Exception):  # whatever is wrong with it, it is not used any more
            self.client.close(timeout=2)


async def _ask(address: str, certificates: dict[str, Any]) -> None:
    """Raise OSError, TimeoutError among them, if no scheduler answers."""
    from distributed.core import rpc

    async with rpc(address, connection_args=certificates) as scheduler:
        await asyncio.wait_for(scheduler.identity(n_workers=0), _SECONDS_TO_CONNECT)


async def _in_thread(function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
    """Call a function in a thread of a worker, which answers others meanwhile."""
    return await asyncio.to_thread(function, *arguments)
