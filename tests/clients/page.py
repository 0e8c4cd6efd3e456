"""Makes docs/clients.md from what was seen last (seen.json) and from the programs. For Python 3.9, because the tests of the
tree import it."""
import json
import os
import re

from . import catalog

ROOT = catalog.HERE.parents[1]
PAGE = ROOT / "docs" / "clients.md"
SEEN = catalog.HERE / "seen.json"
RECONNECT_MS = 4000
TOLD = f"{RECONNECT_MS // 1000} to {RECONNECT_MS // 1000 + 3} seconds"
PLAYS = {"plain": "undisturbed", "quiet": "17 quiet seconds", "large": "results of 300 kB", "stopped": "SIGTERM",
         "killed": "`kill -9`", "stopped_behind": "SIGTERM behind nginx", "killed_behind": "`kill -9` behind nginx"}
FENCE = {"python": "python", "node": "js", "go": "go", "shell": "sh", "browser": "js", "firefox": "js", "java": "java",
         "rust": "rust"}

WORDS = f"""# Client libraries

1. You are done when you have the event `ended`, and not before: a stream that stops without it was cut, even if your library
   reports no error.
2. Keep the cursor: the `id:` of the last SSE event, or the `seq` of the last JSON event that has one.
3. If there was no `ended`, wait two seconds and reconnect with the cursor: `Last-Event-ID: N` or `?after=N`. You get the events
   after it, and none of them twice. Do the same after a refused connection, and after an answer of 500 or more: while a gateway
   restarts, a proxy in front of it answers 502, 503 or 504. After one of 400 to 499 stop, because it would be the same again
   (429 says in `Retry-After` when it will not).

To have a task to follow, submit one:

```sh
curl -s localhost:8080/api/simulate -H 'Content-Type: application/json' -d '{{"results":20,"interval_ms":250}}'
```

The answer has its addresses, among them `urls.events`. With the server's address before it, this is the URL that each program
below gets as its argument (a page has it behind `#`); WebSocket libraries get the same with `ws:` for `http:`. Where callers must
authenticate, each request also needs `Authorization: Bearer KEY`; for what cannot send it, an `EventSource` or a browser's
WebSocket, there are [sessions and tickets](security.md#browsers).

A library that does 2 and 3 by itself needs one line from you: the one that closes it at `ended`, because otherwise it would
reconnect. Each SSE event has its type as its name. An `EventSource`, and libraries like it, need a listener for each name:
`onmessage` gets none of these events.

`./dev clients` tests each library with a program that does what the library's own README says, and where this is not enough,
with the program that is shown below. Each program reads seven tasks: one that is undisturbed; one that is quiet for 17 seconds,
which is longer than the server's heartbeat interval; one with results of 300 kB; one whose gateway gets a SIGTERM and is
started again at once; one whose gateway gets a `kill -9` and is away for 5 seconds, so that its port refuses connections; and
the last two again behind nginx with [the configuration for it](proxies.md#nginx), which while there is no gateway tells an
`EventSource` to come again, and everybody else 503. Meanwhile three brokers keep the tasks.

*Works*: the program showed every event once and in order up to `ended`, and no other. *Back after*: the longest time without an
event, in seconds; after SIGTERM, where SSE clients were told to reconnect after {TOLD} (`gateway.reconnect_ms`; its
default is longer), and after `kill -9`, and the same *behind nginx*. In the programs, `show` is what you do with an event: it
gets the text of one (JSON), prints it, and returns it parsed, so that the program sees its `type` and `seq`. Install the version
that the heading names; others may behave differently.
"""


def kept():
    return json.loads(SEEN.read_text(encoding="utf-8")) if SEEN.exists() else {}


