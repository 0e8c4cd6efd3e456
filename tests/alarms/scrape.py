"""Real processes, and the series that they give to Prometheus."""
import contextlib
import os
import pathlib
import re
import subprocess
import tempfile
import urllib.request

from support.waiting import SECONDS, until

# Of a process that serves; it may still lack something for work.
SERVES = re.compile(r"^streamdemo (?:is ready|runs) .*?management: (http://[^\s)]+)", re.MULTILINE)
LINE = re.compile(r"^(\w+)(?:\{(.*)\})? (\S+)$")


@contextlib.contextmanager
def process(job, **settings):
    """A function that gives the series of a process that was started for this: name with labels -> values."""
    with tempfile.TemporaryDirectory() as name:
        directory = pathlib.Path(name)
        settings = {"gateway.port": 0, "management.port": 0, "artifacts.directory": directory / "artifacts",
                    "s3.scratch_directory": directory / "scratch",
                    "history.directory": directory / "histories", "inprocess.directory": directory / "journal",
                    **{key.replace("__", "."): value for key, value in settings.items()}}
        words = [word for key, value in settings.items() for word in ("--set", f"{key}={value}")]
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("STREAMDEMO_", "OTEL_"))}
        environment["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://127.0.0.1:9"  # nobody is there, but there are series of traces
        log = directory / "log"
        with log.open("w") as out:
            child = subprocess.Popen([os.environ["STREAMDEMO_BIN"], *words], env=environment, stdout=out, stderr=out)
        try:
            def serves():
                if child.poll() is not None:
                    raise AssertionError(f"it ended with {child.returncode}: {log.read_text()[-2000:]}")
                return SERVES.search(log.read_text())
            url = until(f"{job} serves", serves, pause=0.1)[1]
            yield lambda: series(url, job)
        finally:
            child.terminate()
            try:
                child.wait(SECONDS)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


def series(url, job):
    with urllib.request.urlopen(f"{url}/metrics", timeout=10) as answer:
        lines = answer.read().decode().splitlines()
    found = {f'up{{job="{job}",instance="{job}:8081"}}': "1+0x60"}
    for line in lines:
        if not line.startswith("#"):
            name, labels, value = LINE.match(line).groups()
            found[f'{name}{{{labels + "," if labels else ""}job="{job}",instance="{job}:8081"}}'] = f"{value}+0x60"
    return found
