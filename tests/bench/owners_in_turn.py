#!/usr/bin/env python3
"""How long the one task of an owner waits behind another owner's thousands: "many" submits them by 50 connections, under
100 prefixes of idempotency keys and without any; then "one" submits a single task, several times, and its way from accepted to
started is printed beside how long one task takes. Quotas are off, so that it is the processor alone that is fair.

  tests/bench/owners_in_turn.py BINARY [--tasks N] [--seconds S]"""
import argparse
import concurrent.futures
import datetime
import http.client
import json
import os
import statistics
import tempfile

from keyed_server import make_key, start


def submit(client, key, seconds, idempotency_key=None):
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {key}"}
    if idempotency_key:
        headers["Idempotency-Key"] = idempotency_key
    client.request("POST", "/api/simulate", json.dumps({"results": 2, "interval_ms": round(seconds * 1000)}), headers)
    answer = client.getresponse()
    body = json.load(answer)
    assert answer.status == 202, (answer.status, body)
    return body["request_id"]


def flood(port, key, seconds, count, number):
    client = http.client.HTTPConnection("localhost", port)
    for i in range(count):
        submit(client, key, seconds, f"{number % 100}-{number}-{i}" if i % 2 else None)


def time_of(event):
    return datetime.datetime.fromisoformat(event["log_time"].replace("Z", "+00:00"))


def seconds_until_started(port, key, request_id):
    client = http.client.HTTPConnection("localhost", port)
    client.request("GET", f"/api/tasks/{request_id}/events",
                   headers={"Accept": "application/x-ndjson", "Authorization": f"Bearer {key}"})
    accepted = None
    for line in client.getresponse():
        event = json.loads(line)
        if event["type"] == "accepted":
            accepted = time_of(event)
        if event["type"] == "started":
            return (time_of(event) - accepted).total_seconds()


def main():
    options = argparse.ArgumentParser()
    options.add_argument("binary", type=os.path.abspath)
    options.add_argument("--tasks", type=int, default=10_000)
    options.add_argument("--seconds", type=float, default=1)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        many, one = (make_key(given.binary, directory, name) for name in ("many", "one"))
        server, port = start(given.binary, directory, quota__open_tasks=0, quota__submissions_per_second=0)
        try:
            with concurrent.futures.ThreadPoolExecutor(50) as pool:
                for done in [pool.submit(flood, port, many, given.seconds, given.tasks // 50, n) for n in range(50)]:
                    done.result()
            client, waits = http.client.HTTPConnection("localhost", port), []
            for _ in range(10):
                waits.append(seconds_until_started(port, one, submit(client, one, given.seconds)))
            print(f"behind {given.tasks} tasks of {given.seconds} s of another owner, one task waited "
                  f"{statistics.median(waits):.2f} s (median of {len(waits)}, {min(waits):.2f} – {max(waits):.2f})")
        finally:
            server.terminate()
            server.wait()


if __name__ == "__main__":
    main()
