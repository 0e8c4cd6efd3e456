#!/usr/bin/env python3
"""What tracing costs: tasks of one result each, a WebSocket for each, as fast as clients get through, with tracing off, with a tenth
of all traces to a receiver that takes them, and with a receiver that is gone, that never answers, or that answers 500.

  tests/bench/traces.py BIN_DIR [--starts N] [--rounds N] [--seconds S] [--clients N] [--before BINARY] [--only "KIND;..."] [--instructions]

BIN_DIR has streamdemo and load_client; BINARY is a version to compare with that has no tracing. For each row two servers are there, one
without tracing, and get the load in slices one right after the other, in an order by chance, so that what else the machine does hits
both alike, and both have as many tasks to remember. Both are started anew several times: two processes of one program may differ by
some percent for as long as they live. In the row `off again` neither has tracing: how far its figures are from 1 is what the others' are
worth. The receiver is of Python, counts and does not look at what it gets; it runs on the same machine, so its own CPU time is told:
where all cores are busy, tasks a second lose it, too.

--instructions: counts the program's own instructions for a task, without the kernel's, with valgrind's callgrind. One round; the
servers are some fifty times slower, but the figures differ by less than one percent from run to run, whatever else the machine does.
No task is forgotten meanwhile: how many are would depend on the speed."""
import argparse
import json
import os
import pathlib
import random
import re
import socketserver
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

from ports import free_port

TENTH = {"OTEL_TRACES_SAMPLER": "parentbased_traceidratio", "OTEL_TRACES_SAMPLER_ARG": "0.1"}
WITHOUT = "a version without"
# What of a slice of load_client is compared, and how it is written.
FIGURES = (("tasks_per_second", "{:.0f}"), ("task_p99_ms", "{:.2f}"), ("server_us_per_task", "{:.0f}"))
LONGEST_DELAY = 6  # seconds until the last spans have been sent


class Receiver(socketserver.ThreadingTCPServer):
    """Answers each request with `status` after `wait` seconds."""
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, status, wait=0):
        self.status, self.wait, self.ending = status, wait, threading.Event()
        super().__init__(("127.0.0.1", 0), Call)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}"


class Call(socketserver.StreamRequestHandler):
    def handle(self):
        while head := self.head():
            self.rfile.read(int(re.search(r"(?i)content-length: (\d+)", head)[1]))
            self.server.ending.wait(self.server.wait)
            self.wfile.write(b"HTTP/1.1 %s\r\nContent-Type: application/x-protobuf\r\nContent-Length: 0\r\n\r\n" % self.server.status)

    def head(self):
        lines = list(iter(self.rfile.readline, b"\r\n")) if self.rfile.peek(1) else []
        return b"".join(lines).decode()


class Server:
    def __init__(self, binary, parent, otel, *before):
        directory = tempfile.mkdtemp(dir=parent)
        self.port, self.management = free_port(), free_port()
        counted = bool(before)
        sets = [f"gateway.port={self.port}", f"management.port={self.management}", "gateway.listen=127.0.0.1", "instance.log_level=error",
                "processor.concurrency=1000", "gateway.max_tasks=100000", "inprocess.directory=", f"results.keep_for_ms={600_000 if counted else 10_000}"]
        environment = {k: v for k, v in os.environ.items() if not k.startswith("OTEL_")} | otel
        self.process = subprocess.Popen([*before, binary, *(f for s in sets for f in ("--set", s))], stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL if counted else None, text=True, cwd=directory, env=environment)
        if not self.process.stdout.readline():
            raise SystemExit("the server did not start")

    def load(self, client, clients, seconds):
        """What load_client says, and the CPU time of the receivers, in µs a task."""
        before = time.process_time()
        out = subprocess.run([client, str(self.port), str(self.process.pid), "tasks", str(clients), str(seconds)],
                             check=True, capture_output=True, text=True).stdout
        found = json.loads(out)
        return found | {"receiver_us_per_task": (time.process_time() - before) * 1e6 / max(found["tasks_in_all"], 1)}

    def spans(self):
        """How many were taken by the receiver, and how many were dropped."""
        text = urllib.request.urlopen(f"http://127.0.0.1:{self.management}/metrics", timeout=60).read().decode()
        taken = re.findall(r"^streamdemo_trace_spans_exported_total (\S+)", text, re.MULTILINE)
        dropped = re.findall(r"^streamdemo_trace_spans_dropped_total\S* (\S+)", text, re.MULTILINE)
        return sum(map(float, taken)), sum(map(float, dropped))

    def end(self):
        self.process.terminate()
        self.process.wait()


