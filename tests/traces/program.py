"""The program under test, with the environment variables of OpenTelemetry, and its clients."""
import contextlib
import json
import os
import pathlib
import re
import subprocess
import tempfile
import time
import urllib.request

from support.waiting import SECONDS

READY = re.compile(r"is ready(?: on (http://\S+))?.*?management: (http://[^\s)]+)")


class Program:
    def __init__(self, url, management, log):
        self.url, self.management, self.log = url, management, log

    def curl(self, path, *words, parent=None):
        """The body that curl gets."""
        if parent:
            words = ("--header", f"traceparent: {parent}", *words)
        return subprocess.run(["curl", "--silent", "--show-error", "--no-buffer", "--max-time", str(SECONDS), *words, self.url + path],
                              check=True, capture_output=True, text=True, timeout=SECONDS + 10).stdout

    def submit(self, kind, payload, parent=None):
        """The id of the task, once its end was read as a stream."""
        events = self.curl(f"/api/{kind}", "--header", "Accept: application/x-ndjson", "--json", json.dumps(payload), parent=parent)
        events = [e for e in map(json.loads, events.splitlines()) if "seq" in e]
        assert events and events[-1]["data"].get("status") == "succeeded", events[-1:]
        return events[0]["request_id"]

    def counted(self, series):
        with urllib.request.urlopen(self.management + "/metrics", timeout=10) as answer:
            found = re.search(rf"^{re.escape(series)} (\S+)$", answer.read().decode(), re.MULTILINE)
        return float(found[1]) if found else None


@contextlib.contextmanager
def program(*, otel, **settings):
    """`otel`: of OTEL_…; settings as `topics__request`."""
    with tempfile.TemporaryDirectory() as name:
        directory = pathlib.Path(name)
        settings = {"gateway.port": 0, "management.port": 0, "artifacts.directory": directory / "artifacts",
                    "history.directory": directory / "histories", "inprocess.directory": directory / "journal",
                    **{key.replace("__", "."): value for key, value in settings.items()}}
        words = [word for key, value in settings.items() for word in ("--set", f"{key}={value}")]
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("STREAMDEMO_", "OTEL_"))}
        environment |= {f"OTEL_{k}": str(v) for k, v in otel.items()}
        log = directory / "log"
        with log.open("w") as out:
            child = subprocess.Popen([os.environ["STREAMDEMO_BIN"], *words], env=environment, stdout=out, stderr=out)
        try:
            end = time.monotonic() + SECONDS
            while not (ready := READY.search(log.read_text())):
                if child.poll() is not None or time.monotonic() > end:
                    raise AssertionError(f"it is not ready: {log.read_text()[-2000:]}")
                time.sleep(0.05)
            yield Program(ready[1], ready[2], log)
        finally:
            child.terminate()
            try:
                child.wait(SECONDS)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
