"""One trace through several processes, one of which is not ours."""
import contextlib
import os
import pathlib
import secrets
import subprocess
import sys
import unittest

from .program import program
from .receiver import Receiver
from .tree import Tree

BROKERS = os.environ.get("STREAMDEMO_KAFKA_BROKERS")
TRACE, CLIENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
SAMPLED = f"00-{TRACE}-{CLIENT}-01"


@contextlib.contextmanager
def foreign_processor(receiver, **names):
    environment = {**os.environ, "OTEL_EXPORTER_OTLP_ENDPOINT": receiver.url, "OTEL_BSP_SCHEDULE_DELAY": "50",
                   "OTEL_SERVICE_NAME": "foreign", "BROKERS": BROKERS, **names}
    child = subprocess.Popen([sys.executable, "-B", pathlib.Path(__file__).with_name("foreign_processor.py")], env=environment)
    try:
        yield
    finally:
        child.terminate()
        try:
            child.wait(30)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


class OnBrokers(unittest.TestCase):
    def setUp(self):
        self.name = f"traces-{secrets.token_hex(3)}"
        self.shared = {"bus": "kafka", "kafka__brokers": BROKERS, "topics__request": f"{self.name}.request",
                       "topics__response": f"{self.name}.response", "topics__dead_letter": f"{self.name}.dead-letter",
                       "topics__group": self.name, "tasks__shout__request_topic": f"{self.name}.shout"}
        self.receiver = self.enterContext(Receiver())

    def program(self, role):
        otel = {"EXPORTER_OTLP_ENDPOINT": self.receiver.url, "BSP_SCHEDULE_DELAY": 50, "SERVICE_NAME": role}
        return program(otel=otel, role=role, **self.shared)

    def spans(self, runs, deliveries):
        """Those of the gateway's request, the runs and the deliveries, and all others by then."""
        def complete(found):
            named = [s.name.partition(" ")[0] for s in found]
            return named.count("process") == runs and named.count("deliver") == deliveries and named.count("POST") == 1
        return self.receiver.until("the whole trace", complete)

    def test_a_foreign_processor_goes_on_with_the_trace(self):
        with self.program("gateway") as gateway, foreign_processor(
                self.receiver, REQUESTS=f"{self.name}.shout", RESPONSES=f"{self.name}.response", GROUP=f"{self.name}-shout"):
            gateway.submit("shout", {"text": "one two"}, parent=SAMPLED)
            spans = self.spans(runs=1, deliveries=3)
        self.assertEqual({TRACE}, {s.trace for s in spans})
        tree = Tree(spans)
        post = tree.only("POST /api/{kind}", "SERVER", CLIENT)
        request = tree.only(f"send {self.name}.shout", "PRODUCER", post.id)
        self.assertEqual("kafka", request.attributes["messaging.system"])
        self.assertIn("messaging.kafka.offset", request.attributes)
        run = tree.only(f"process {self.name}.shout", "CONSUMER", request.id)
        self.assertEqual("foreign", run.resource["service.name"])
        sent = tree.all(f"send {self.name}.response", "PRODUCER", run.id)
        self.assertEqual(2, len(sent))
        for s in sent:
            arrival = tree.only(f"deliver {self.name}.response", "CONSUMER", s.id)
            self.assertEqual("gateway", arrival.resource["service.name"])
        # Its end has no span of its own, and hangs below the run.
        end = tree.only(f"deliver {self.name}.response", "CONSUMER", run.id)
        self.assertEqual("ended", end.attributes["streamdemo.event.type"])

    def test_through_two_processes_and_the_brokers(self):
        with self.program("gateway") as gateway, self.program("processor"):
            gateway.submit("simulate", {"results": 1, "interval_ms": 1}, parent=SAMPLED)
            spans = self.spans(runs=1, deliveries=2)
        self.assertEqual({TRACE}, {s.trace for s in spans})
        tree = Tree(spans)
        post = tree.only("POST /api/{kind}", "SERVER", CLIENT)
        request = tree.only(f"send {self.name}.request", "PRODUCER", post.id)
        run = tree.only(f"process {self.name}.request", "CONSUMER", request.id)
        tree.only("queue wait", "INTERNAL", request.id)
        self.assertEqual("processor", run.resource["service.name"])
        self.assertEqual(request.attributes["messaging.kafka.offset"], run.attributes["messaging.kafka.offset"])
        self.assertEqual(self.name, run.attributes["messaging.consumer.group.name"])
        for s in tree.all(f"send {self.name}.response", "PRODUCER", run.id):
            arrival = tree.only(f"deliver {self.name}.response", "CONSUMER", s.id)
            self.assertEqual(s.attributes["messaging.kafka.offset"], arrival.attributes["messaging.kafka.offset"])


if __name__ == "__main__":
    unittest.main()