def compare(binary, load, kinds, o, directory):
    """Prints the table of what tasks cost by the clock."""
    print(f"{o.clients} clients, {o.starts} starts of {o.rounds} rounds, slices of {o.seconds} s; medians, × off with the middle half of the rounds\n\n"
          "| tracing | tasks/s | × off | p99 ms | × off | CPU µs a task | × off | receiver's CPU µs a task | spans taken | dropped |\n"
          "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|")
    for kind, otel in kinds.items():
        if kind == "off":
            continue
        starts = [measured(binary, load, kind, otel, o, directory) for _ in range(o.starts)]
        pairs = [pair for found, _, _ in starts for pair in found]
        taken, dropped = (sum(s[i] for s in starts) for i in (1, 2))
        cells = []
        for what, form in FIGURES:
            cells.append(form.format(statistics.median(p["on"][what] for p in pairs)))
            cells.append(middle([p["on"][what] / p["off"][what] for p in pairs]))
        receiver = statistics.median(p["on"]["receiver_us_per_task"] for p in pairs)
        print(f"| {kind} | {' | '.join(cells)} | {receiver:.0f} | {taken:.0f} | {dropped:.0f} |", flush=True)


def measured(binary, load, kind, otel, o, directory):
    """One start of both servers: a pair of figures for each round, and how many spans were taken and dropped."""
    pairs = []
    servers = {"off": Server(binary, directory, {}), "on": Server(o.before if kind == WITHOUT else binary, directory, otel)}
    try:
        # One round more, which does not count: the servers grow warm.
        for number in range(o.rounds + 1):
            pair = {which: servers[which].load(load, o.clients, o.seconds) for which in random.sample(["off", "on"], 2)}
            if number:
                pairs.append(pair)
        time.sleep(LONGEST_DELAY)
        return pairs, *servers["on"].spans()
    finally:
        for s in servers.values():
            s.end()


def middle(values):
    """The median with the quartiles: outliers are the machine's, and with many rounds there always are some."""
    low, median, high = statistics.quantiles(values, n=4) if len(values) > 1 else values * 3
    return f"{median:.3f} ({low:.3f} – {high:.3f})"


def count(binary, load, kinds, o, directory):
    """Prints how many instructions of the program a task takes."""
    per_task = {}
    print("| tracing | instructions a task | × off |\n|---|--:|--:|")
    for i, (kind, otel) in enumerate(kinds.items()):
        out = directory / str(i)
        s = Server(o.before if kind == WITHOUT else binary, directory, otel, "valgrind", "--tool=callgrind",
                   f"--callgrind-out-file={out}")
        try:
            s.load(load, o.clients, o.seconds)
            subprocess.run(["callgrind_control", "--zero", str(s.process.pid)], check=True, stdout=subprocess.PIPE)
            tasks = s.load(load, o.clients, o.seconds)["tasks_in_all"]
            subprocess.run(["callgrind_control", "--dump", str(s.process.pid)], check=True, stdout=subprocess.PIPE)
        finally:
            s.end()
        total = re.search(r"^(?:summary|totals): (\d+)", pathlib.Path(f"{out}.1").read_text(), re.MULTILINE)
        per_task[kind] = int(total[1]) / tasks
        print(f"| {kind} | {per_task[kind]:.0f} | {per_task[kind] / per_task['off']:.3f} |", flush=True)


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("bin", type=pathlib.Path)
    options.add_argument("--starts", type=int, default=5)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--seconds", type=int)
    options.add_argument("--clients", type=int, default=32)
    options.add_argument("--before")
    options.add_argument("--only")
    options.add_argument("--instructions", action="store_true")
    o = options.parse_args()
    o.seconds = o.seconds or (10 if o.instructions else 1)
    binary, load = (str((o.bin / name).resolve()) for name in ("streamdemo", "load_client"))
    takes, refuses, silent = Receiver(b"200 OK"), Receiver(b"500 Internal Server Error"), Receiver(b"200 OK", 3600)
    kinds = {
        "off": {},
        "off again": {},
        "none recorded": {"OTEL_EXPORTER_OTLP_ENDPOINT": takes.url, "OTEL_TRACES_SAMPLER": "always_off"},
        "a tenth": {"OTEL_EXPORTER_OTLP_ENDPOINT": takes.url, **TENTH},
        "a tenth, receiver gone": {"OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{free_port()}", **TENTH},
        "a tenth, receiver silent": {"OTEL_EXPORTER_OTLP_ENDPOINT": silent.url, **TENTH},
        "a tenth, receiver answers 500": {"OTEL_EXPORTER_OTLP_ENDPOINT": refuses.url, **TENTH},
        "all": {"OTEL_EXPORTER_OTLP_ENDPOINT": takes.url},
    }
    if o.before:
        kinds |= {WITHOUT: {}}
    if o.only:
        kinds = {k: v for k, v in kinds.items() if k in ("off", "off again", *o.only.split(";"))}
    try:
        with tempfile.TemporaryDirectory(prefix="streamdemo-traces-") as directory:
            (count if o.instructions else compare)(binary, load, kinds, o, pathlib.Path(directory))
    finally:
        silent.ending.set()


if __name__ == "__main__":
    main()
