"""The real program with a store of its own, and a browser that records and plays."""
import json
import os
import pathlib
import re
import subprocess
import threading
import time
import urllib.request


class Server:
    def __init__(self, o, directory):
        sets = {
            "gateway.port": 0, "management.port": 0, "artifacts.directory": directory / "artifacts",
            "instance.log_level": "warning", "video.ffmpeg": o.ffmpeg, "video.ffprobe": o.ffprobe,
        }
        flags = [f for key, value in sets.items() for f in ("--set", f"{key}={value}")]
        self.scratch = directory / "artifacts" / "tmp"
        self.child = subprocess.Popen([o.binary, *flags], stdout=subprocess.PIPE, text=True, cwd=directory)

    def __enter__(self):
        for line in self.child.stdout:
            if match := re.search(r"ready on (http:\S+)", line):
                self.url = match[1]
                return self
        raise SystemExit("the program ended before it was ready")

    def __exit__(self, *_):
        self.child.terminate()
        self.child.wait(30)

    def cut(self, path, query):
        """All events of a task, each with when it came, and the most memory that one ffmpeg had."""
        with Memory(self.child.pid) as memory, path.open("rb") as body:
            request = urllib.request.Request(f"{self.url}/api/process-video?{query}", body, {
                "Accept": "application/x-ndjson", "Content-Type": "video/mp4",
                "Content-Length": str(path.stat().st_size)})
            with urllib.request.urlopen(request, timeout=600) as answer:
                events = [json.loads(line) for line in answer if line.strip()]
        return [e for e in events if "seq" in e], memory.most

    def clip(self, url):
        with urllib.request.urlopen(self.url + url, timeout=60) as answer:
            return answer.read()


class Memory:
    """Looks now and then at the children of children of a process."""

    def __init__(self, root):
        self.root = str(root)
        self.most = 0
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self.watch)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.thread.join()

    def watch(self):
        while not self.ended.wait(0.05):
            self.look()

    def look(self):
        parents, sizes = {}, {}
        for entry in os.scandir("/proc"):
            if not entry.name.isdigit():
                continue
            try:
                status = pathlib.Path(entry.path, "status").read_text()
            except OSError:
                continue
            fields = dict(line.split(":", 1) for line in status.splitlines() if ":" in line)
            parents[entry.name] = fields["PPid"].strip()
            if "VmHWM" in fields:
                sizes[entry.name] = int(fields["VmHWM"].split()[0])
        for pid, size in sizes.items():
            if parents.get(parents.get(pid)) == self.root:
                self.most = max(self.most, size)


class Browser:
    """tests/video/browser.mjs, asked line by line; nothing where no browser is wanted."""

    def __init__(self, o, server):
        self.child = None
        if o.no_browser:
            return
        here = pathlib.Path(__file__).parent
        subprocess.run([here.parent / "e2e" / "modules"], check=True, stdout=subprocess.DEVNULL)
        self.child = subprocess.Popen(["node", here / "browser.mjs", server.url], stdin=subprocess.PIPE,
                                      stdout=subprocess.PIPE, text=True,
                                      env={**os.environ, "STREAMDEMO_URL": server.url})

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.child:
            self.child.stdin.close()
            self.child.wait(30)

    def ask(self, question):
        self.child.stdin.write(json.dumps(question) + "\n")
        self.child.stdin.flush()
        answer = json.loads(self.child.stdout.readline())
        if "error" in answer:
            raise SystemExit(f"the browser failed at {question}: {answer['error']}")
        return answer

    def record(self, media_type, path):
        self.ask({"record": media_type, "path": str(path)})

    def plays(self, url):
        """Whether a clip's time runs on and a picture of some size shows; nothing: there is no browser."""
        return self.ask({"play": url})["plays"] if self.child else None
