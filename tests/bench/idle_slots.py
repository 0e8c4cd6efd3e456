#!/usr/bin/env python3
"""How often a task waits beside an idle slot, on real brokers: processors with four slots each get as many tasks at once as
there are slots, each of which works for ten seconds. Of each round the number of tasks that started within 1.5 s is
printed; only if it is that of all tasks, none waited for another one. The last rounds come two alive intervals after a
processor has joined. Several programs are measured in turn, so a change can be compared with what was before it.

  tests/bench/idle_slots.py BROKERS BINARY [BINARY…] [--rounds N] [--seconds S]

BROKERS as `tests/kafka/cluster brokers` prints them."""
import argparse
import collections
import concurrent.futures
import datetime
import http.client
import json
import os
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
import uuid

from ports import free_port

SLOTS = 4
ALIVE_SECONDS = 2


class System:
    """One gateway and any number of processors of one program, with topics of their own."""

    def __init__(self, binary, brokers):
        self.binary, self.brokers = binary, brokers
        self.directory = tempfile.TemporaryDirectory(prefix="streamdemo-idle-slots-")
        tag = uuid.uuid4().hex[:8]
        self.settings = [f"topics.{name}=idle-{tag}-{name}" for name in ("request", "response", "dead_letter", "group")]
        self.settings += ["topics.replication=3", f"processor.concurrency={SLOTS}", "gateway.listen=127.0.0.1",
                          *all_slots_for_one_kind(binary),
                          f"artifacts.directory={self.directory.name}"]
        self.processes, self.port = [], None

    def start(self, role):
        """Returns the file of its log, once it is ready."""
        port, management, log = free_port(), free_port(), f"{self.directory.name}/{len(self.processes)}.log"
        command = [self.binary, f"--role={role}", "--bus=kafka", "--log-level=info"]
        name = f"instance.name={role}-{len(self.processes)}"  # events say which one did it
        for s in (*self.settings, name, f"gateway.port={port}", f"management.port={management}"):
            command += ["--set", s]
        with open(log, "w", encoding="utf-8") as to:
            self.processes.append(subprocess.Popen(command, stdout=to, stderr=to, cwd=self.directory.name,
                                                   env={**os.environ, "STREAMDEMO_KAFKA_BROKERS": self.brokers}))
        if role == "gateway":
            self.port = port
        wait_until(lambda: answers(f"http://127.0.0.1:{management}/readyz"), f"the {role} is ready")
        return log

    def start_processors(self, count):
        """Returns once each of them has partitions."""
        logs = [self.start("processor") for _ in range(count)]
        wait_until(lambda: all("request partitions assigned" in text(log) for log in logs), "each has partitions")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for p in self.processes:
            p.send_signal(signal.SIGTERM)
        for p in self.processes:
            p.wait(60)
        self.directory.cleanup()


def all_slots_for_one_kind(binary):
    """By default one slot is left for other kinds. Earlier programs have no such bound, and refuse the setting."""
    known = subprocess.run([binary, "config"], capture_output=True, text=True, check=True).stdout
    return [f"tasks.simulate.concurrency={SLOTS}"] if "simulate.concurrency" in known else []


def text(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def answers(url):
    try:
        return urllib.request.urlopen(url, timeout=1).read() is not None
    except (urllib.error.URLError, OSError):
        return False


def wait_until(true, what):
    by = time.monotonic() + 120
    while not true():
        if time.monotonic() > by:
            raise SystemExit(f"waited 120 s in vain until {what}")
        time.sleep(0.05)


def time_of(event):
    return datetime.datetime.fromisoformat(event["log_time"].replace("Z", "+00:00"))


def do_task(port, seconds):
    """Submits a task and reads it to its end: how long it waited, and who did it."""
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    client.request("POST", "/api/simulate", json.dumps({"results": 2, "interval_ms": round(seconds * 1000)}),
                   {"Content-Type": "application/json", "Accept": "application/x-ndjson"})
    answer = client.getresponse()
    if answer.status == 202:
        request_id = json.load(answer)["request_id"]
        client.request("GET", f"/api/tasks/{request_id}/events", headers={"Accept": "application/x-ndjson"})
        answer = client.getresponse()
    assert answer.status == 200, (answer.status, answer.read())
    accepted = waited = source = None
    for line in answer:
        event = json.loads(line)
        if event.get("type") == "accepted":
            accepted = time_of(event)
        if event.get("type") == "started" and waited is None:
            waited, source = (time_of(event) - accepted).total_seconds(), event["source"]
    return waited, source


def one_round(port, tasks, seconds):
    """How many of the tasks started within 1.5 s, the longest wait, and how many each processor did."""
    with concurrent.futures.ThreadPoolExecutor(tasks) as pool:
        done = [f.result() for f in [pool.submit(do_task, port, seconds) for _ in range(tasks)]]
    shares = collections.Counter(source for _, source in done)
    waits = [waited for waited, _ in done]
    return sum(w <= 1.5 for w in waits), max(waits), "+".join(map(str, sorted(shares.values(), reverse=True)))


def settled(system, processors):
    """Partitions come one after the other as members join: wait until each processor really gets tasks."""
    seen = set()
    by = time.monotonic() + 60
    while len(seen) < processors and time.monotonic() < by:
        with concurrent.futures.ThreadPoolExecutor(24) as pool:
            seen |= {f.result()[1] for f in [pool.submit(do_task, system.port, 0.1) for _ in range(24)]}
    assert len(seen) >= processors, f"only {len(seen)} of {processors} processors do tasks"


def measure(binary, brokers, processors, joins, options):
    """The numbers of each round; with `joins` each round begins after a processor has joined."""
    found = []
    for _ in range(options.rounds if joins else 1):
        with System(binary, brokers) as system:
            at_first = processors - joins
            system.start("gateway")
            system.start_processors(at_first)
            settled(system, at_first)
            if joins:
                system.start_processors(1)
            time.sleep(2 * ALIVE_SECONDS)
            for _ in range(1 if joins else options.rounds):
                found.append(one_round(system.port, SLOTS * processors, options.seconds))
    return found


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("brokers")
    p.add_argument("binaries", nargs="+", type=os.path.abspath)
    p.add_argument("--rounds", type=int, default=5)
    p.add_argument("--seconds", type=float, default=10)
    options = p.parse_args()
    for processors, joins in ((2, 0), (3, 0), (2, 1), (3, 1)):
        what = f"{processors} processors, {SLOTS * processors} tasks" + (", one has just joined" if joins else "")
        for binary in options.binaries:
            rounds = measure(binary, options.brokers, processors, joins, options)
            print(f"{what}, {os.path.basename(binary)}: started within 1.5 s: {' '.join(str(n) for n, _, _ in rounds)}"
                  f"; longest wait, s: {' '.join(f'{w:.1f}' for _, w, _ in rounds)}"
                  f"; tasks of each processor: {' '.join(s for _, _, s in rounds)}", flush=True)


if __name__ == "__main__":
    main()
