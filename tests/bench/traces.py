#!/usr/bin/env python3
"""What tracing costs: tasks of one result each, a WebSocket for each, as fast as clients get through, with tracing off, with a tenth
of all traces to a receiver that takes them, and with a receiver that is gone, that never answers, or that answers 500. All servers
are there at the same time and get the load in turn, in another order each round, so that what else the machine does hits all alike.

  tests/bench/traces.py BIN_DIR [--rounds N] [--seconds S] [--clients N] [--before BINARY] [--only "KIND;..."]

BIN_DIR has streamdemo and load_client; BINARY is a version to compare with that has no tracing. The receiver is of Python, counts
and does not look at what it gets."""
import argparse
import json
import os
import pathlib
import random
import re
import socketserver
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

from judge import spread
from ports import free_port

TENTH = {"OTEL_TRACES_SAMPLER": "parentbased_traceidratio", "OTEL_TRACES_SAMPLER_ARG": "0.1"}


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


class Call(socketserver.BaseRequestHandler):
    def handle(self):
        text = b""
        while part := self.request.recv(1 << 20):
            text += part
            head, found, body = text.partition(b"\r\n\r\n")
            if not found or len(body) < int(re.search(rb"(?i)content-length: (\d+)", head)[1]):
                continue
            text = b""
            self.server.ending.wait(self.server.wait)
            self.request.sendall(b"HTTP/1.1 %s\r\nContent-Length: 0\r\n\r\n" % self.server.status)


class Server:
    def __init__(self, binary, directory, otel):
        self.port, self.management = free_port(), free_port()
        sets = [f"gateway.port={self.port}", f"management.port={self.management}", "gateway.listen=127.0.0.1", "instance.log_level=error",
                "processor.concurrency=1000", "gateway.max_tasks=100000", "inprocess.directory=", "results.keep_for_ms=10000"]
        environment = {k: v for k, v in os.environ.items() if not k.startswith("OTEL_")} | otel
        self.process = subprocess.Popen([binary, *(f for s in sets for f in ("--set", s))], stdout=subprocess.PIPE, text=True,
                                        cwd=directory, env=environment)
        if not self.process.stdout.readline():
            raise SystemExit("the server did not start")

    def spans(self):
        """How many were taken by the receiver, and how many were dropped."""
        text = urllib.request.urlopen(f"http://127.0.0.1:{self.management}/metrics", timeout=10).read().decode()
        taken = re.findall(r"^streamdemo_trace_spans_exported_total (\S+)", text, re.MULTILINE)
        dropped = re.findall(r"^streamdemo_trace_spans_dropped_total\S* (\S+)", text, re.MULTILINE)
        return sum(map(float, taken)), sum(map(float, dropped))

    def end(self):
        self.process.terminate()
        self.process.wait()


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("bin", type=pathlib.Path)
    options.add_argument("--rounds", type=int, default=15)
    options.add_argument("--seconds", type=int, default=3)
    options.add_argument("--clients", type=int, default=32)
    options.add_argument("--before")
    options.add_argument("--only")
    o = options.parse_args()
    binary, load = (str((o.bin / name).resolve()) for name in ("streamdemo", "load_client"))
    takes, refuses, silent = Receiver(b"200 OK"), Receiver(b"500 Internal Server Error"), Receiver(b"200 OK", 3600)
    kinds = {
        "off": {},
        "a tenth": {"OTEL_EXPORTER_OTLP_ENDPOINT": takes.url, **TENTH},
        "a tenth, receiver gone": {"OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{free_port()}", **TENTH},
        "a tenth, receiver silent": {"OTEL_EXPORTER_OTLP_ENDPOINT": silent.url, **TENTH},
        "a tenth, receiver answers 500": {"OTEL_EXPORTER_OTLP_ENDPOINT": refuses.url, **TENTH},
        "all": {"OTEL_EXPORTER_OTLP_ENDPOINT": takes.url},
    }
    if o.only:
        kinds = {k: v for k, v in kinds.items() if k in ("off", *o.only.split(";"))}
    if o.before:
        kinds = {"off": kinds.pop("off"), "a version without": {}, **kinds}
    got = {kind: [] for kind in kinds}
    with tempfile.TemporaryDirectory(prefix="streamdemo-traces-") as directory:
        servers = {}
        for i, (kind, otel) in enumerate(kinds.items()):
            place = pathlib.Path(directory) / str(i)
            place.mkdir()
            servers[kind] = Server(o.before if kind == "a version without" else binary, place, otel)
        try:
            # One round more, which does not count: the servers grow warm.
            for number in range(o.rounds + 1):
                for kind in random.sample(list(servers), len(servers)):
                    s = servers[kind]
                    out = subprocess.run([load, str(s.port), str(s.process.pid), "tasks", str(o.clients), str(o.seconds)],
                                         check=True, capture_output=True, text=True).stdout
                    if number:
                        got[kind].append(json.loads(out))
                print(f"round {number} of {o.rounds}", file=sys.stderr)
            time.sleep(6)  # the last spans are sent
            spans = {kind: s.spans() for kind, s in servers.items()}
        finally:
            for s in servers.values():
                s.end()
            silent.ending.set()
    print(f"{o.clients} clients, {o.rounds} rounds of {o.seconds} s each; medians (lowest – highest) of the rounds, each as a part of the "
          "same round with tracing off\n")
    print("| tracing | tasks/s | × off | p99 ms | × off | CPU µs a task | × off | spans taken | dropped |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|")
    for kind, rounds in got.items():
        cells = []
        for what, form in (("tasks_per_second", "{:.0f}"), ("task_p99_ms", "{:.2f}"), ("server_us_per_task", "{:.0f}")):
            values = [r[what] for r in rounds]
            cells.append(spread(values, "", form))
            cells.append(spread([v / base[what] for v, base in zip(values, got["off"])], "", "{:.3f}"))
        print(f"| {kind} | {' | '.join(cells)} | {spans[kind][0]:.0f} | {spans[kind][1]:.0f} |")


if __name__ == "__main__":
    main()
