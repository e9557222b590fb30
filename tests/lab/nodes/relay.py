#!/usr/bin/env -S python3 -B
"""relay.py ADDRESS PORT TARGET…: forwards each connection to the first target that accepts it within a second, as a load
balancer in front of API servers does."""
import asyncio, sys


async def copy(reader, writer):
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()


async def main(address, port, *targets):
    async def forward(reader, writer):
        for target in targets:
            try:
                other = await asyncio.wait_for(asyncio.open_connection(target, port), 1)
                break
            except (OSError, asyncio.TimeoutError):
                continue
        else:
            writer.close()
            return
        await asyncio.gather(copy(reader, other[1]), copy(other[0], writer))

    async with await asyncio.start_server(forward, address, port) as server:
        await server.serve_forever()


asyncio.run(main(*sys.argv[1:]))
