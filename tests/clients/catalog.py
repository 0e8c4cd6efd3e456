"""The clients, the most used first. Of each there is what its README would have one write, and, where that does not come
through, the same with the lines that it takes. For Python 3.9, as the tests of the tree import it."""
import json
import pathlib
import re
from collections import namedtuple

HERE = pathlib.Path(__file__).resolve().parent
SUFFIX = {"python": ".py", "node": ".mjs", "go": ".go", "shell": ".sh", "browser": ".mjs", "firefox": ".mjs", "java": ".java",
          "rust": ".rs"}
LANGUAGE = {"browser": "Browser (Chromium)", "firefox": "Browser (Firefox)", "python": "Python", "node": "Node", "go": "Go",
            "java": "Java", "rust": "Rust", "shell": "Shell"}

# name: of the folder; package: as people know it; over: SSE, JSON lines or WebSocket; line: what to add to what its README says;
# trap: what one would not have guessed.
Client = namedtuple("Client", "name language package over line trap")


def folder_of(language):
    """Both browsers run programs of one folder."""
    return HERE / ("browser" if language == "firefox" else language)


def program(client, variant):
    """None if there is none."""
    folder = folder_of(client.language) / client.name
    path = folder / variant / "main.go" if client.language == "go" else folder / (variant + SUFFIX[client.language])
    return path if path.exists() else None


def shown(client):
    """The program that the page shows."""
    return program(client, "resume") or program(client, "readme")


def version(client):
    """As it is pinned; None for what the system brings."""
    folder = folder_of(client.language)
    if client.language == "python":
        return in_pins(folder / client.name / "requirements.txt", rf"^{re.escape(client.package)}==(\S+)$")
    if client.language == "go":
        return in_pins(folder / "go.mod", rf"\b{re.escape(client.package)} v(\S+)")
    if client.language == "rust":
        return in_pins(folder / "Cargo.toml", rf'^{re.escape(client.package)} = .*"=([^"]+)"')
    if client.language == "java" and (folder / client.name / "pom.xml").exists():
        return in_pins(folder / client.name / "pom.xml", rf"<artifactId>{client.package}</artifactId>\s*<version>([^<]+)")
    pins = folder / client.name / "package.json"
    return json.loads(pins.read_text(encoding="utf-8"))["dependencies"][client.package] if pins.exists() else None


def in_pins(path, pattern):
    return re.search(pattern, path.read_text(encoding="utf-8"), re.MULTILINE)[1]


SSE, JSON_LINES, WEB_SOCKET = "SSE", "JSON lines", "WebSocket"

A_LOOP = "a loop with the cursor"
LIMIT = "What is larger than its buffer, 64 KiB by itself, never comes, and no error does."
NOT_HELD = "something that holds the process while it waits to come back"

# Those that cannot come through behind a proxy, whatever one writes.
NOT_BEHIND_A_PROXY = {"sseclient"}

