"""Lets client libraries that others wrote follow tasks, through restarts: PYTHONPATH=tests python -m clients [NAME...]."""
import argparse
import asyncio
import contextlib
import datetime
import pathlib
import shutil
import sys
import tempfile

from faults.brokers import Brokers
from faults.system import Names, System

from . import catalog, page, programs
from .plays import NAMES, Stage, play_all

ROOT = catalog.HERE.parents[1]


async def try_out(stage, client, plays):
    """The README's program and, where there is one, that with the lines that it takes."""
    before = page.kept().get(client.name, {}) if plays != NAMES else {}
    seen = {"version": programs.version(client), "on": str(datetime.datetime.now(datetime.timezone.utc).date())}
    for variant in ("readme", "resume"):
        if catalog.program(client, variant):
            seen[variant] = {**before.get(variant, {}), **await play_all(stage, client, variant, plays)}
    return seen


def tell(client, seen):
    for variant in ("readme", "resume"):
        for play, outcome in seen.get(variant, {}).items():
            print(f"  {client.name:<22} {variant:<7} {play:<8} {outcome['wrong'] or 'once, in order'}"
                  f"{', away ' + str(outcome['away']) + ' s' if 'away' in outcome else ''}", flush=True)


class Outcome:
    good = skipped = 0


async def worker(clients, stage, plays, making_ready, outcome):
    """Takes clients from the iterator until there is none left."""
    for client in clients:
        try:
            async with making_ready:  # npm and the like do not like company in one folder
                await asyncio.to_thread(programs.ready, client)
        except RuntimeError as error:
            print(f"  {client.name} is not tried: {error}", flush=True)
            outcome.skipped += 1
            continue
        seen = await try_out(stage, client, plays)
        tell(client, seen)
        outcome.good += page.comes_through(client, seen)
        page.keep(client, seen)
        page.PAGE.write_text(page.document(page.kept()), encoding="utf-8")


async def try_all(clients, given, directory):
    brokers = Brokers(given.cluster or directory / "kafka", given.port + 20)
    await brokers.up()
    settings = {"gateway.reconnect_ms": page.RECONNECT_MS}
    system = System(given.binary, brokers.bootstrap, directory / "system", Names.fresh("clients"), settings)
    outcome, making_ready, waiting = Outcome(), asyncio.Lock(), iter(clients)
    try:
        await system.processor({"processor.concurrency": 64})
        async with contextlib.AsyncExitStack() as stages:
            workers = []
            for number in range(given.at_once):
                stage = await stages.enter_async_context(Stage(system, given.port + 3 * number, directory))
                workers.append(worker(waiting, stage, given.plays or NAMES, making_ready, outcome))
            await asyncio.gather(*workers)
    finally:
        await system.end()
        if not given.cluster:
            await brokers.do("wipe")
    return outcome


def arguments():
    names = [client.name for client in catalog.CLIENTS]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(names))
    parser.add_argument("--binary", type=pathlib.Path, default=ROOT / "build/release/bin/streamdemo")
    parser.add_argument("--cluster", type=pathlib.Path, help="brokers that run already keep their data here; they stay")
    parser.add_argument("--port", type=int, default=29400, help="the first of three for each client at once; the brokers' are 20 further")
    parser.add_argument("--at-once", type=int, default=2, choices=range(1, 7), help="so many clients side by side")
    parser.add_argument("--plays", nargs="+", choices=NAMES, help="only these; of the others stays what was seen last")
    parser.add_argument("--page", action="store_true", help="try nothing: write the page of what was seen last")
    given = parser.parse_args()
    if unknown := set(given.names) - set(names):
        parser.error(f"no such client: {', '.join(sorted(unknown))}; there are {', '.join(names)}")
    given.binary = given.binary.resolve()
    return given


def main():
    given = arguments()
    if given.page:
        page.PAGE.write_text(page.document(page.kept()), encoding="utf-8")
        return 0
    chosen = [client for client in catalog.CLIENTS if not given.names or client.name in given.names]
    directory = pathlib.Path(tempfile.mkdtemp(prefix="streamdemo-clients-"))
    print(f"{len(chosen)} clients; what they complain of is in {directory}", flush=True)
    directory.chmod(0o755)  # nginx gives up root's rights
    outcome = asyncio.run(try_all(chosen, given, directory))
    failed = len(chosen) - outcome.good - outcome.skipped
    if not failed:
        shutil.rmtree(directory)
    print(f"{outcome.good} passed, {failed} failed, {outcome.skipped} skipped")
    return 1 if failed else 0


sys.exit(main())
