"""Runs scenarios of tests/faults on three brokers of its own: PYTHONPATH=tests python -m faults [--quick] [NAMES]."""
import argparse
import asyncio
import logging
import pathlib
import shutil
import sys
import tempfile
import time
import traceback

from . import report
from .brokers import Brokers
from .ledger import Verdict
from .scenarios import ALL, UPGRADE
from .stage import Stage

ROOT = pathlib.Path(__file__).resolve().parents[2]


async def play(scenario, brokers, given, directory):
    stage = Stage(scenario.name, brokers, given.binary, directory, given.earlier)
    begin, verdict, error = time.monotonic(), Verdict(), ""
    try:
        async with asyncio.timeout(scenario.seconds):
            await scenario.play(stage)
            verdict = await stage.judge()
        if not stage.proofs or stage.fault_at is None:
            error = "the scenario proved no fault"
    except Exception:
        error = traceback.format_exc()
        if stage.ledger.refused:
            error += f"refused meanwhile: {dict(stage.ledger.refused)}\n"
    finally:
        await stage.close()
    recovery = stage.ledger.recovery(stage.fault_at) if stage.fault_at else (None, None, None)
    return report.Outcome(scenario.name, stage.faults, stage.proofs, verdict, recovery,
                          stage.not_known_yet, time.monotonic() - begin, error)


def tell(outcome):
    print(report.line(outcome), flush=True)
    for proof in outcome.proofs:
        print(f"       {proof}")
    for complaint in outcome.verdict.complaints[:20]:
        print(f"     ! {complaint}")
    if outcome.error:
        print(outcome.error)
    sys.stdout.flush()


async def play_all(scenarios, given, directory):
    brokers = Brokers(given.cluster, given.port)
    await brokers.up()
    outcomes = []
    try:
        for scenario in scenarios:
            outcomes.append(await play(scenario, brokers, given, directory))
            tell(outcomes[-1])
            if given.write:
                write(given, outcomes)
            await brokers.heal()
    finally:
        if not given.keep:
            await brokers.do("wipe")
    return outcomes


def write(given, outcomes):
    """Called after each scenario, so that an interrupted run keeps its rows."""
    earlier = given.write.read_text() if given.write.exists() else ""
    names = [s.name for s in ALL]
    given.write.write_text(report.document(outcomes, earlier, names, report.versions(given), "./dev faults"))


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="; ".join(s.name for s in ALL))
    parser.add_argument("--quick", action="store_true", help="the short selection")
    parser.add_argument("--binary", type=pathlib.Path, default=ROOT / "build/release/bin/streamdemo")
    parser.add_argument("--earlier", type=pathlib.Path, metavar="BINARY",
                        help="an earlier version: plays the upgrade from it, and back to it, and nothing else")
    parser.add_argument("--cluster", type=pathlib.Path, help="where the brokers keep their data; may be running")
    parser.add_argument("--port", type=int, default=29292, help="the brokers' first port")
    parser.add_argument("--keep", action="store_true", help="leave the brokers and all logs as they are")
    parser.add_argument("--write", type=pathlib.Path, help="where the table is written to")
    given = parser.parse_args()
    unknown = set(given.names) - {s.name for s in ALL}
    if unknown:
        parser.error(f"no such scenario: {', '.join(sorted(unknown))}")
    given.binary = given.binary.resolve()
    given.earlier = given.earlier and given.earlier.resolve()
    return given


def main():
    # Client libraries log errors about brokers that are stopped on purpose; ignore them.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    given = arguments()
    chosen = [UPGRADE] if given.earlier else [s for s in ALL if (s.name in given.names if given.names else s.quick or not given.quick)]
    directory = pathlib.Path(tempfile.mkdtemp(prefix="streamdemo-faults-"))
    given.cluster = given.cluster or directory / "kafka"
    print(f"{len(chosen)} scenarios; logs in {directory}", flush=True)
    outcomes = asyncio.run(play_all(chosen, given, directory))
    failed = sum(not o.passed for o in outcomes)
    if not failed and not given.keep:
        shutil.rmtree(directory)
    print(f"{len(outcomes) - failed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


sys.exit(main())
