"""A site as people reach it: TLS ends in front of it, as at a reverse proxy that hands on what it is sent."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.certificates import make_certificate, server_side


@contextmanager
def tls_before(port: int, listen: int, folder: Path) -> Iterator[None]:
    """Speaks TLS as ``localhost`` at ``listen``, and plainly with the site at ``port``."""
    loop = asyncio.new_event_loop()
    context = server_side(make_certificate(folder, "localhost"))

    async def relay(near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        far, onward = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(_pipe(near, onward), _pipe(far, back))

    loop.run_until_complete(asyncio.start_server(relay, "127.0.0.1", listen, ssl=context))
    running = threading.Thread(target=loop.run_forever, daemon=True)
    running.start()
    yield
    loop.call_soon_threadsafe(loop.stop)
    running.join()


async def _pipe(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    try:
        while data := await source.read(65_536):
            sink.write(data)
            await sink.drain()
    except OSError:  # either side may hang up
        pass
    finally:
        sink.close()
