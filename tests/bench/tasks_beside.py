#!/usr/bin/env python3
"""Tasks through Kafka, of this program and of others, in turn: tasks/s, how long a task takes, the processor time of
gateway and processor, and how many requests they send to the brokers. A task is a WebSocket, one result, about five
records. Each program has a system of its own (topics, one gateway, one processor), which is up for all rounds.

  tests/bench/tasks_beside.py BIN_DIR BROKERS [BINARY…] [--rounds N] [--seconds S] [--clients 1,32,512]
                              [--partitions N] [--set NAME=VALUE] [--with NAME=VALUE]... [--far MS] [--logs DIR]

BIN_DIR has streamdemo and load_client; BROKERS as `tests/kafka/cluster brokers` prints them; --set is for this program
only, and --with is this program once more with that setting. --far: the brokers are so many milliseconds away; then
BROKERS is what `tests/kafka/cluster far` prints. --logs: the --dir of the cluster; bytes in the logs, of one copy, become
a column. Requests are counted as the kernel saw them: segments with data that left a connection to a broker (`ss`), so a
request of more than one segment counts more than once."""
import argparse
import contextlib
import json
import os
import pathlib
import re
import statistics
import subprocess
import time

from judge import spread
from kafka_bench import System
from ports import free_port

TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid):
    words = pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / TICKS


def requests_of(pid, broker_ports):
    """Segments with data that the process has sent to brokers, over the connections that it has now."""
    lines = subprocess.run(["ss", "-tniHpO", "dst", "127.0.0.1"], stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines()
    sent = 0
    for line in lines:
        if f"pid={pid}," not in line or int(line.split()[4].rpartition(":")[2]) not in broker_ports:
            continue
        found = re.search(r"data_segs_out:(\d+)", line)
        sent += int(found[1]) if found else 0
    return sent


@contextlib.contextmanager
def far_away(milliseconds, brokers):
    ports = [b.rpartition(":")[2] for b in brokers.split(",")]
    far = subprocess.Popen([pathlib.Path(__file__).parents[1] / "kafka/far", milliseconds, *ports], stdout=subprocess.PIPE, text=True)
    try:
        if far.stdout.readline() != "ready\n":
            raise SystemExit("the brokers' way could not be made longer")
        yield
    finally:
        far.terminate()
        far.wait()


class Subject:
    """A program under load."""

    def __init__(self, options, binary, settings):
        self.o = options
        self.system = System(binary.parent, options.brokers, free_port, options.partitions, *settings)
        self.system.binary = binary
        self.gateway, self.port = self.system.start("gateway")
        self.processor, _ = self.system.start("processor")
        self.ports = {int(b.rpartition(":")[2]) for b in options.brokers.split(",")}

    def costs(self):
        both = (self.gateway.pid, self.processor.pid)
        return [cpu_seconds(p) for p in both], [requests_of(p, self.ports) for p in both]

    def log_bytes(self):
        """Of all copies of its topics."""
        logs = (self.o.logs.resolve().glob(f"node*/data/bench-{self.system.tag}-*/*.log") if self.o.logs else ())
        return sum(f.stat().st_size for f in logs)

    def load(self, clients, seconds):
        cpu, requests = self.costs()
        log_bytes = self.log_bytes()
        done = subprocess.run([self.o.bin / "load_client", str(self.port), str(self.gateway.pid), "tasks", str(clients), str(seconds)],
                              stdout=subprocess.PIPE, text=True, timeout=600, check=True)
        seen = json.loads(done.stdout)
        cpu_after, requests_after = self.costs()
        # The warm-up and the end of the last tasks cost, too: all that were done between the two looks count.
        all_tasks = seen["tasks_in_all"]
        bytes_written = {"log bytes": (self.log_bytes() - log_bytes) / 3 / all_tasks} if self.o.logs else {}
        return {"tasks/s": seen["tasks_per_second"], "ms": seen["task_p50_ms"], "p99 ms": seen["task_p99_ms"],
                "gateway µs": (cpu_after[0] - cpu[0]) / all_tasks * 1e6, "processor µs": (cpu_after[1] - cpu[1]) / all_tasks * 1e6,
                "gateway requests": (requests_after[0] - requests[0]) / all_tasks,
                "processor requests": (requests_after[1] - requests[1]) / all_tasks, **bytes_written}


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("bin", type=pathlib.Path)
    options.add_argument("brokers")
    options.add_argument("others", nargs="*", type=pathlib.Path, metavar="BINARY")
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--seconds", type=int, default=8)
    options.add_argument("--clients", default="1,32,512")
    options.add_argument("--partitions", type=int, default=12)
    options.add_argument("--set", action="append", default=[])
    options.add_argument("--with", dest="variants", action="append", default=[])
    options.add_argument("--far")
    options.add_argument("--logs", type=pathlib.Path)
    o = options.parse_args()
    o.bin = o.bin.resolve()
    this = o.bin / "streamdemo"
    programs = {str(this): (this, o.set), **{f"with {setting}": (this, [*o.set, setting]) for setting in o.variants},
                **{str(b): (b.resolve(), []) for b in o.others}}
    with contextlib.ExitStack() as up:
        if o.far:
            up.enter_context(far_away(o.far, o.brokers))
        subjects = {}
        for name, (binary, settings) in programs.items():
            subjects[name] = Subject(o, binary, settings)
            up.enter_context(subjects[name].system)
        for s in subjects.values():
            s.load(128, 5)  # brokers that have just started are slow until their code is compiled
        for clients in map(int, o.clients.split(",")):
            seen = {name: [] for name in programs}
            for number in range(o.rounds):
                for name, s in subjects.items():
                    seen[name].append(s.load(clients, o.seconds))
                    time.sleep(0.5)
                    print(f"  {clients} clients, {number + 1}: {name}: " + ", ".join(f"{k} {v:.2f}" for k, v in seen[name][-1].items()), flush=True)
            keys = list(seen[next(iter(programs))][0])
            print(f"\n{clients} clients, {o.partitions} partitions\n\n| | " + " | ".join(keys) + " |\n|---" + "|---" * len(keys) + "|")
            for name, rounds in seen.items():
                print("| " + " | ".join([name, *(spread([r[k] for r in rounds], form="{:.2f}" if "requests" in k else "{:.1f}") for k in keys)]) + " |")
            own = seen[next(iter(programs))]
            for name in list(programs)[1:]:
                ratios = {k: spread([a[k] / b[k] for a, b in zip(own, seen[name]) if b[k]]) for k in keys}
                print("| this / " + name + " | " + " | ".join(ratios.values()) + " |")
            print(flush=True)


if __name__ == "__main__":
    main()
