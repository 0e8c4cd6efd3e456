"""Holds clips against their source."""
import array
import dataclasses
import json
import subprocess
import tempfile
import time

PACKET = 1024


@dataclasses.dataclass
class Track:
    frames: list  # the number that each picture carries
    samples: array.array  # of one channel
    rate: int


@dataclasses.dataclass
class Row:
    name: str
    result: str = ""
    source: str = ""
    joined: str = ""
    plays: str = ""
    megabytes: int = 0
    seconds: float = 0
    wrong: list = dataclasses.field(default_factory=list)

    def line(self):
        verdict = "; ".join(self.wrong) if self.wrong else "right"
        cells = (self.name, self.result, self.source, self.joined, self.plays, f"{self.megabytes} MB",
                 f"{self.seconds:.1f} s", verdict)
        return "| " + " | ".join(cells) + " |"


HEAD = ("| file | result | source: seconds, frames, samples | clips, joined | plays | memory | time | |\n"
        "|---|---|---|---|---|---|---|---|\n")


def table(rows):
    return HEAD + "".join(r.line() + "\n" for r in rows)


def judge(f, path, server, browser):
    row = Row(f.name)
    began = time.monotonic()
    events, kilobytes = server.cut(path, f.query)
    row.seconds = time.monotonic() - began
    row.megabytes = kilobytes // 1024
    ended = events[-1]["data"]
    clips = [e["data"] for e in events if e["type"] == "result"]
    logs = [e["data"] for e in events if e["type"] == "log"]
    if f.says and not any(f.says in line for line in logs):
        row.wrong.append(f"no log event says '{f.says}': {logs}")
    if f.fails or ended["status"] != "succeeded":
        reason = ended.get("error", {}).get("message", "")
        row.result = f"{len(clips)} clips, {ended['status']}: {reason}"
        if ended["status"] != "failed" or not f.fails or f.fails not in reason:
            row.wrong.append(f"due was: {f.fails or 'success'}")
    else:
        row.result = f"{len(clips)} clips"
        hold(f, path, clips, server, row)
    if f.says and not row.wrong:
        row.result += f"; says '{next(line for line in logs if f.says in line)}'"
    if clips:
        played = [browser.plays(c["url"]) for c in (clips[0], clips[-1])]
        row.plays = {True: "yes", False: "no", None: "-"}[None if None in played else all(played)]
        if row.plays == "no":
            row.wrong.append("does not play")
    if any(server.scratch.iterdir()):
        row.wrong.append("files are left in the scratch directory")
    print(row.line(), flush=True)
    return row


def hold(f, path, clips, server, row):
    """The clips fit together, end when they say, and are the film."""
    tracks, at = [], 0
    for c in clips:
        with tempfile.NamedTemporaryFile(suffix=".mp4") as file:
            file.write(server.clip(c["url"]))
            file.flush()
            length = duration(file.name)
            if abs(length - (c["end"] - c["start"])) > 0.06:
                row.wrong.append(f"clip {c['index']} plays {length:.3f} s and says {c['end'] - c['start']:.3f}")
            tracks.append(track(file.name))
        if abs(c["start"] - at) > 0.001:
            row.wrong.append(f"clip {c['index']} begins at {c['start']}, the one before it ended at {at}")
        at = c["end"]
        if not tracks[-1].frames:
            row.wrong.append(f"clip {c['index']} has no picture")
    source = track(path, tracks[0].rate)
    frames = [n for t in tracks for n in t.frames]
    samples = sum(len(t.samples) for t in tracks)
    row.source = f"{source_seconds(source)}{len(source.frames)}, {len(source.samples)}"
    row.joined = f"{at:.3f}, {len(frames)}, {samples}"
    judge_frames(f, source.frames, frames, row)
    judge_sound(f, source.samples, tracks, row)


def source_seconds(source):
    return f"{len(source.samples) / source.rate:.3f}, " if source.samples else ""


