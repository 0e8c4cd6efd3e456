"""Pages of the door in real Chromium, each with a task that it follows over one transport."""
import asyncio
import contextlib
import json
import os

from .stack import ROOT, run


@contextlib.asynccontextmanager
async def pages(url, tasks):
    """The body begins once each page of `tasks` (by transport) shows a result. What it is given waits for their ends, and says
    what each page has shown."""
    await run("tests/e2e/modules")
    named = [part for via, task in tasks.items() for part in (task, via)]
    process = await asyncio.create_subprocess_exec(
        "node", "tests/containers/pages.mjs", *named, stdout=asyncio.subprocess.PIPE, cwd=ROOT,
        env={**os.environ, "STREAMDEMO_URL": url})

    async def line(seconds):
        text = await asyncio.wait_for(process.stdout.readline(), seconds)
        return text.decode().strip() or "the pages have failed"

    async def seen():
        return json.loads(await line(300))
    try:
        told = await line(60)
        if told != "following":
            raise RuntimeError(told)
        yield seen
    finally:
        try:
            await asyncio.wait_for(process.wait(), 10)
        except TimeoutError:
            process.kill()  # and the browser ends with its pipe
