"""Through OpenTelemetry's own collector, which is built for it: minutes, so `./dev traces --collector` and not the continuous integration."""
import contextlib
import json
import pathlib
import socket
import subprocess
import tempfile
import time
import unittest
import urllib.error
import urllib.request

from support.waiting import until

from .program import program
from .receiver import Receiver

SOURCE = pathlib.Path(__file__).with_name("collector")
BUILT = SOURCE.parents[2] / "build" / "collector"
SAMPLED = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


@contextlib.contextmanager
def collector(port, receiver):
    """Takes traces at the port and passes them on to the receiver."""
    config = {
        "receivers": {"otlp": {"protocols": {"http": {"endpoint": f"127.0.0.1:{port}"}}}},
        "exporters": {"otlp_http": {"endpoint": receiver.url, "sending_queue": {"enabled": False}}},
        "service": {"telemetry": {"metrics": {"level": "none"}, "logs": {"level": "warn"}},
                    "pipelines": {"traces": {"receivers": ["otlp"], "exporters": ["otlp_http"]}}}}
    with tempfile.TemporaryDirectory() as directory:
        file = pathlib.Path(directory) / "config.yaml"
        file.write_text(json.dumps(config))
        child = subprocess.Popen([BUILT, "--config", f"file:{file}"])
        try:
            wait_until_it_listens(port, child)
            yield
        finally:
            child.terminate()
            child.wait(30)


def wait_until_it_listens(port, child):
    for _ in range(300):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5)
        except urllib.error.HTTPError:
            return
        except OSError:
            if child.poll() is not None:
                break
            time.sleep(0.1)
    raise AssertionError("the collector does not listen")


class Collector(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        subprocess.run(["go", "build", "-o", BUILT, "."], cwd=SOURCE, check=True)

    def setUp(self):
        self.receiver = self.enterContext(Receiver())
        self.port = free_port()

    def program(self, **otel):
        return program(otel={"EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{self.port}", "BSP_SCHEDULE_DELAY": 50, **otel})

    def test_it_takes_a_whole_trace_and_passes_it_on(self):
        with collector(self.port, self.receiver), self.program() as p:
            p.submit("simulate", {"results": 2, "interval_ms": 1}, parent=SAMPLED)
            spans = self.receiver.until("eleven spans", lambda s: len(s) == 11)
            # Its answer comes after it has passed them on.
            until("they count as taken", lambda: p.counted("streamdemo_trace_spans_exported_total") == 11)
        self.assertEqual({SAMPLED.split("-")[1]}, {s.trace for s in spans})
        self.assertEqual({s.id for s in spans} | {SAMPLED.split("-")[2]}, {s.id for s in spans} | {s.parent for s in spans})

    def test_what_waits_is_sent_once_it_is_there(self):
        with self.program() as p:
            p.submit("simulate", {"results": 2, "interval_ms": 1}, parent=SAMPLED)
            until("a failure", lambda: p.counted("streamdemo_trace_exports_failed_total"))
            with collector(self.port, self.receiver):
                self.receiver.until("eleven spans", lambda s: len(s) == 11)
            self.assertIn("again", p.log.read_text())

    def test_what_it_has_no_time_for_is_counted(self):
        with self.program(EXPORTER_OTLP_TIMEOUT=100) as p:
            with socket.create_server(("127.0.0.1", self.port)):  # takes connections and never answers
                p.submit("simulate", {"results": 2, "interval_ms": 1}, parent=SAMPLED)
                until("a failure", lambda: p.counted("streamdemo_trace_exports_failed_total"))
            with collector(self.port, self.receiver):
                self.receiver.until("eleven spans", lambda s: len(s) == 11)


if __name__ == "__main__":
    unittest.main()
