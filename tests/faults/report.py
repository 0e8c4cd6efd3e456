"""The table, as it is printed and as it goes to docs/faults.md."""
import datetime
import platform
import subprocess
from dataclasses import dataclass

from .brokers import CLUSTER
from .ledger import Verdict

COLUMNS = ("scenario", "what was done, and seen to be done", "tasks", "lost", "dup", "gap", "double end", "no end",
           "unequal", "commit", "404", "first ack", "all partitions", "first result", "on")


@dataclass
class Outcome:
    scenario: str
    faults: list
    proofs: list
    verdict: Verdict
    recovery: tuple = (None, None, None)
    not_known_yet: int = 0
    seconds: float = 0
    error: str = ""

    @property
    def passed(self):
        return not self.error and self.verdict.good

    def cells(self):
        seconds = ["–" if s is None else f"{s:.1f} s" for s in self.recovery]
        done = ("" if self.passed else "**failed** ") + "; ".join(self.faults) + ": " + ", ".join(self.proofs)
        return [self.scenario, done, self.verdict.tasks, *self.verdict.counts.values(), self.not_known_yet,
                *seconds, datetime.datetime.now(datetime.timezone.utc).date()]


def line(outcome):
    first, every, result = ("–" if s is None else f"{s:.1f}" for s in outcome.recovery)
    counts = " ".join(f"{name.replace('_', '-')} {n}" for name, n in outcome.verdict.counts.items() if n)
    return (f"{'ok  ' if outcome.passed else 'FAIL'} {outcome.scenario:<24} {outcome.seconds:5.0f} s  "
            f"{outcome.verdict.tasks:6} tasks  {counts or 'nothing lost, doubled or missing'}  "
            f"first ack {first} s (every partition {every} s), first result {result} s")


def row(cells):
    return "| " + " | ".join(map(str, cells)) + " |"


def rows_of(text):
    """The rows of an earlier document, by scenario."""
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    return {line.split("|")[1].strip(): line for line in rows[2:]}


WORDS = """# Faults

What happened to tasks while something was made to fail on purpose: three real Kafka brokers, gateways and processors as separate
processes, and clients over every transport. When a connection breaks, a client reconnects to any gateway with its cursor. The scenarios
are in [tests/faults/scenarios](../tests/faults/scenarios/__init__.py); a scenario that cannot prove that its fault really happened fails.

Every number from *lost* to *commit* must be 0:

- **lost**: tasks for which a client got a 202 and that a gateway does not know afterwards, or that ended otherwise than they should
- **dup**, **gap**: events that a client saw twice or never; results of a succeeded task that are there twice or missing
- **double end**, **no end**: tasks with two ends or none, as seen by a gateway or a client
- **unequal**: histories that differ between two gateways, or from an independent reading of the log, or from what a client got
- **commit**: requests that the group had committed, at any moment, although their task had not ended

**404** need not be 0: it is how often a client reconnected with its cursor to a gateway that did not know the task yet, even after waiting
for `gateway.unknown_task_wait_ms`, because it lagged behind the gateway that had acknowledged the task.

The times count from the fault: to the first 202 for a task that was sent after it, to the moment when every partition had one, and to the
first result that was made after it and reached a client. If a scenario sends its next task late, the time is long; if it sends none, there is
no time.
"""


def document(outcomes, earlier, order, versions, command):
    """The document with the last outcome of every scenario; `earlier` is the former document."""
    rows = rows_of(earlier) | {outcome.scenario: row(outcome.cells()) for outcome in outcomes}
    made = (f"Last written by `{command}`: {versions}; {machine()}. Naming scenarios writes their rows anew; rows of an "
            "earlier day may come from another machine.")
    table = [row(COLUMNS), row(["---"] * len(COLUMNS)), *(rows[name] for name in order if name in rows)]
    missing = [name for name in order if name not in rows]
    rest = ["", f"Not in the table yet: {', '.join(missing)}."] if missing else []
    return "\n".join([WORDS, made, "", *table, *rest, ""])


def versions(given):
    kafka = output(CLUSTER, "--dir", given.cluster, "version")
    librdkafka = output("dpkg-query", "--show", "--showformat=${Version}", "librdkafka1")
    return f"Kafka {kafka}, librdkafka {librdkafka}, {output(given.binary, '--version')}"


def output(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def machine():
    model = next((l.split(":")[1].strip() for l in open("/proc/cpuinfo") if l.startswith("model name")), platform.machine())
    cores = output("nproc")
    memory = next(int(l.split()[1]) for l in open("/proc/meminfo") if l.startswith("MemTotal")) // 2 ** 20
    return f"{cores} cores of {model}, {memory} GiB, Linux {platform.release()}"
