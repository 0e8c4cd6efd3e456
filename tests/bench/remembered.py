#!/usr/bin/env python3
"""What a flood of short tasks leaves behind: the memory of one process that has both roles, and how many it took.

  tests/bench/remembered.py BINARY [--tasks N] [--set NAME=VALUE]...
  tests/bench/remembered.py BINARY --rate N --seconds S [--set NAME=VALUE]...      N a second, a row each half minute"""
import argparse
import collections
import http.client
import multiprocessing
import os
import re
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

from ports import free_port

TASK = b'{"results":1,"interval_ms":0}'


def submit(port, tasks, into):
    """Tries each task until it is taken, or refused because too many are remembered."""
    client = http.client.HTTPConnection("127.0.0.1", port)
    taken = refused = 0
    while taken + refused < tasks:
        client.request("POST", "/api/simulate", TASK, {"Content-Type": "application/json"})
        answer = client.getresponse()
        body = answer.read()
        if answer.status == 202:
            taken += 1
        elif answer.status == 503 and b"remembered" in body:
            refused += 1
        elif answer.status == 503:
            time.sleep(0.02)  # as many are open as may be
        else:
            raise SystemExit(f"{answer.status}: {body!r}")
    into.put((taken, refused))


def submit_steadily(port, per_second, seconds, into):
    """Sends a batch each 20 ms, and reads its answers. Puts (taken, refused) into the queue each second."""
    request = (b"POST /api/simulate HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
               % len(TASK)) + TASK
    client = socket.create_connection(("127.0.0.1", port))
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    answers, size, begin = client.makefile("rb"), per_second // 50, time.monotonic()
    for second in range(seconds):
        statuses = collections.Counter()
        for n in range(50):
            time.sleep(max(0, begin + second + n / 50 - time.monotonic()))
            client.sendall(request * size)
            for _ in range(size):
                status, length = answers.readline().split()[1], 0
                while (line := answers.readline()) != b"\r\n":
                    if line.startswith(b"Content-Length:"):
                        length = int(line[15:])
                answers.read(length)
                statuses[status] += 1
        if set(statuses) - {b"202", b"503"}:
            raise SystemExit(f"answers: {statuses}")
        into.put((statuses[b"202"], statuses[b"503"]))
    into.put(None)


def steadily(options, port, management, server):
    results = multiprocessing.Queue()
    clients = [multiprocessing.Process(target=submit_steadily, args=(port, options.rate // options.clients, options.seconds, results))
               for _ in range(options.clients)]
    for c in clients:
        c.start()
    print("| minutes | taken | refused (503) | RSS | remembered by the gateway | by the processor |\n|---|---|---|---|---|---|")
    begin, ended, taken, refused, due = time.monotonic(), 0, 0, 0, 0
    while ended < len(clients):
        said = results.get(timeout=60)
        ended += said is None
        taken, refused = taken + (said or (0, 0))[0], refused + (said or (0, 0))[1]
        if time.monotonic() - begin >= due or ended == len(clients):
            now = dict(line.split() for line in metrics(management))
            mib = [float(now.get(name, 0)) / 2 ** 20 for name in ("streamdemo_history_remembered_bytes",
                                                                 "streamdemo_processor_remembered_bytes")]
            print(f"| {(time.monotonic() - begin) / 60:.1f} | {taken} | {refused} | {resident(server.pid):.0f} MiB | "
                  f"{mib[0]:.0f} MiB | {mib[1]:.0f} MiB |", flush=True)
            due += 30


def resident(pid):
    return int(re.search(r"VmRSS:\s+(\d+)", open(f"/proc/{pid}/status", encoding="ascii").read())[1]) / 1024


def metrics(management):
    text = urllib.request.urlopen(f"http://127.0.0.1:{management}/metrics").read().decode()
    return re.findall(r"^(streamdemo_(?:history|processor_remembered)_\w*bytes \S+)$", text, re.MULTILINE)


def wait_until_ready(management):
    for _ in range(300):
        try:
            return urllib.request.urlopen(f"http://127.0.0.1:{management}/readyz")
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
    raise SystemExit("the server is not ready after 30 s")


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("binary")
    options.add_argument("--tasks", type=int, default=240_000)
    options.add_argument("--clients", type=int, default=4)
    options.add_argument("--rate", type=int, help="tasks a second")
    options.add_argument("--seconds", type=int, default=600)
    options.add_argument("--set", action="append", default=[], dest="settings")
    options = options.parse_args()
    port, management = free_port(), free_port()
    directory = tempfile.mkdtemp(prefix="streamdemo-bench-")
    command = [os.path.abspath(options.binary)]
    for s in (f"gateway.port={port}", f"management.port={management}", f"artifacts.directory={directory}",
              "instance.log_level=error", "processor.concurrency=64", *options.settings):
        command += ["--set", s]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=directory)
    try:
        wait_until_ready(management)
        if options.rate:
            return steadily(options, port, management, server)
        before, results = resident(server.pid), multiprocessing.Queue()
        clients = [multiprocessing.Process(target=submit, args=(port, options.tasks // options.clients, results))
                   for _ in range(options.clients)]
        for c in clients:
            c.start()
        done = [results.get() for _ in clients]
        for c in clients:
            c.join()
        time.sleep(2)
        print(f"taken {sum(d[0] for d in done)}, refused {sum(d[1] for d in done)}; "
              f"RSS {before:.1f} MiB before, {resident(server.pid):.1f} MiB behind them", *metrics(management), sep="\n  ")
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main()
