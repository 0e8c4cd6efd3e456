"""Brokers that are killed, stopped, or not reachable."""
import asyncio
import functools

from ..brokers import NODES

SILENCE_SECONDS = 30

# The roles of a broker: in words, and how to ask the cluster which broker has the role (without asking the brokers in `but`).
ROLES = {
    "leader": ("leader of response/0", lambda stage, but=(): stage.brokers.leader(stage.names.response, 0, but)),
    "coordinator": ("group coordinator", lambda stage, but=(): stage.brokers.coordinator(stage.names.group, but)),
    "controller": ("controller", lambda stage, but=(): stage.brokers.controller(but)),
}


def kill(role):
    """The scenario in which the broker with this role is killed, and started again once another one has the role."""
    async def play(stage):
        what, who = asked(stage, role)
        await stage.build()
        async with stage.load():
            node = await who()
            stage.fault(f"kill -9 of the {what}")
            stage.proved(await stage.brokers.kill(node))
            stage.proved(f"{what} is broker {await stage.brokers.until_moved(who, node)} now")
            await stage.until_acknowledged_again()
            await stage.brokers.start(node)
            await stage.brokers.until_whole(stage.names.topics)
    return play


def stop(role):
    """The scenario in which the broker with this role keeps its connections and sends nothing, and then continues."""
    async def play(stage):
        what, who = asked(stage, role)
        await stage.build()
        async with stage.load():
            node = await who()
            stage.fault(f"SIGSTOP of the {what} for {SILENCE_SECONDS} s")
            stage.proved(await stage.brokers.stop(node))
            silence = asyncio.create_task(asyncio.sleep(SILENCE_SECONDS))
            stage.proved(f"{what} is broker {await stage.brokers.until_moved(who, node)} now")
            await silence
            await stage.brokers.cont(node)
            await stage.until_acknowledged_again()
            await stage.brokers.until_whole(stage.names.topics)
    return play


def asked(stage, role):
    what, who = ROLES[role]
    return what, functools.partial(who, stage)


async def two_away(stage):
    await stage.build()
    await away(stage, NODES[:2], 30)


async def all_away(stage):
    await stage.build()
    await away(stage, NODES, 60)


async def away(stage, nodes, seconds):
    async with stage.load(per_second=4):
        for node in nodes:
            stage.proved(await stage.brokers.kill(node))
        stage.fault(f"kill -9 of {len(nodes)} brokers, away for {seconds} s")
        await asyncio.sleep(seconds)
        since = [t for t in stage.ledger.acknowledged.values() if t.at > stage.fault_at + 10]
        stage.proved("nothing was acknowledged meanwhile", not since)
        await stage.brokers.start(*nodes)
        await stage.until_acknowledged_again()
        await stage.brokers.until_whole(stage.names.topics)


async def rolling_restart(stage):
    await stage.build()
    async with stage.load():
        stage.fault("each broker restarted in turn (SIGTERM)")
        for node in NODES:
            await stage.brokers.end(node)
            await stage.brokers.start(node)
            await stage.brokers.until_whole(stage.names.topics)
            stage.proved(f"broker {node} restarted")
        await stage.until_acknowledged_again()