def judge_frames(f, source, joined, row):
    if f.frames == "some":
        return
    missing = len(set(source) - set(joined))
    if missing:
        row.wrong.append(f"{missing} frames are missing")
    doubled = len(joined) - len(set(joined)) - (len(source) - len(set(source)))
    if f.frames == "each" and doubled:
        row.wrong.append(f"{doubled} frames are there twice")
    if any(b < a for a, b in zip(joined, joined[1:])):
        row.wrong.append("frames are out of order")


def judge_sound(f, source, tracks, row):
    joined = array.array("f")
    joints = []
    for t in tracks:
        joined.extend(t.samples)
        joints.append(len(joined))
    if f.sound == "none":
        if joined:
            row.wrong.append("there is sound")
    elif f.sound != "some":
        if abs(len(joined) - len(source)) > (2 if f.sound == "same" else 8) * PACKET:
            row.wrong.append(f"{len(joined) - len(source)} samples of sound too many or too few")
        elif f.sound == "same":
            judge_joints(source, joined, joints[:-1], row)


def judge_joints(source, joined, joints, row):
    """At a joint the clips differ from the source by no more than elsewhere."""
    n = min(len(source), len(joined))
    if n < 8 * PACKET:
        return
    # The first and the last packets are where every encoder is at its worst.
    errors = sorted(peak(source, joined, at, n) for at in range(4 * PACKET, n - 4 * PACKET, 4 * PACKET // 2))
    usual = errors[int(len(errors) * 0.95)]
    for at in joints:
        here = peak(source, joined, at - PACKET, n, 2 * PACKET)
        if here > max(2 * usual, 0.02):
            row.wrong.append(f"a step of {here:.3f} in the sound at sample {at}, elsewhere {usual:.3f}")


def peak(source, joined, at, n, size=2 * PACKET):
    at = max(at, 0)
    return max((abs(a - b) for a, b in zip(source[at:min(at + size, n)], joined[at:min(at + size, n)])), default=0)


def track(path, rate=None):
    shown = probe(path, "-show_entries", "stream=codec_type,sample_rate,disposition:stream_disposition=default,attached_pic")
    streams = [s for s in shown.get("streams", []) if not s["disposition"].get("attached_pic")]
    sounds = [s for s in streams if s["codec_type"] == "audio"]
    best = next((s for s in sounds if s["disposition"].get("default")), sounds[0] if sounds else None)
    if rate is None:
        rate = int(best["sample_rate"]) if best else 48000
    frames, samples = [], array.array("f")
    if any(s["codec_type"] == "video" for s in streams):
        raw = decode(path, "-map", "0:V:0", "-fps_mode", "passthrough", "-vf",
                     "scale=160:120:flags=area,format=gray,crop=160:8:0:24", "-f", "rawvideo")
        frames = [number(raw[i:i + 1280]) for i in range(0, len(raw) - 1279, 1280)]
    # The one that the program takes: the default, or else the first that can be decoded.
    for one in [best, *sounds] if best else []:
        samples.frombytes(decode(path, "-map", f"0:a:{sounds.index(one)}", "-af", "pan=mono|c0=c0", "-ar", str(rate), "-f",
                                 "f32le"))
        if samples:
            break
    return Track(frames, samples, rate)


def number(gray):
    row = gray[4 * 160:5 * 160]
    return sum(1 << bit for bit in range(16) if row[bit * 10 + 5] > 125)


def decode(path, *arguments):
    done = subprocess.run(["ffmpeg", "-v", "quiet", "-nostdin", "-i", str(path), *arguments, "-"], stdout=subprocess.PIPE)
    return done.stdout


def duration(path):
    return float(probe(path, "-show_entries", "format=duration")["format"]["duration"])


def probe(path, *arguments):
    done = subprocess.run(["ffprobe", "-v", "quiet", "-of", "json", *arguments, str(path)], stdout=subprocess.PIPE)
    return json.loads(done.stdout or "{}")