def keep(client, seen):
    """Stores what was seen last of each client."""
    everything = {**kept(), client.name: seen}
    ordered = {c.name: everything[c.name] for c in catalog.CLIENTS if c.name in everything}
    new = SEEN.with_suffix(".new")  # so that nobody reads half of it
    new.write_text(json.dumps(ordered, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    new.replace(SEEN)


def works(plays):
    return bool(plays) and not any(outcome["wrong"] for outcome in plays.values())


def works_directly(plays):
    return works({play: outcome for play, outcome in (plays or {}).items() if not play.endswith("_behind")})


def comes_through(client, seen):
    good = works_directly if client.name in catalog.NOT_BEHIND_A_PROXY else works
    return good(seen["readme"]) or good(seen.get("resume"))


def verdict(client, seen):
    if works(seen["readme"]):
        return "works as it is"
    if works(seen.get("resume")):
        return f"works with {client.line}"
    if works_directly(seen.get("resume")):
        return f"works with {client.line}, **but not behind a proxy**"
    return "**does not work**"


def back_after(seen, *plays):
    best = seen.get("resume", seen["readme"])
    return ", ".join("–" if best[play]["wrong"] else str(best[play]["away"]) for play in plays)


def table(seen):
    rows = [("library", "version", "for", "over", "verdict", "back after", "behind nginx", "on"), ("---",) * 8]
    for client in catalog.CLIENTS:
        if client.name in seen:
            one = seen[client.name]
            rows.append((f"[{client.package}](#{anchor(client)})", one["version"], catalog.LANGUAGE[client.language], client.over,
                         verdict(client, one), back_after(one, "stopped", "killed"),
                         back_after(one, "stopped_behind", "killed_behind"), one["on"]))
    return ["| " + " | ".join(row) + " |" for row in rows]


def heading(client):
    where = "in Firefox" if client.language == "firefox" else None  # no two headings are the same
    return f"{' '.join(filter(None, (client.package, catalog.version(client), where)))} ({client.over})"


def anchor(client):
    return "".join(c for c in heading(client).lower().replace(" ", "-") if c.isalnum() or c in "-_")


def in_general(wrong):
    """Leaves out what differs by chance, such as numbers of events and times, and shortens long texts."""
    wrong = re.sub(r"\b\d+ events? twice", "events twice", re.sub(r" after \d+ events?\b", "", wrong))
    wrong = re.sub(r"`[\d/]+ [\d:]+ ", "`", wrong)
    return re.sub(r"(`[^`]{60,80}) [^`]*`", r"\1 …`", wrong)


def complaints(plays):
    """Each thing that was wrong, with the plays in which it happened."""
    found = {}
    for play, words in PLAYS.items():
        if plays[play]["wrong"]:
            found.setdefault(in_general(plays[play]["wrong"]), []).append(words)
    return "; ".join(f"{' and '.join(where)}: {what}" for what, where in found.items())


def section(client, seen):
    lines = [f"### {heading(client)}", ""]
    if works(seen["readme"]):
        lines.append(f"Works as it is. {client.trap}".strip())
    else:
        lines.append(f"With what its README says: {complaints(seen['readme'])}.")
        if client.line:
            lines.append(f"What to add: {client.line}.")
        if client.trap:
            lines.append(client.trap)
        if "resume" in seen and not works(seen["resume"]):
            lines.append(f"Even then: {complaints(seen['resume'])}.")
    path = catalog.shown(client)
    return [*lines, "", f"<!-- file: {os.path.relpath(path, PAGE.parent)} -->", f"```{FENCE[client.language]}",
            path.read_text(encoding="utf-8").rstrip("\n"), "```", ""]


def document(seen):
    lines = [WORDS, *table(seen), ""]
    missing = [client.package for client in catalog.CLIENTS if client.name not in seen]
    if missing:
        lines += [f"Not in the table yet: {', '.join(missing)}.", ""]
    for language, words in catalog.LANGUAGE.items():
        sections = [section(c, seen[c.name]) for c in catalog.CLIENTS if c.language == language and c.name in seen]
        if sections:
            lines += [f"## {words}", "", *(line for lines_of in sections for line in lines_of)]
    return "\n".join(lines).rstrip("\n") + "\n"