CLIENTS = [
    Client("EventSource", "browser", "EventSource", SSE, "", ""),
    Client("WebSocket", "browser", "WebSocket", WEB_SOCKET, A_LOOP, "A cut is a `close`, no more."),
    Client("fetch-event-source", "browser", "@microsoft/fetch-event-source", SSE, "", "It comes back by itself, and is done at "
           "the proper end of the stream, which is behind `ended`."),
    Client("fortaine-fetch-event-source", "browser", "@fortaine/fetch-event-source", SSE, "", "As that of Microsoft, of which it is "
           "a fork."),
    Client("reconnecting-eventsource", "browser", "reconnecting-eventsource", SSE, "",
           "Its cursor is first in the header, and then in the query, as `lastEventId`, which the gateway knows."),
    Client("sse.js", "browser", "sse.js", SSE, "`autoReconnect`, and the `Accept` of an `EventSource`",
           "By itself it never comes back."),
    Client("firefox-EventSource", "firefox", "EventSource", SSE, "a new one when it is `CLOSED`",
           "After a cut it comes back by itself, as Chromium's does; but a refused port ends it where the page is of another "
           "origin than the server, as here "
           "([findings/firefox-eventsource-of-another-origin.sh](../findings/firefox-eventsource-of-another-origin.sh))."),
    Client("httpx_sse", "python", "httpx-sse", SSE, A_LOOP + ", and a read timeout of more than 15 s",
           "A cut is an `httpx.RemoteProtocolError`, which is not among its `NetworkError`s."),
    Client("sseclient_py", "python", "sseclient-py", SSE, A_LOOP,
           "It is imported as `sseclient`, as the library of that name is: only one of them can be installed. Without "
           "`raise_for_status` a 404 is an empty stream."),
    Client("requests", "python", "requests", JSON_LINES, A_LOOP,
           "A cut is a `ChunkedEncodingError`, which is not among its `ConnectionError`s."),
    Client("requests_sse", "python", "requests-sse", SSE, "", "It stays away twice as long as it is told."),
    Client("sseclient", "python", "sseclient", SSE, A_LOOP + ", around the one of its own",
           "It is imported as sseclient-py is, and not alike: only one of them can be installed. It reads from beneath HTTP's "
           "chunked coding ([findings/sseclient-reads-under-the-chunks.sh](../findings/sseclient-reads-under-the-chunks.sh)), so "
           "that it takes what a proxy does to chunks for data: behind one use sseclient-py."),
    Client("aiohttp_sse_client2", "python", "aiohttp-sse-client2", SSE, A_LOOP,
           "It is said to reconnect; a cut comes through as an error."),
    Client("aiohttp_sse_client", "python", "aiohttp-sse-client", SSE, A_LOOP,
           "As aiohttp-sse-client2, which goes on from it."),
    Client("aiosseclient", "python", "aiosseclient", SSE, A_LOOP + " in `last_id`",
           "It has no error for a 404, only a line that it prints: the program below would come back for ever."),
    Client("ld_eventsource", "python", "launchdarkly-eventsource", SSE, "`error_strategy=ErrorStrategy.always_continue()`", ""),
    Client("websockets", "python", "websockets", WEB_SOCKET, A_LOOP, ""),
    Client("websocket_client", "python", "websocket-client", WEB_SOCKET, A_LOOP + ", in place of `reconnect=`",
           "`reconnect=` comes back with the URL of the beginning, and gets everything again."),
    Client("aiohttp", "python", "aiohttp", WEB_SOCKET, A_LOOP, "A cut ends the loop as a proper end does, without an error."),
    Client("picows", "python", "picows", WEB_SOCKET, A_LOOP, "A cut ends the wait as a proper end does, without an error."),
    Client("fetch", "node", "fetch", JSON_LINES, A_LOOP, ""),
    Client("ws", "node", "ws", WEB_SOCKET, A_LOOP, "A cut is a `close`, no `error`."),
    Client("eventsource", "node", "eventsource", SSE, NOT_HELD,
           "A server that has something else to do is held anyway; a program that only follows a stream ends at the first "
           "cut, with code 0. Version 4 is not so."),
    Client("eventsource-4", "node", "eventsource", SSE, "", ""),
    Client("eventsource-3", "node", "eventsource", SSE, "", ""),
    Client("eventsource-2", "node", "eventsource", SSE, "", ""),
    Client("eventsource-parser", "node", "eventsource-parser", SSE, A_LOOP, ""),
    Client("event-source-polyfill", "node", "event-source-polyfill", SSE, "",
           "Its cursor is in the query, as `lastEventId`, which the gateway knows."),
    Client("undici", "node", "undici", SSE, NOT_HELD, "As eventsource 5."),
    Client("undici-6", "node", "undici", SSE, "a new one after each error",
           "It comes back after a cut, but never after a refusal."),
    Client("launchdarkly-eventsource", "node", "launchdarkly-eventsource", SSE, "", ""),
    Client("extended-eventsource", "node", "extended-eventsource", SSE, "", ""),
    Client("eventsource-client", "node", "eventsource-client", SSE, "", ""),
    Client("reconnecting-websocket", "node", "reconnecting-websocket", WEB_SOCKET, "a function in place of the URL",
           "With a fixed URL it gets everything again at each reconnect."),
    Client("partysocket", "node", "partysocket", WEB_SOCKET, "a function in place of the URL",
           "With a fixed URL it gets everything again at each reconnect."),
    Client("curl", "shell", "curl", JSON_LINES, A_LOOP, "`--retry` begins with the first event again."),
    Client("r3labs", "go", "github.com/r3labs/sse/v2", SSE, "`sse.ClientMaxBufferSize`, and a loop",
           LIMIT + " It comes back after a cut, but not after a proper end, and makes an event of a block that never ended "
           "([findings/r3labs-sse-unfinished-block.sh](../findings/r3labs-sse-unfinished-block.sh)): both happen behind a proxy."),
    Client("go-sse", "go", "github.com/tmaxmax/go-sse", SSE, "`Buffer`", LIMIT),
    Client("launchdarkly", "go", "github.com/launchdarkly/eventsource", SSE, "", ""),
    Client("gorilla", "go", "github.com/gorilla/websocket", WEB_SOCKET, A_LOOP, ""),
    Client("coder", "go", "github.com/coder/websocket", WEB_SOCKET, A_LOOP + ", and `SetReadLimit`",
           "It reads no message of more than 32 KiB by itself."),
    Client("http_client", "java", "java.net.http", JSON_LINES, A_LOOP, ""),
    Client("okhttp_sse", "java", "okhttp-sse", SSE, A_LOOP + ", and a read timeout of more than 15 s", ""),
    Client("okhttp_eventsource", "java", "okhttp-eventsource", SSE, "`ErrorStrategy.alwaysContinue()`",
           "Without it a cut ends the loop as a proper end does, without an exception."),
    Client("webclient", "java", "spring-webflux", SSE, A_LOOP + ", made of `retryWhen` and `repeatWhen`, and `maxInMemorySize`",
           "`retryWhen` alone would get everything again."),
    Client("java_websocket", "java", "Java-WebSocket", WEB_SOCKET, A_LOOP, "`reconnect()` would get everything again."),
    Client("http_websocket", "java", "java.net.http.WebSocket", WEB_SOCKET, A_LOOP, "A message may come in parts."),
    Client("reqwest-eventsource", "rust", "reqwest-eventsource", SSE, "no `close()` at errors, which it gets over by itself",
           "It is made for reqwest 0.12."),
    Client("rust-eventsource-client", "rust", "eventsource-client", SSE, "no end at errors, which it gets over by itself",
           "Its `HyperTransport` is in a crate of its own, `launchdarkly-sdk-transport`. With a compiler older than 1.97 take "
           "`=0.18.0`."),
    Client("eventsource-stream", "rust", "eventsource-stream", SSE, A_LOOP, "It is a parser of the bytes that reqwest gives."),
    Client("tokio-tungstenite", "rust", "tokio-tungstenite", WEB_SOCKET, A_LOOP,
           "A restart ends its stream without an error, a cut with one."),
]
