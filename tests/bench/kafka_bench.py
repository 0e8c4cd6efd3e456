"""The product on three real brokers: gateway and processor as processes of their own, all on this machine.

The bus by itself (plain librdkafka: bus_delivery) is measured in the same run, before and after, and stands in the
column of the floor. Brokers start from build/kafka and are taken down again; STREAMDEMO_KAFKA_BROKERS names others."""
import contextlib
import json
import os
import pathlib
import shutil
import signal
import statistics
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
import uuid

from judge import must_be_true, spread

ROOT = pathlib.Path(__file__).resolve().parents[2]
CLUSTER = ROOT / "tests/kafka/cluster"


@contextlib.contextmanager
def brokers():
    given = os.environ.get("STREAMDEMO_KAFKA_BROKERS")
    if given:
        yield given
        return
    with tempfile.TemporaryDirectory(prefix="streamdemo-bench-kafka-") as directory:
        command = [str(CLUSTER), "--dir", directory, "--port", "29392"]
        try:
            subprocess.run([*command, "up"], check=True)
            yield subprocess.run([*command, "brokers"], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
        finally:
            subprocess.run([*command, "down"], check=False)


class System:
    """One gateway and, unless told otherwise, one processor, with topics of their own."""

    def __init__(self, bin_directory, brokers_list, free_port, partitions, *settings):
        self.binary, self.brokers, self.free_port = bin_directory / "streamdemo", brokers_list, free_port
        self.tag = uuid.uuid4().hex[:8]
        self.directory = tempfile.mkdtemp(prefix="streamdemo-bench-")
        self.settings = [f"topics.{name}=bench-{self.tag}-{name}" for name in ("request", "response", "dead_letter", "group")]
        self.settings += [f"topics.partitions={partitions}", "topics.replication=3", "gateway.listen=127.0.0.1",
                          f"artifacts.directory={self.directory}", "processor.concurrency=1000",
                          "gateway.max_tasks=100000", *settings]
        self.processes = []

    @property
    def response(self):
        return f"bench-{self.tag}-response"

    @property
    def dead_letter(self):
        return f"bench-{self.tag}-dead_letter"

    def start(self, role):
        """The process and the port clients connect to. How long it took to get ready: .ready_after."""
        port, management = self.free_port(), self.free_port()
        command = [str(self.binary), f"--role={role}", "--bus=kafka", "--log-level=warning"]
        for s in (*self.settings, f"gateway.port={port}", f"management.port={management}"):
            command += ["--set", s]
        began = time.monotonic()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=self.directory,
                                   env={**os.environ, "STREAMDEMO_KAFKA_BROKERS": self.brokers})
        self.processes.append(process)
        while time.monotonic() - began < 600:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{management}/readyz", timeout=1).read()
                process.ready_after = time.monotonic() - began
                return process, port
            except (urllib.error.URLError, OSError):
                if process.poll() is not None:
                    break
                time.sleep(0.05)
        raise SystemExit(f"the {role} did not get ready")

    def stop(self, process):
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        self.processes.remove(process)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in list(self.processes):
            self.stop(process)
        shutil.rmtree(self.directory, ignore_errors=True)


def tool(bench, name, *arguments):
    done = subprocess.run([bench.bin / name, *map(str, arguments)], stdout=subprocess.PIPE, text=True, timeout=600,
                          check=True)
    return json.loads(done.stdout) if done.stdout else None


def resident_mib(process):
    for line in open(f"/proc/{process.pid}/status", encoding="utf-8"):
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return 0


def rounds(bench):
    """No more than three: each takes a quarter of a minute for each row."""
    return min(bench.options.rounds, 3)


def the_bus(bench, brokers_list, system, rhythm_ms, pipelined=1000):
    """One record after the other, about so many milliseconds apart: brokers are slower the longer they slept."""
    pause = max(1, round(rhythm_ms - 2))  # a record needs about two
    # Where nobody of the product reads, who would have to pass over a hundred thousand strange records.
    return tool(bench, "bus_delivery", brokers_list, system.dead_letter, 300, pause, pipelined)


