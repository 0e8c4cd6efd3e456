"""An earlier version and this one on the same log, upgraded and downgraded process by process. Needs --earlier BINARY."""
import asyncio
import subprocess

import aiohttp


async def upgrade(stage):
    """Each process of an earlier version is replaced under load, and then each of them by the earlier one again."""
    now, stage.binary = stage.binary, stage.earlier
    await stage.build(settings={"gateway.drain_ms": 5000, "processor.drain_ms": 3000})
    system = stage.system
    async with stage.load(before=3):
        stage.fault("every process of the earlier version was replaced by one of this version, and back again")
        system.binary = now
        await owners_stay_apart(stage)
        for binary, version in ((now, "this version"), (stage.earlier, "the earlier version")):
            system.binary = binary
            for role in ("processor", "gateway"):
                for old in [p for p in system.processes if p.role == role and p.alive]:
                    await getattr(system, role)()
                    await old.drain()
                    # Work for the mixture of both before the next one goes.
                    await asyncio.sleep(2)
            stage.proved(f"all are of {version}")


async def owners_stay_apart(stage):
    """A gateway that asks for keys, beside gateways and processors of the earlier version: what was accepted without an
    owner is the administrator's, and one owner's task is nobody else's."""
    directory = stage.directory / "auth"
    keys = {who: make_key(stage, directory, who, scopes) for who, scopes in
            (("alice", ()), ("bob", ()), ("root", ("tasks:admin",)))}
    guarded = await stage.system.spawn("gateway", {
        "auth.mode": "keys", "auth.directory": directory, "auth.id_secret": "0123456789abcdef0123456789abcdef"})
    guarded.role = "guarded gateway"  # the clients of the load have no key
    await guarded.until_ready()
    unowned = next(iter(stage.ledger.acknowledged))
    async with aiohttp.ClientSession() as http:
        async def ask(who, method, path, headers=(), **more):
            headers = {"Authorization": f"Bearer {keys[who]}", **dict(headers)}
            async with http.request(method, guarded.url + path, headers=headers, **more) as r:
                return r.status, await r.json()
        status, accepted = await ask("alice", "POST", "/api/simulate", {"Prefer": "wait=30"}, json={"results": 3, "interval_ms": 20})
        stage.proved("a task with an owner runs at a processor of the earlier version", status == 200)
        own = f"/api/tasks/{accepted['request_id']}"

        async def seen_by(path):
            return {who: (await ask(who, "GET", path))[0] for who in keys}
        stage.proved("a task of one owner is nobody else's", await seen_by(own) == {"alice": 200, "bob": 404, "root": 200})
        stage.proved("a task without an owner is the administrator's alone",
                     await seen_by(f"/api/tasks/{unowned}") == {"alice": 404, "bob": 404, "root": 200})
        listed = {who: [t["request_id"] for t in (await ask(who, "GET", "/api/tasks"))[1]["tasks"]] for who in ("alice", "bob")}
        stage.proved("and so it is in the list", listed == {"alice": [accepted["request_id"]], "bob": []})
    stage.proved(await guarded.drain())


def make_key(stage, directory, subject, scopes):
    wanted = [part for scope in scopes for part in ("--scope", scope)]
    return subprocess.run([stage.system.binary, "key", "new", "--subject", subject, *wanted, "--set", f"auth.directory={directory}"],
                          check=True, capture_output=True, text=True).stdout.strip()
