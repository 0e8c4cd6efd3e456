"""Containers killed and replaced under load, and what became of the tasks and their clients."""
import time
from datetime import datetime, timezone

from .checks import equal
from .load import Door, load, longest_waits, until_served_again
from .pages import install, pages
from .stack import run

OURS = ("gateway", "processor")


async def unnoticed(stack, disturb):
    """What there was while `disturb` ran under load, in which no submission was refused and nothing answered 5xx."""
    since = int(time.time())
    async with Door(stack) as door:
        async with load(door, keys=False):
            await disturb()
        seen = await door.judged()
    equal({}, dict(door.ledger.refused), "submissions refused")
    proxy, = await stack.containers("reverse-proxy")
    accesses = (await run("docker", "logs", "--since", since, proxy)).splitlines()
    equal([], [a for a in accesses if '" 5' in a], "answers 5xx")
    return f"{seen}; {longest_waits(door.ledger)}; {len(accesses)} requests, none 5xx"


async def restart_each(stack):
    for service in OURS:
        for container in await stack.containers(service):
            await stack.restart(container)
            await stack.until_healthy(container)


async def rolling(stack):
    """Gateways and processors restart one after the other under load: nobody notices."""
    return await unnoticed(stack, lambda: restart_each(stack))


async def rolling_before_pages(stack):
    """Pages in Chromium follow a task over each transport while gateways and processors restart: every result once."""
    results = 1400
    await install()
    async with Door(stack) as door:
        tasks = {via: await door.clients.submit("simulate", {"results": results, "interval_ms": 100}, results=results)
                 for via in ("sse", "websocket", "longpoll", "poll")}
        equal(True, all(tasks.values()), "all tasks accepted")
        async with pages(stack.https, tasks) as seen:
            await restart_each(stack)
            restarted_at = datetime.now(timezone.utc)
            shown = await seen()
        for page in shown:
            wanted = {"status": "succeeded", "results": results, "repeated": 0, "missed": 0, "error": [], "exceptions": []}
            equal(wanted, {what: page[what] for what in wanted}, page["via"])
        for view in [await door.clients.watch(request_id, "sse") for request_id in tasks.values()]:
            equal(True, restarted_at < datetime.fromisoformat(view.events[-1][1]["time"]), "a task that outlived all restarts")
        judged = await door.judged()
    told = ", ".join(f"{page['via']} with {page['requests']} requests" for page in shown)
    told += f"; shown for a moment: {sorted({text for page in shown for text in page['notice']})}"
    return f"{results} results on each page; {told}; {judged}"


async def upgrade(stack):
    """Gateways and processors give way to new containers under load, found without a reload of nginx: nobody notices."""
    async def replace():
        for service in OURS:
            old = await stack.containers(service)
            await stack.compose("up", "-d", "--no-deps", "--no-recreate", "--scale", f"{service}={2 * len(old)}", service)
            await stack.until_healthy(*await stack.containers(service))
            for container in old:
                equal(0, await stack.stop(container), f"exit code of {service}")
                await run("docker", "rm", container)
    return await unnoticed(stack, replace)


def kill(service, number=None):
    async def check(stack):
        container = (await stack.containers(service))[(number or 1) - 1]
        before = await stack.state(container)
        async with Door(stack) as door:
            async with load(door):
                fault_at = await stack.kill(container)
                served = await until_served_again(door, fault_at)
                await stack.until_healthy(container, since=before["StartedAt"])
                back = time.monotonic() - fault_at
            seen = await door.judged()
        return f"{served}, healthy again {back:.1f} s; {longest_waits(door.ledger)}; {seen}"
    check.__doc__ = f"kill -9 of {service}{f' {number}' if number else ''} under load"
    return check


ALL = (rolling, rolling_before_pages, upgrade, *(kill(f"kafka{n}") for n in (1, 2, 3)), *(kill(s, n) for s in OURS for n in (1, 2)),
       kill("reverse-proxy"))
