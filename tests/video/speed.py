"""What cutting costs, beside ffmpeg alone on the same file: turn by turn in one run, as ratios, with their spread."""
import json
import resource
import statistics
import subprocess
import time
import urllib.request

SECONDS = 60
SOURCE = ["-f", "lavfi", "-i", f"testsrc2=size=1280x720:rate=25:duration={SECONDS},noise=alls=8:allf=t",
          "-f", "lavfi", "-i", f"sine=frequency=440:sample_rate=48000:duration={SECONDS}",
          "-c:v", "libx264", "-preset", "veryfast", "-g", "50", "-pix_fmt", "yuv420p", "-c:a", "aac"]
# What the program asks of the encoder, without cutting.
ENCODE = ["-vf", "scale=-2:720", "-c:v", "libx264", "-preset", "veryfast", "-threads", "2", "-c:a", "aac", "-b:a", "96k",
          "-ac", "2"]
COPY = ["-c", "copy", "-f", "segment", "-segment_time", "10", "-reset_timestamps", "1"]


def cpu_of(pid):
    """Of a process and of its children that ended, in seconds."""
    fields = open(f"/proc/{pid}/stat", encoding="ascii").read().rsplit(")", 1)[1].split()
    return sum(map(int, fields[11:15])) / 100


def children_cpu():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def plain(ffmpeg, source, arguments, target):
    began, used = time.monotonic(), children_cpu()
    subprocess.run([ffmpeg, "-v", "error", "-y", "-threads", "2", "-i", source, *arguments, target], check=True)
    return {"wall": time.monotonic() - began, "cpu": children_cpu() - used}


def ours(server, source, query):
    """`first`: when the first clip came, from the request on."""
    used = cpu_of(server.child.pid)
    with source.open("rb") as body:
        began, first = time.monotonic(), None
        request = urllib.request.Request(f"{server.url}/api/process-video?clip_seconds=10&size=720p&preset=veryfast{query}", body, {
            "Accept": "application/x-ndjson", "Content-Type": "video/mp4", "Content-Length": str(source.stat().st_size)})
        with urllib.request.urlopen(request, timeout=600) as answer:
            for line in answer:
                event = json.loads(line) if line.strip() else {}
                if event.get("type") == "result" and first is None:
                    first = time.monotonic() - began
                if event.get("type") == "ended" and event["data"]["status"] != "succeeded":
                    raise SystemExit(f"the task failed: {event}")
    return {"wall": time.monotonic() - began, "cpu": cpu_of(server.child.pid) - used, "first": first}


def spread(values, unit):
    return f"{statistics.median(values):.2f} {unit} ({min(values):.2f} – {max(values):.2f})"


def measure(o, server, directory, rounds=5):
    source = directory / "speed.mp4"
    subprocess.run(["ffmpeg", "-v", "error", "-y", *SOURCE, source], check=True)
    takes = {
        "ffmpeg, encoding": lambda: plain(o.ffmpeg, source, ENCODE, directory / "plain.mp4"),
        "cut": lambda: ours(server, source, ""),
        "ffmpeg -c copy": lambda: plain(o.ffmpeg, source, COPY, directory / "plain-%d.mp4"),
        "cut, copy=true": lambda: ours(server, source, "&copy=true"),
    }
    seen = {name: [] for name in takes}
    for _ in range(rounds):
        for name, take in takes.items():
            seen[name].append(take())
    print(f"{SECONDS} s of 1280×720, {rounds} rounds in turn, medians (lowest – highest)")
    for name, all_of in seen.items():
        first = f"; the first clip after {spread([r['first'] for r in all_of], 's')}" if "first" in all_of[0] else ""
        print(f"{name}: {spread([r['wall'] for r in all_of], 's')}, CPU {spread([r['cpu'] for r in all_of], 's')}{first}")

    def ratio(what, a, b, key):
        print(f"{what}: {spread([x[key] / y[key] for x, y in zip(seen[a], seen[b])], '×')}")
    ratio("cut to ffmpeg, time", "cut", "ffmpeg, encoding", "wall")
    ratio("cut to ffmpeg, CPU", "cut", "ffmpeg, encoding", "cpu")
    ratio("cut to copy=true, time", "cut", "cut, copy=true", "wall")
    ratio("copy=true to ffmpeg -c copy, time", "cut, copy=true", "ffmpeg -c copy", "wall")
