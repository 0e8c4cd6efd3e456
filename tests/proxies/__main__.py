"""The product behind reverse proxies: PYTHONPATH=tests python -m proxies [--write docs/proxies.md] [NAME...]

Each proxy runs with the configuration that lies here under its name. What the product promises must hold behind it; what a
proxy cannot do is told."""
import argparse
import asyncio
import logging
import pathlib
import shutil
import sys
import tempfile
import traceback

from faults.brokers import Brokers

from . import events, page, requests
from .events import Door
from .servers import KINDS, NAMES, NOTHING, Nothing, Proxy
from .stage import Stage

ROOT = pathlib.Path(__file__).resolve().parents[2]
CHECKS = (requests.origins, requests.early, requests.upload, requests.next_request, requests.leaving, events.after_sigterm,
          events.after_kill, requests.away)


def cell(seen):
    return f"**no**: {seen}" if isinstance(seen, BaseException) else seen


async def attempt(what, seconds=120):
    """What it saw, or why it could not."""
    try:
        async with asyncio.timeout(seconds):
            return await what
    except Exception as error:
        if not isinstance(error, AssertionError):
            traceback.print_exc()
        return error if str(error) else AssertionError(type(error).__name__)


def before(name, stage, given, directory):
    if name == NOTHING:
        return Nothing(directory / "nothing", stage.port)
    kind = KINDS[name]
    text = kind.source.read_text()
    for left_out in given.without:
        if left_out not in text:
            raise AssertionError(f"{kind.source.name} has no '{left_out}'")
        text = text.replace(left_out, "")
    return Proxy(kind, directory / name, given.port + 30, stage.port, text)


async def play(name, stage, given, directory):
    """A row of the table, and what of it failed."""
    async with before(name, stage, given, directory) as proxy:
        door = Door(stage, proxy)
        seen = await events.transports(door)
        for check in CHECKS:
            seen[check.__name__] = await attempt(check(door))
            if not stage.system.gateways:
                await stage.bring_back()
    failed = [column for column, what in seen.items() if isinstance(what, BaseException)]
    print(f"{'FAIL' if failed else 'ok  '} {title(name)}")
    for column, what in seen.items():
        print(f"       {page.COLUMNS[column]}: {cell(what)}", flush=True)
    return {column: cell(what) for column, what in seen.items()}, failed


def title(name):
    return name if name == NOTHING else f"{name} {KINDS[name].tells()}"


async def play_all(names, given, directory):
    brokers = Brokers(given.cluster or directory / "kafka", given.port)
    await brokers.up()
    passed = failed = 0
    try:
        async with Stage(given.binary, brokers.bootstrap, directory / "system", given.port + 20) as stage:
            for name in names:
                cells, bad = await play(name, stage, given, directory)
                failed += len(bad)
                passed += len(cells) - len(bad)
                if given.write:
                    new = {name: page.new_row(title(name), cells)}
                    given.write.write_text(page.written(given.write.read_text(), new, NAMES))
    finally:
        if not given.cluster:
            await brokers.do("wipe")
    print(f"{passed} passed, {failed} failed, 0 skipped")
    return 1 if failed or not passed else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(NAMES))
    parser.add_argument("--binary", type=pathlib.Path, default=ROOT / "build/release/bin/streamdemo")
    parser.add_argument("--cluster", type=pathlib.Path, help="where brokers that run already keep their data")
    parser.add_argument("--port", type=int, default=29592, help="the brokers' first port; the gateway's is 20, the proxy's 30 above")
    parser.add_argument("--without", metavar="TEXT", action="append", default=[],
                        help="leave TEXT out of the configurations, and see what it is for")
    parser.add_argument("--write", type=pathlib.Path, help="the page whose table is written anew")
    given = parser.parse_args()
    if unknown := set(given.names) - set(NAMES):
        parser.error(f"no such proxy: {', '.join(sorted(unknown))}")
    if given.without and given.write:
        parser.error("what is seen without some of it is not for the page")
    given.binary = given.binary.resolve()
    # What a client library says of brokers that are away is no news.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    directory = pathlib.Path(tempfile.mkdtemp(prefix="streamdemo-proxies-"))
    directory.chmod(0o755)
    print(f"logs in {directory}", flush=True)
    code = asyncio.run(play_all(given.names or NAMES, given, directory))
    if code == 0:
        shutil.rmtree(directory)
    return code


if __name__ == "__main__":
    sys.exit(main())
