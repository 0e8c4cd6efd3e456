"""Lets client libraries that others wrote follow tasks, through restarts: PYTHONPATH=tests python -m clients [NAME...]."""
import argparse
import asyncio
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


async def try_all(clients, given, directory):
    brokers = Brokers(given.cluster or directory / "kafka", given.port + 10)
    await brokers.up()
    settings = {"gateway.reconnect_ms": page.RECONNECT_MS}
    system = System(given.binary, brokers.bootstrap, directory / "system", Names.fresh("clients"), settings)
    stage = Stage(system, given.port, directory)
    good = skipped = 0
    try:
        await stage.up()
        for client in clients:
            try:
                programs.ready(client)
            except RuntimeError as error:
                print(f"  {client.name} is not tried: {error}", flush=True)
                skipped += 1
                continue
            seen = await try_out(stage, client, given.plays or NAMES)
            tell(client, seen)
            good += page.comes_through(seen)
            page.keep(client, seen)
            page.PAGE.write_text(page.document(page.kept()), encoding="utf-8")
    finally:
        await system.end()
        if not given.cluster:
            await brokers.do("wipe")
    return good, skipped


def arguments():
    names = [client.name for client in catalog.CLIENTS]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(names))
    parser.add_argument("--binary", type=pathlib.Path, default=ROOT / "build/release/bin/streamdemo")
    parser.add_argument("--cluster", type=pathlib.Path, help="brokers that run already keep their data here; they stay")
    parser.add_argument("--port", type=int, default=29400, help="of the gateway that is broken; the brokers' are 10 further")
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
    good, skipped = asyncio.run(try_all(chosen, given, directory))
    failed = len(chosen) - good - skipped
    if not failed:
        shutil.rmtree(directory)
    print(f"{good} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else 0


sys.exit(main())