def one_client(bench, brokers_list, system, measure, rhythm, name, rows):
    """The delay of one client's results, each time between two measurements of the bus with the same rhythm."""
    delays, bus = [], [the_bus(bench, brokers_list, system, rhythm)["delay_p50_ms"]]
    for i in range(rounds(bench)):
        delays.append(measure()["delay_p50_ms"])
        bus.append(the_bus(bench, brokers_list, system, rhythm)["delay_p50_ms"])
        must_be_true(name, i + 1, {"delay": delays[-1]}, {"delay": min(bus[-2:])})
    ratios = [delay / ((before + after) / 2) for delay, before, after in zip(delays, bus, bus[1:])]
    rows.append((f"{name}: median from emit to client, and the bus's own delivery with a record every {rhythm:.0f} ms",
                 spread(delays, "ms", "{:.1f}"), spread(bus, "ms", "{:.1f}"), spread(ratios, "×"), "≤ 1.2 ×",
                 statistics.median(ratios) <= 1.2))


def tasks(bench, brokers_list, rows, free_port, partitions):
    """Throughput with 1, 32 and 512 clients; with one, the delay too, against the bus's own."""
    seconds = 3 if bench.options.quick else 10
    with System(bench.bin, brokers_list, free_port, partitions) as s:
        gateway, port = s.start("gateway")
        s.start("processor")

        def load(clients, *tasks_of):
            got = tool(bench, "load_client", port, gateway.pid, "tasks", clients, seconds, *tasks_of)
            print(f"  {partitions} partitions, {clients} clients {tasks_of or ''}: {got}", flush=True)
            return got

        # Brokers that have just started are slow until their code is compiled.
        load(128)
        prefix = f"Kafka, {partitions} partitions"
        seen = {clients: [] for clients in (1, 32, 512)}
        for _ in range(rounds(bench)):
            for clients, got in seen.items():
                got.append(load(clients))
        for clients, got in seen.items():
            rates, many = [g["tasks_per_second"] for g in got], clients == 512
            rows.append((f"{prefix}, {clients} clients: tasks/s, a WebSocket and one result each", spread(rates, form="{:.0f}"),
                         "—", "—", "≥ 5000" if many else "shown", statistics.median(rates) >= 5000 if many else None))
        one_client(bench, brokers_list, s, lambda: load(1), statistics.median(g["task_p50_ms"] for g in seen[1]),
                   f"{prefix}, 1 client, one task after the other", rows)
        one_client(bench, brokers_list, s, lambda: load(1, 100, 20), 20, f"{prefix}, 1 client, one long task", rows)
        rates = [the_bus(bench, brokers_list, s, 5, 100_000)["records_per_second"] for _ in range(rounds(bench))]
    rows.append(("the bus alone: records/s pipelined, acknowledged by all in-sync replicas", "—", spread(rates, form="{:.0f}"),
                 "—", "shown", None))


def catch_up(bench, brokers_list, rows, free_port):
    """A gateway that starts with a million records in `response`."""
    count = 20_000 if bench.options.quick else 200_000
    bound = 256 << 20
    with System(bench.bin, brokers_list, free_port, 12, f"results.max_bytes={bound}") as s:
        first, _ = s.start("gateway")
        s.stop(first)
        tool(bench, "fill_log", brokers_list, s.response, count, 100)
        ready, mib = [], []
        for _ in range(rounds(bench)):
            gateway, _ = s.start("gateway")
            time.sleep(1)
            ready.append(gateway.ready_after)
            mib.append(resident_mib(gateway))
            s.stop(gateway)
    rows.append((f"a gateway with {5 * count} records in `response`: seconds until it is ready", spread(ready, "s", "{:.1f}"),
                 "—", "—", "shown", None))
    rows.append(("and its memory at most, with results.max_bytes = 256 MiB", spread(mib, "MiB", "{:.0f}"), "—", "—",
                 "≤ 307 MiB (+ 20 %) in every round", max(mib) <= 1.2 * bound / (1 << 20)))


def measure_tasks(bench, rows, free_port):
    with brokers() as brokers_list:
        for partitions in (12, 3):
            tasks(bench, brokers_list, rows, free_port, partitions)


def measure_catch_up(bench, rows, free_port):
    with brokers() as brokers_list:
        catch_up(bench, brokers_list, rows, free_port)
