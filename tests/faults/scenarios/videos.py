"""A video whose processor dies in the middle."""
import asyncio
import hashlib
import os
import signal
import subprocess

from ..brokers import until

CLIPS = 6
# The first one, and as many as may be lost by default.
MOST_RUNS = 4
SAMPLE = {"source": "sample", "sample_seconds": 3 * CLIPS, "clip_seconds": 3, "size": "720p", "preset": "slow"}


async def video_resumed(stage):
    """The next run continues with the next clip: none twice, none missing, all of them playable, at every gateway."""
    await stage.build()
    request_id = await stage.task("process-video", SAMPLE, results=CLIPS, transport="sse", turn=0)
    for turn, transport in enumerate(("websocket", "longpoll")):
        stage.watch(request_id, transport, turn)
    await until("it runs", lambda: request_id in stage.log.fold.tasks)
    task = stage.log.fold.tasks[request_id]
    await until("it is in the middle", lambda: task.results >= CLIPS // 2 - 1 or task.ended_offset is not None, 90)
    stage.fault("kill -9 of the processor in the middle of a video")
    stage.proved(await stage.system.process(task.starts[-1].source).kill())
    await stage.system.processor()
    await until("it has ended", lambda: task.ended_offset is not None, 120)
    resumed = task.starts[-1]
    stage.proved(f"the next run went on after {resumed.after_results} clips",
                 len(task.starts) == 2 and resumed.resumed and 0 < resumed.after_results < CLIPS)
    await stage.until_ended()
    clips = [event["data"] for _, event in stage.ledger.views[0].events if event["type"] == "result"]
    await check_clips(stage, clips)
    stage.proved(f"{len(clips)} clips, each once, follow each other and play")


async def bucket_videos(stage):
    """As above with an uploaded video, without any common directory: the processor is killed at each clip as long as a task
    has runs left, and at last drained. One gateway sends clients to the bucket, the other one serves its bytes itself."""
    # Too short for the rest of the video.
    await stage.build(gateways=1, in_bucket=True, settings={"processor.drain_ms": 100})
    await stage.system.gateway({"artifacts.serve": "redirect"})
    request_id = await stage.task("process-video", await sample_video(stage), results=CLIPS, transport="sse", turn=0,
                                  query=f"?clip_seconds={SAMPLE['clip_seconds']}&preset=slow")
    for turn, transport in enumerate(("websocket", "longpoll")):
        stage.watch(request_id, transport, turn)
    await until("it runs", lambda: request_id in stage.log.fold.tasks)
    task = stage.log.fold.tasks[request_id]
    stage.fault("kill -9 of the processor at each clip, then a drain of one")
    for run in range(1, MOST_RUNS):
        stage.proved(f"{await (await at_a_clip(stage, task, run)).kill()} at clip {task.results - 1}")
        await stage.system.processor()
    stage.proved(f"{await (await at_a_clip(stage, task, MOST_RUNS)).drain()} after {task.results} clips", task.ended_offset is None)
    await stage.system.processor()
    await until("it has ended", lambda: task.ended_offset is not None, 120)
    stage.proved(f"{len(task.starts)} runs, each went on where the one before it was",
                 len(task.starts) == MOST_RUNS + 1 and all(s.resumed for s in task.starts[1:]))
    await stage.until_ended()
    clips = [event["data"] for _, event in stage.ledger.views[0].events if event["type"] == "result"]
    await check_clips(stage, clips)
    shared = [p for p in (stage.directory / stage.name).iterdir() if p.name == "artifacts"]
    stage.proved(f"{len(clips)} clips, each once, follow each other and play, by 302 and by proxy", not shared)


async def bucket_away(stage):
    """The server of the bucket is frozen in the middle of a video for longer than requests are tried again: the run is given
    back, without counting, and goes on with the next clip when the server does."""
    await stage.build(in_bucket=True, settings={"s3.retry_for_ms": 1000})
    request_id = await stage.task("process-video", await sample_video(stage), results=CLIPS, transport="sse", turn=0,
                                  query=f"?clip_seconds={SAMPLE['clip_seconds']}&preset=slow")
    await until("it runs", lambda: request_id in stage.log.fold.tasks)
    task = stage.log.fold.tasks[request_id]
    await at_a_clip(stage, task, 1)
    stage.fault("SIGSTOP of the bucket's server until the run is given back, then SIGCONT")
    os.kill(stage.bucket_server, signal.SIGSTOP)
    await until("the run is given back", lambda: any("is given back" in p.said() for p in stage.system.processors), 90)
    stage.proved("the run was given back", task.ended_offset is None)
    os.kill(stage.bucket_server, signal.SIGCONT)
    await until("it has ended", lambda: task.ended_offset is not None, 120)
    stage.proved(f"{len(task.starts)} runs", len(task.starts) > 1 and all(s.resumed for s in task.starts[1:]))
    await stage.until_ended()
    clips = [event["data"] for _, event in stage.ledger.views[0].events if event["type"] == "result"]
    await check_clips(stage, clips)
    stage.proved(f"{len(clips)} clips, each once, follow each other and play")


async def at_a_clip(stage, task, run):
    """The process of that run of the task, once it has given a clip."""
    await until(f"run {run} has given a clip",
                lambda: task.ended_offset is not None or (len(task.starts) >= run and task.results > task.starts[-1].after_results), 120)
    if task.ended_offset is not None:
        raise AssertionError(f"it ended in run {len(task.starts)}")
    return stage.system.process(task.starts[-1].source)


async def sample_video(stage):
    """A file that takes some time to be cut."""
    file = stage.directory / stage.name / "upload.mp4"
    await output("ffmpeg", "-v", "error", "-f", "lavfi", "-i", f"testsrc2=d={SAMPLE['sample_seconds']}:s=1280x720:r=30", "-f", "lavfi", "-i",
                 f"sine=d={SAMPLE['sample_seconds']}", "-c:v", "mpeg4", "-q:v", "2", "-c:a", "aac", file)
    return file.read_bytes()


async def check_clips(stage, clips):
    bodies = [await fetch(stage, clip) for clip in clips]
    if [clip["index"] for clip in clips] != list(range(CLIPS)) or len({clip["url"] for clip in clips}) != CLIPS:
        raise AssertionError(f"the clips are {clips}")
    if len({hashlib.sha256(body).digest() for body in bodies}) != CLIPS:
        raise AssertionError("two clips are the same")
    end = 0
    for clip, body in zip(clips, bodies):
        seconds = await play(stage, body)
        if abs(clip["start"] - end) > 0.01 or abs(seconds - (clip["end"] - clip["start"])) > 0.1:
            raise AssertionError(f"a clip of {seconds} s, the one before it ended at {end}: {clip}")
        end = clip["end"]
    if abs(end - SAMPLE["sample_seconds"]) > 0.1:
        raise AssertionError(f"the last clip ends at {end}")


async def fetch(stage, clip):
    """The bytes of a clip, which must be the same at both gateways."""
    bodies = set()
    for gateway in stage.system.gateways:
        async with stage.clients.http.get(gateway.url + clip["url"], raise_for_status=True) as answer:
            bodies.add(await answer.read())
    (body,) = bodies
    return body


async def play(stage, body):
    """Decodes every frame of the clip and returns its length in seconds."""
    file = stage.directory / stage.name / "clip.mp4"
    file.write_bytes(body)
    errors = await output("ffmpeg", "-v", "error", "-i", file, "-f", "null", "-")
    if errors:
        raise AssertionError(f"ffmpeg says of a clip: {errors}")
    return float(await output("ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", file))


async def output(*command):
    run = await asyncio.create_subprocess_exec(*command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                               stderr=subprocess.STDOUT)
    out, _ = await run.communicate()
    if run.returncode != 0:
        raise AssertionError(f"{command} ended with {run.returncode}: {out.decode()}")
    return out.decode().strip()
