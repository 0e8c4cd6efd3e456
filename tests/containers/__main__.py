"""The whole stack of docker/compose.yaml, proved by running it: python -m containers [--port N] [NAME...]

Needs a Docker engine on this machine, and root for the kills. Ports N (HTTP), N+1 (HTTPS), N+2 (the Kafka UI) and N+3 (the
laptop's shape) of 127.0.0.1. NAME: part of the name of a check, as --list tells them; others are left out."""
import argparse
import asyncio
import logging
import signal
import sys
import time

from . import chapters, measures, scaling, through, under_load
from .checks import Checks, name_of
from .load import Door
from .stack import Stack

AT_THE_DOOR = (*through.ALL, *measures.ALL)
ON_THE_STACK = (*chapters.ALL, *under_load.ALL, *scaling.ALL)


async def play(given):
    stack, checks = Stack(given.port), Checks()
    # The stack is taken down whoever ends this.
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, asyncio.current_task().cancel)

    def chosen(check):
        return not given.names or any(n.lower() in name_of(check).lower() for n in given.names)

    async def images():
        """Images."""
        return await stack.images(given.build_network)

    if not given.running and not await checks.run(images, seconds=3600):
        return checks.finish()
    try:
        if not given.running:
            await stack.down()
            if not await checks.run(chapters.first_clip, stack, time.monotonic(), seconds=400):
                print(await stack.compose("logs", "--tail", "20"))
                return checks.finish()
        for check in filter(chosen, AT_THE_DOOR):
            async with Door(stack) as door:
                await checks.run(check, door, seconds=300)
        for check in filter(chosen, ON_THE_STACK):
            await checks.run(check, stack, seconds=500)
    finally:
        if not given.keep:
            await stack.down()
    return checks.finish()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--list", action="store_true", help="the names of all checks, and no more")
    parser.add_argument("--port", type=int, default=18080)
    parser.add_argument("--build-network", default="host", help="the network while images are built: host or default")
    parser.add_argument("--keep", action="store_true", help="leave the stack running")
    parser.add_argument("--running", action="store_true", help="take the stack that an earlier --keep has left")
    given = parser.parse_args()
    if given.list:
        print(*map(name_of, (*AT_THE_DOOR, *ON_THE_STACK)), sep="\n")
        return 0
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    return asyncio.run(play(given))


sys.exit(main())
