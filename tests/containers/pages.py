"""Pages of the door in real Chromium, each with a task that it follows over one transport. `install` comes first."""
import asyncio
import contextlib
import json
import os

from .stack import ROOT, run


async def install():
    await run("tests/e2e/modules")


@contextlib.asynccontextmanager
async def pages(url, tasks):
    """The body begins once each page of `tasks` (by transport) shows a result. What it is given waits for their ends, and says
    what each page has shown."""
    named = [part for via, task in tasks.items() for part in (task, via)]
    process = await asyncio.create_subprocess_exec(
        "node", "tests/containers/pages.mjs", *named, stdout=asyncio.subprocess.PIPE, cwd=ROOT,
        env={**os.environ, "STREAMDEMO_URL": url})

    async def line(seconds):
        text = (await asyncio.wait_for(process.stdout.readline(), seconds)).decode().strip()
        if not text:
            raise RuntimeError("the pages have failed; what they said is above")
        return json.loads(text)

    async def seen():
        return await line(300)
    try:
        await line(100)
        yield seen
    finally:
        try:
            await asyncio.wait_for(process.wait(), 10)
        finally:
            if process.returncode is None:
                process.kill()  # and the browser ends with its pipe
