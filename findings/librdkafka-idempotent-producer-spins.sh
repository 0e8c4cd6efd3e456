#!/usr/bin/env bash
# librdkafka 2.16.0: the thread of an idempotent producer looks without a pause whether it may send, as long as five messages
# of a partition are under way and another one waits. Until the broker answers, that takes all of a core that it can get.
#
# `enable.idempotence` lets five requests of a connection be under way, and one expects that a sixth waits for an answer as
# cheaply as without idempotence. But for a partition the library counts messages, not requests: one batch of five small
# records is the limit, and the next record of that partition is due at once and may not be sent, so the thread wakes again
# and again. Four messages before it cost nothing, nor does a producer that is not idempotent. It shows where answers take
# long (brokers in another region, slow replicas) or where a program sends to few partitions, and looks like a busy producer.
#
# Brokers that the library plays itself answer after 400 ms here. Seen with confluent-kafka 2.16.1 (librdkafka 2.16.0),
# Python 3.11.7, two cores with nothing else to do:
#   idempotent, 4 messages under way, one waits: 0.00 cores
#   idempotent, 5 messages under way, one waits: 0.99 cores
#   not idempotent, 5 messages under way, one waits: 0.00 cores
#
# Exits 0 while that is so.
set -euo pipefail
directory=$(mktemp -d)
trap 'rm -r "$directory"' EXIT
cd "$directory"
python3 --version
python3 -m venv client
client/bin/pip install --quiet --disable-pip-version-check confluent-kafka==2.16.1

cat >tried.py <<'PYTHON'
import sys
import time

from confluent_kafka import Producer


def cores_while_one_waits(idempotent, under_way):
    """How much of a core the process takes in a quarter of a second in which nothing can happen."""
    producer = Producer({"bootstrap.servers": "played by the library", "test.mock.num.brokers": 1, "test.mock.broker.rtt": 400,
                         "enable.idempotence": idempotent, "acks": "all", "linger.ms": 0, "log_level": 0})
    errors = []

    def send():
        producer.produce("topic", b"message", partition=0, on_delivery=lambda error, _: errors.append(error))

    send()
    producer.flush()
    for _ in range(under_way):
        send()
    time.sleep(0.1)  # they have left, and their answer comes 0.3 s from now
    send()
    before, begin = time.process_time(), time.monotonic()
    time.sleep(0.25)
    cores = (time.process_time() - before) / (time.monotonic() - begin)
    producer.flush()
    assert errors == [None] * (under_way + 2), errors
    return cores


failed = False
for idempotent, under_way, spins in ((True, 4, False), (True, 5, True), (False, 5, False)):
    cores = cores_while_one_waits(idempotent, under_way)
    print(f"{'idempotent' if idempotent else 'not idempotent'}, {under_way} messages under way, one waits: {cores:.2f} cores")
    failed |= cores < 0.2 if spins else cores > 0.1
sys.exit(failed)
PYTHON
timeout 120 client/bin/python tried.py
