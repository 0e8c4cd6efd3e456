#!/usr/bin/env python3
"""What 100,000 wrong tokens a minute cost who shows a right one: keys that nobody has, and tokens of an issuer that name keys
which it does not publish. Beside them one client polls, in turn with the wrong ones and without, and its 99th percentiles
are compared; the issuer counts how often it is asked; the server's memory is looked at from the first wrong tokens to the
last.

  tests/bench/wrong_tokens.py BINARY [--minutes N] [--rate TOKENS_PER_MINUTE]"""
import argparse
import http.server
import json
import multiprocessing
import os
import pathlib
import secrets
import socket
import statistics
import tempfile
import threading
import time

from keyed_server import make_key, start
from token_issuer import Issuer, base64url

TURN_S = 10  # of each turn: without, with, without, with …
PAUSE_S = 0.005  # between the client's polls


class CountingIssuer:
    """The address of an issuer's keys, on this machine."""

    def __init__(self, text):
        times = self.times = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                times.append(time.monotonic())
                self.send_response(200)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def url(self):
        return f"http://127.0.0.1:{self.server.server_address[1]}/jwks.json"


class Connection:
    """Requests one after the other; opened again when the server ends it."""

    def __init__(self, port):
        self.port, self.socket = port, None

    def status_of(self, request):
        for _ in range(2):
            if self.socket is None:
                self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=30)
                self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            try:
                self.socket.sendall(request)
                answer = self.socket.recv(65536)
            except ConnectionError:
                answer = b""
            if answer:
                if b"\r\nConnection: close\r\n" in answer:
                    self.socket.close()
                    self.socket = None
                return int(answer[9:12])
            self.socket.close()
            self.socket = None
        raise SystemExit("the server answers no more")


def get(path, token):
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n".encode()


def flood(port, rate, running, tokens, sent):
    """Shows `rate` of `tokens` a second, each once, while it is `running`."""
    connection = Connection(port)
    statuses = {}
    while running.value >= 0:
        begin, count = time.monotonic(), 0
        while running.value == 1:
            due = begin + count / rate
            if (ahead := due - time.monotonic()) > 0:
                time.sleep(ahead)
            status = connection.status_of(get("/api/tasks", tokens[sent.value % len(tokens)]))
            statuses[status] = statuses.get(status, 0) + 1
            count += 1
            sent.value += 1
        time.sleep(0.01)
    print("  answers to them: " + ", ".join(f"{n} × {s}" for s, n in sorted(statuses.items())), flush=True)


def polled_ms(connection, request, seconds):
    out, end = [], time.monotonic() + seconds
    while time.monotonic() < end:
        begin = time.perf_counter()
        status = connection.status_of(request)
        out.append((time.perf_counter() - begin) * 1e3)
        if status != 200:
            raise SystemExit(f"the right token was answered {status}")
        time.sleep(PAUSE_S)
    return out


def p99(values):
    return sorted(values)[int(0.99 * (len(values) - 1))]


def rss_mib(pid):
    line = next(x for x in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines() if x.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def measure(name, given, directory, sets, token, wrong, issuer):
    server, port = start(given.binary, directory, **{name.replace(".", "__"): value for name, value in sets.items()})
    running, sent = multiprocessing.Value("i", 0), multiprocessing.Value("q", 0)
    flooding = multiprocessing.Process(target=flood, args=(port, given.rate / 60, running, wrong, sent))
    flooding.start()
    try:
        client = Connection(port)
        request = get("/api/tasks", token)
        while client.status_of(request) == 503:  # its issuer's keys are on their way
            time.sleep(0.1)
        polled_ms(client, request, 2)
        asked_before, began, memory, ratios = len(issuer.times) if issuer else 0, time.monotonic(), [], []
        flooded = 0.0
        while flooded < 60 * given.minutes:
            alone = p99(polled_ms(client, request, TURN_S))
            running.value, at = 1, time.monotonic()
            beside = p99(polled_ms(client, request, TURN_S))
            flooded += time.monotonic() - at
            running.value = 0
            memory.append(rss_mib(server.pid))
            ratios.append(beside / alone)
            print(f"  {name}: p99 alone {alone:.3f} ms, beside wrong tokens {beside:.3f} ms, ×{ratios[-1]:.2f}; "
                  f"{memory[-1]:.1f} MiB", flush=True)
        print(f"{name}: {sent.value} wrong tokens in {flooded:.0f} s; p99 × {statistics.median(ratios):.2f} (at most 1.5); "
              f"memory {memory[0]:.1f} MiB after the first turn, {memory[-1]:.1f} MiB after the last", flush=True)
        if issuer:
            asked, seconds = len(issuer.times) - asked_before, time.monotonic() - began
            # Every five minutes it is asked anyway.
            most = 1 + int(seconds / 30) + 1 + int(seconds / 300)
            print(f"{name}: the issuer was asked {asked} times in {seconds:.0f} s (at most {most})", flush=True)
    finally:
        running.value = -1
        flooding.join()
        server.terminate()
        server.wait()


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("binary", type=os.path.abspath)
    options.add_argument("--minutes", type=float, default=1)
    options.add_argument("--rate", type=int, default=100_000)
    options.add_argument("--only", choices=("keys", "tokens"))
    given = options.parse_args()
    count = int(given.rate * (given.minutes + 1))
    with tempfile.TemporaryDirectory() as directory:
        if given.only != "tokens":
            alice = make_key(given.binary, directory, "alice")
            wrong = ["sdkey_" + secrets.token_urlsafe(32) for _ in range(count)]
            measure("keys", given, directory, {}, alice, wrong, None)
        if given.only != "keys":
            maker = Issuer(directory)
            issuer = CountingIssuer(maker.jwks)
            claims = maker.signed_part("mallory", "x").split(".")[1]
            wrong = [f"{base64url(json.dumps({'typ': 'at+jwt', 'alg': 'EdDSA', 'kid': secrets.token_hex(8)}).encode())}."
                     f"{claims}.{base64url(secrets.token_bytes(64))}" for _ in range(count)]
            measure("tokens", given, directory, maker.settings(issuer.url()), maker.token("alice"), wrong, issuer)


if __name__ == "__main__":
    main()
