#!/usr/bin/env python3
"""How long a gateway takes until it is ready when `response` has a million records, and its memory: without a store, and
with one that knows the log already; beside what librdkafka alone takes to read the same partitions (drain_log), all in
turn. Further programs are measured without a store.

  tests/bench/catch_up.py BIN_DIR BROKERS [BINARY…] [--rounds N] [--tasks N] [--bytes N] [--partitions N] [--topic NAME]

BIN_DIR has streamdemo, drain_log and fill_log; BROKERS as `tests/kafka/cluster brokers` prints them. A topic that is
named is filled by the first run and measured again by the next ones, within results.keep_for_ms."""
import argparse
import json
import os
import pathlib
import signal
import socket
import statistics
import subprocess
import tempfile
import time
import uuid

from judge import spread
from ports import free_port

TICKS = os.sysconf("SC_CLK_TCK")


def ready(port):
    """Whether the management listener says so; a bare socket, so that asking costs little."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as s:
            s.sendall(b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            return s.recv(100).startswith(b"HTTP/1.1 200")
    except OSError:
        return False


def mib(pid, what):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines():
        if line.startswith(what + ":"):
            return int(line.split()[1]) / 1024
    return 0


def cpu_seconds(pid):
    words = pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / TICKS


class Log:
    """The topics of one run."""

    def __init__(self, options, directory):
        self.o, self.directory = options, directory
        self.tag = options.topic or f"catch-up-{uuid.uuid4().hex[:8]}"
        self.response = f"{self.tag}-response"

    def gateway(self, binary, *settings):
        """Starts one, waits until it is ready and ends it: what that took."""
        port, management = free_port(), free_port()
        command = [binary, "--role=gateway", "--bus=kafka", "--log-level=warning"]
        names = [f"topics.{name}={self.tag}-{name}" for name in ("request", "response", "dead_letter", "group")]
        for s in (*names, f"topics.partitions={self.o.partitions}", "topics.replication=3", "gateway.listen=127.0.0.1",
                  f"gateway.port={port}", "gateway.max_connections=1000", f"management.port={management}", f"artifacts.directory={self.directory}/files", *settings):
            command += ["--set", s]
        began = time.monotonic()
        process = subprocess.Popen(command, cwd=self.directory, env={**os.environ, "STREAMDEMO_KAFKA_BROKERS": self.o.brokers},
                                   stdout=subprocess.DEVNULL)
        while not ready(management):
            if process.poll() is not None or time.monotonic() - began > 600:
                raise SystemExit("the gateway did not get ready")
            time.sleep(0.01)
        seen = {"seconds": time.monotonic() - began, "cpu": cpu_seconds(process.pid)}
        time.sleep(1)
        seen |= {"rss": mib(process.pid, "VmRSS"), "most": mib(process.pid, "VmHWM")}
        process.send_signal(signal.SIGTERM)
        process.wait(120)
        return seen

    def drain(self):
        return self.tool("drain_log", self.response, self.o.partitions)

    def fill(self, tasks):
        self.tool("fill_log", self.response, tasks, self.o.bytes)

    def tool(self, name, *arguments):
        done = subprocess.run([self.o.bin / name, self.o.brokers, *map(str, arguments)], stdout=subprocess.PIPE, text=True, timeout=900,
                              check=True)
        return json.loads(done.stdout) if done.stdout else None


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("bin", type=pathlib.Path)
    options.add_argument("brokers")
    options.add_argument("others", nargs="*", metavar="BINARY")
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--tasks", type=int, default=200_000)
    options.add_argument("--bytes", type=int, default=100)
    options.add_argument("--partitions", type=int, default=12)
    options.add_argument("--topic")
    options.add_argument("--set", action="append", default=[])
    o = options.parse_args()
    own = str((o.bin / "streamdemo").resolve())
    with tempfile.TemporaryDirectory(prefix="streamdemo-catch-up-") as directory:
        log = Log(o, directory)
        log.gateway(own)  # makes the topics
        if log.drain()["records"] < 5 * o.tasks:
            log.fill(o.tasks)
        stored = [*o.set, f"history.directory={directory}/history"]
        log.gateway(own, *stored)
        kinds = {"librdkafka alone": log.drain, "without a store": lambda: log.gateway(own, *o.set),
                 "with a store": lambda: log.gateway(own, *stored)}
        for other in o.others:
            kinds[f"{other}, without a store"] = lambda other=other: log.gateway(str(pathlib.Path(other).resolve()), *o.set)
        seen = {kind: [] for kind in kinds}
        for number in range(o.rounds):
            for kind, measure in kinds.items():
                seen[kind].append(measure())
                print(f"  {number + 1}: {kind}: " + ", ".join(f"{k} {v:.2f}" for k, v in seen[kind][-1].items()), flush=True)
        alone = [s["seconds"] for s in seen["librdkafka alone"]]
        without = [s["seconds"] for s in seen["without a store"]]
        print(f"\n{seen['librdkafka alone'][0]['records']} records, {o.partitions} partitions, {o.bytes} bytes a result\n")
        print("| | s until ready | × librdkafka alone | × without a store | CPU s | MiB, a second later | MiB at most |")
        print("|---|---|---|---|---|---|---|")
        for kind, all_ in seen.items():
            seconds = [s["seconds"] for s in all_]
            row = [spread(seconds), spread([a / b for a, b in zip(seconds, alone)]), spread([a / b for a, b in zip(seconds, without)]),
                   spread([s["cpu"] for s in all_])]
            row += [f"{statistics.median(s[k] for s in all_):.0f} (≤ {max(s[k] for s in all_):.0f})" if k in all_[0] else "—"
                    for k in ("rss", "most")]
            print("| " + " | ".join([kind, *row]) + " |")


if __name__ == "__main__":
    main()
