#!/usr/bin/env python3
"""What the journal costs one machine: tasks of one result each, a WebSocket for each, as fast as clients get through, with the
records in memory only, with the journal synced for each group of records, and synced ten times a second; in turn. Before
each round the disk alone is measured: how long a small appended write takes to be synced. And for one client, how long a
submission takes to its 202.

  tests/bench/journal.py BIN_DIR [--rounds N] [--seconds S] [--clients 1,32,512] [--directory DIR]

BIN_DIR has streamdemo and load_client; DIR is on the disk to be measured."""
import argparse
import http.client
import json
import os
import pathlib
import statistics
import subprocess
import tempfile
import time

from judge import spread
from ports import free_port

KINDS = {"memory only": ["inprocess.directory="], "synced": [], "each 100 ms": ["inprocess.sync=interval"]}


class Server:
    def __init__(self, binary, directory, settings):
        self.port = free_port()
        sets = [f"gateway.port={self.port}", "management.port=0", "gateway.listen=127.0.0.1", "instance.log_level=error",
                "processor.concurrency=1000", "gateway.max_tasks=100000", *settings]
        self.process = subprocess.Popen([binary, *(f for s in sets for f in ("--set", s))], stdout=subprocess.PIPE, text=True, cwd=directory)
        if not self.process.stdout.readline():
            raise SystemExit("the server did not start")

    def end(self):
        self.process.terminate()
        self.process.wait()


def sync_ms(directory, times=200):
    """Milliseconds of one fdatasync after 500 bytes were appended, one by one."""
    took = []
    with tempfile.TemporaryFile(dir=directory) as f:
        for _ in range(times):
            f.write(bytes(500))
            f.flush()
            begin = time.perf_counter()
            os.fdatasync(f.fileno())
            took.append((time.perf_counter() - begin) * 1000)
    return statistics.median(took)


def accept_ms(port, times=300):
    """Milliseconds from a POST to its 202, one client, one after the other."""
    took = []
    connection = http.client.HTTPConnection("127.0.0.1", port)
    for _ in range(times):
        begin = time.perf_counter()
        connection.request("POST", "/api/simulate", b'{"results":0}', {"Content-Type": "application/json"})
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 202, answer.status
        took.append((time.perf_counter() - begin) * 1000)
    return statistics.median(took)


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("bin", type=pathlib.Path)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--seconds", type=int, default=5)
    options.add_argument("--clients", default="1,32,512")
    options.add_argument("--directory")
    o = options.parse_args()
    binary, load = (str((o.bin / name).resolve()) for name in ("streamdemo", "load_client"))
    rates, cpus, accepted, disk = {}, {}, {}, []
    for _ in range(o.rounds):
        for kind, settings in KINDS.items():
            with tempfile.TemporaryDirectory(prefix="streamdemo-journal-", dir=o.directory) as directory:
                disk.append(sync_ms(directory))
                server = Server(binary, directory, settings)
                try:
                    accepted.setdefault(kind, []).append(accept_ms(server.port))
                    for clients in map(int, o.clients.split(",")):
                        got = json.loads(subprocess.run([load, str(server.port), str(server.process.pid), "tasks", str(clients), str(o.seconds)],
                                                        check=True, capture_output=True, text=True).stdout)
                        rates.setdefault((clients, kind), []).append(got["tasks_per_second"])
                        cpus.setdefault((clients, kind), []).append(got["server_us_per_task"])
                finally:
                    server.end()
    print(f"a sync of this disk: {spread(disk, 'ms', '{:.3f}')}\n")
    print("| to the 202, one client | ms |\n|---|--:|")
    for kind, values in accepted.items():
        print(f"| {kind} | {spread(values, '', '{:.3f}')} |")
    print("\n| clients | | tasks/s | of memory only | CPU µs a task |\n|--:|---|--:|--:|--:|")
    for (clients, kind), values in sorted(rates.items()):
        base = rates[clients, "memory only"]
        ratio = spread([a / b for a, b in zip(values, base)], "×")
        print(f"| {clients} | {kind} | {spread(values, '', '{:.0f}')} | {ratio} | {spread(cpus[clients, kind], '', '{:.0f}')} |")


if __name__ == "__main__":
    main()
