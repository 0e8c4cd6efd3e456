#!/usr/bin/env python3
"""What short tasks wait beside long ones of another kind, on real brokers: three processors with the default slots get a thousand
short tasks, so many a second, first alone and then beside 24 tasks of an hour. Printed is how long the short ones waited from
accepted to started, and how many times as long beside the long ones. With several programs each is measured in turn.

  tests/bench/short_beside_long.py BROKERS BINARY [BINARY…] [--tasks N] [--rate N] [--milliseconds N]

BROKERS as `tests/kafka/cluster brokers` prints them."""
import argparse
import concurrent.futures
import json
import os
import time
import urllib.request

import idle_slots

LONG_TASKS = 24
PROCESSORS = 3


class System(idle_slots.System):
    """With the default slots, and a kind `long`."""

    def __init__(self, binary, brokers):
        super().__init__(binary, brokers)
        self.settings = [s for s in self.settings if ".concurrency=" not in s] + ['tasks.long.command=sleep,3600', "tasks.long.kill_after_ms=0",
                                                                                   "processor.drain_ms=0"]


def post(port, path, body=b"{}"):
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def waits(port, options):
    """How long each short task waited, ascending, in seconds."""
    begin = time.monotonic()

    def one(i):
        time.sleep(max(0, begin + i / options.rate - time.monotonic()))
        return idle_slots.do_task(port, options.milliseconds / 1000)[0]

    with concurrent.futures.ThreadPoolExecutor(64) as pool:
        started = [pool.submit(one, i) for i in range(options.tasks)]
        try:
            return sorted(f.result() for f in started)
        except (TimeoutError, AssertionError):
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def shown(sorted_waits):
    p50, p99 = (sorted_waits[int(q * (len(sorted_waits) - 1))] for q in (0.5, 0.99))
    return p99, f"p50 {p50 * 1000:.0f} ms, p99 {p99 * 1000:.0f} ms, longest {sorted_waits[-1] * 1000:.0f} ms"


def measure(binary, options):
    with System(binary, options.brokers) as system:
        system.start("gateway")
        system.start_processors(PROCESSORS)
        idle_slots.settled(system, PROCESSORS)
        alone, text = shown(waits(system.port, options))
        print(f"{os.path.basename(binary)}, short tasks alone: {text}", flush=True)
        long_tasks = [post(system.port, "/api/long")["request_id"] for _ in range(LONG_TASKS)]
        time.sleep(2 * idle_slots.ALIVE_SECONDS)
        try:
            beside, text = shown(waits(system.port, options))
            print(f"{os.path.basename(binary)}, beside {LONG_TASKS} tasks of an hour: {text}; p99 {beside / alone:.1f} times as long", flush=True)
        except (TimeoutError, AssertionError) as e:
            print(f"{os.path.basename(binary)}, beside {LONG_TASKS} tasks of an hour: a short task did not start in time ({e!r})", flush=True)
        for request_id in long_tasks:
            post(system.port, f"/api/tasks/{request_id}/cancel")


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("brokers")
    p.add_argument("binaries", nargs="+", type=os.path.abspath)
    p.add_argument("--tasks", type=int, default=1000)
    p.add_argument("--rate", type=float, default=20)
    p.add_argument("--milliseconds", type=int, default=50)
    options = p.parse_args()
    for binary in options.binaries:
        measure(binary, options)


if __name__ == "__main__":
    main()
