#!/usr/bin/env python3
"""Whether somebody else's task can be told from an id that nobody has by how long the answer takes: two samples for each
address that names a task, and the largest distance of their distributions (Kolmogorov and Smirnov) beside the one that chance
alone exceeds in 5 of 100 tries.

  tests/bench/hidden_tasks.py BINARY [--samples N]"""
import argparse
import bisect
import http.client
import json
import os
import random
import statistics
import tempfile
import time
import uuid

from keyed_server import make_key, start

ADDRESSES = ("/api/tasks/{}", "/api/results/{}", "/api/tasks/{}/events", "/api/tasks/{}/timeline", "/api/artifacts/{}/clip.mp4")


def distance(one, other):
    one, other = sorted(one), sorted(other)
    return max(abs(bisect.bisect_right(one, v) / len(one) - bisect.bisect_right(other, v) / len(other)) for v in one + other)


def tasks_of(port, key, count):
    client, ids = http.client.HTTPConnection("localhost", port), []
    for _ in range(count):
        client.request("POST", "/api/simulate", '{"results":1,"interval_ms":1}',
                       {"Content-Type": "application/json", "Authorization": f"Bearer {key}"})
        ids.append(json.load(client.getresponse())["request_id"])
    return ids


def seconds_of(client, address, key):
    begin = time.perf_counter()
    client.request("GET", address, headers={"Authorization": f"Bearer {key}"})
    answer = client.getresponse()
    answer.read()
    assert answer.status == 404, (address, answer.status)
    return time.perf_counter() - begin


def main():
    options = argparse.ArgumentParser()
    options.add_argument("binary", type=os.path.abspath)
    options.add_argument("--samples", type=int, default=1000)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        alice, bob = (make_key(given.binary, directory, name) for name in ("alice", "bob"))
        server, port = start(given.binary, directory, gateway__unknown_task_wait_ms=3)
        try:
            hidden = tasks_of(port, alice, 200)
            client = http.client.HTTPConnection("localhost", port)
            for address in ADDRESSES:
                samples = {"another's": [], "nobody's": []}
                for turn in range(2 * given.samples):
                    whose = ("another's", "nobody's")[turn % 2]
                    name = random.choice(hidden) if whose == "another's" else str(uuid.uuid4())
                    samples[whose].append(seconds_of(client, address.format(name), bob))
                medians = ", ".join(f"{whose} {statistics.median(s) * 1e3:.3f} ms" for whose, s in samples.items())
                bound = 1.358 * (2 / given.samples) ** 0.5
                print(f"{address:28} {medians}; distance {distance(*samples.values()):.3f}, by chance {bound:.3f}", flush=True)
        finally:
            server.terminate()
            server.wait()


if __name__ == "__main__":
    main()
