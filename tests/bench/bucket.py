"""What a bucket costs beside a directory, in one run: python3 tests/bench/bucket.py [--gib N] [--rounds N]

The time from the submission of an uploaded video to its first clip, as a ratio, with each store in turn; and the most memory
that a process ever had while it took a large upload. The bucket's server is s3s-fs, if `./dev s3` has built it, or moto. A
benchmark never passes or fails."""
import argparse
import contextlib
import http.client
import json
import os
import pathlib
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = ROOT / "build/release/bin/streamdemo"
S3S_FS = ROOT / "build/s3s-fs/bin/s3s-fs"
PIECE = bytes(1 << 20)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def until_it_listens(port):
    until = time.monotonic() + 30
    while time.monotonic() < until:
        with socket.socket() as s:
            if s.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise SystemExit(f"nothing listens on {port}")


@contextlib.contextmanager
def process(command, port, log):
    with open(log, "wb") as out:
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
    try:
        until_it_listens(port)
        yield child
    finally:
        child.terminate()
        child.wait()


@contextlib.contextmanager
def bucket_server(directory):
    port = free_port()
    if S3S_FS.exists():
        (directory / "s3/bench").mkdir(parents=True)
        command = [S3S_FS, "--host", "127.0.0.1", "--port", str(port), "--access-key", "any", "--secret-key", "any", directory / "s3"]
    else:
        command = [ROOT / ".venv/bin/python", "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with process(command, port, directory / "s3.log"):
        if not S3S_FS.exists():
            urllib.request.urlopen(urllib.request.Request(f"http://127.0.0.1:{port}/bench", method="PUT")).close()
        yield f"http://127.0.0.1:{port}"


@contextlib.contextmanager
def server(directory, name, settings):
    port = free_port()
    given = {"gateway.port": port, "management.port": 0, "inprocess.directory": directory / name / "journal",
             "gateway.max_upload_bytes": 8 << 30, "artifacts.max_bytes": 16 << 30, "quota.upload_bytes": 16 << 30, **settings}
    flags = [part for key, value in given.items() for part in ("--set", f"{key}={value}")]
    (directory / name).mkdir()
    with process([BINARY, *flags], port, directory / name / "log") as child:
        yield child.pid, port


def first_clip(port, video):
    """Seconds from the first byte of the upload to the first clip, as a client of SSE sees it."""
    began = time.monotonic()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("POST", "/api/process-video?clip_seconds=2", video, {"Accept": "text/event-stream", "Content-Type": "video/mp4"})
    answer = connection.getresponse()
    for line in answer:
        if line.startswith(b"event: result"):
            seconds = time.monotonic() - began
        if line.startswith(b"event: ended"):
            break
    connection.close()
    return seconds


def memory_of(pid):
    """(now, ever) in MiB."""
    lines = dict(line.split(":", 1) for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines())
    return tuple(int(lines[name].split()[0]) / 1024 for name in ("VmRSS", "VmHWM"))


def large_upload(port, mib):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    connection.putrequest("POST", "/api/process-video")
    connection.putheader("Content-Type", "video/mp4")
    connection.putheader("Content-Length", str(mib << 20))
    connection.endheaders()
    for _ in range(mib):
        connection.send(PIECE)
    answer = connection.getresponse()
    body = json.loads(answer.read())
    connection.close()
    if answer.status != 202:
        raise SystemExit(f"the upload was answered {answer.status}: {body}")
    return body["request_id"]


def until_ended(port, request_id):
    while True:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/tasks/{request_id}") as answer:
            status = json.load(answer)["status"]
        if status not in ("queued", "running"):
            return status
        time.sleep(0.2)


def make_video(file, seconds):
    subprocess.run(["ffmpeg", "-v", "error", "-f", "lavfi", "-i", f"testsrc2=d={seconds}:s=1280x720:r=30", "-c:v", "mpeg4", "-q:v", "2", file],
                   check=True)
    return file.read_bytes()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gib", type=float, default=2)
    parser.add_argument("--rounds", type=int, default=9)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="streamdemo-bucket-") as temporary:
        directory = pathlib.Path(temporary)
        video = make_video(directory / "video.mp4", 10)
        with bucket_server(directory) as url:
            in_bucket = {"artifacts.store": "s3", "s3.endpoint": url, "s3.bucket": "bench", "s3.access_key_id": "any",
                         "s3.secret_access_key": "any", "s3.scratch_directory": directory / "scratch"}
            in_directory = {"artifacts.directory": directory / "artifacts"}
            print(f"the server of the bucket: {'s3s-fs' if S3S_FS.exists() else 'moto'}; the video: {len(video) >> 10} KiB")
            with server(directory, "in-directory", in_directory) as (_, one), server(directory, "in-bucket", in_bucket) as (_, other):
                times = [(first_clip(one, video), first_clip(other, video)) for _ in range(given.rounds)]
            a, b = (statistics.median(column) for column in zip(*times))
            print(f"the first clip, median of {given.rounds}: directory {a:.3f} s, bucket {b:.3f} s, ratio {b / a:.2f}")
            mib = int(given.gib * 1024)
            with server(directory, "large", in_bucket) as (pid, port):
                before, _ = memory_of(pid)
                began = time.monotonic()
                request_id = large_upload(port, mib)
                seconds = time.monotonic() - began
                _, taken = memory_of(pid)
                status = until_ended(port, request_id)
                _, ever = memory_of(pid)
            print(f"an upload of {mib} MiB: {mib / seconds:.0f} MiB/s; gateway and processor in one process had {before:.0f} MiB before it, "
                  f"at most {taken:.0f} MiB until it was taken, and {ever:.0f} MiB until its task had ended ({status})")


if __name__ == "__main__":
    sys.exit(main())
