"""How the programs are made ready and run. What is fetched and compiled lies in build/clients."""
import asyncio
import json
import os
import re
import shutil
import subprocess
import sys

from . import catalog

ROOT = catalog.HERE.parents[1]
BUILD = ROOT / "build" / "clients"
BROWSERS = {"browser": os.environ.get("CHROMIUM", "/usr/bin/chromium"),
            "firefox": os.environ.get("FIREFOX", "/usr/bin/firefox-esr")}


def run(*command, **options):
    try:
        done = subprocess.run(command, capture_output=True, text=True, **options)
    except FileNotFoundError as error:
        raise RuntimeError(f"there is no {command[0]} here") from error
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, command))}: {done.stderr or done.stdout}")
    return done.stdout


def up_to_date(mark, text):
    """Whether what is there was made of this text."""
    return mark.exists() and mark.read_text() == text


def ready_python(client):
    """Each by itself: two libraries are imported under the same name."""
    pins, place = catalog.HERE / "python" / client.name / "requirements.txt", BUILD / "python" / client.name
    if not up_to_date(place / "made-of", pins.read_text()):
        shutil.rmtree(place, ignore_errors=True)
        run(sys.executable, "-m", "pip", "install", "--quiet", "--target", place, "--requirement", pins)
        (place / "made-of").write_text(pins.read_text())


def npm_install(folder):
    """What Node or the browser brings has no package.json."""
    pins, mark = folder / "package.json", folder / "made-of"
    if pins.exists() and not up_to_date(mark, pins.read_text()):
        run("npm", "install", "--no-audit", "--no-fund", "--no-package-lock", cwd=folder)
        mark.write_text(pins.read_text())


def ready_node(client):
    """A copy, since a program finds its libraries in a folder beside it."""
    source = catalog.folder_of(client.language)
    copy = BUILD / source.name
    shutil.copytree(source, copy, dirs_exist_ok=True)
    shutil.copy(catalog.HERE / "node" / "show.mjs", copy)
    npm_install(copy)
    npm_install(copy / client.name)


def ready_go(client):
    for variant in ("readme", "resume"):
        if source := catalog.program(client, variant):
            run("go", "build", "-o", BUILD / "go" / f"{client.name}-{variant}", source, cwd=catalog.HERE / "go")


def ready_java(client):
    source, place = catalog.HERE / "java", BUILD / "java" / client.name
    jars, pins = place / "jars", source / client.name / "pom.xml"  # what Java brings has none
    jars.mkdir(parents=True, exist_ok=True)
    if pins.exists() and not up_to_date(place / "made-of", pins.read_text()):
        run("mvn", "-q", "-B", "-f", pins, "dependency:copy-dependencies", f"-DoutputDirectory={jars}")
        (place / "made-of").write_text(pins.read_text())
    for variant in ("readme", "resume"):
        if program := catalog.program(client, variant):
            run("javac", "-d", place / variant, "-cp", f"{jars}/*", source / "Show.java", program)


def ready_rust(client):
    """All of them at once, since they share most of what they are made of."""
    run("cargo", "build", "--quiet", "--locked", cwd=catalog.HERE / "rust",
        env={**os.environ, "CARGO_TARGET_DIR": str(BUILD / "rust")})


def ready(client):
    BUILD.mkdir(parents=True, exist_ok=True)
    how = {"python": ready_python, "node": ready_node, "browser": ready_node, "firefox": ready_node, "go": ready_go,
           "java": ready_java, "rust": ready_rust}
    how.get(client.language, lambda _: None)(client)


def version(client):
    """As pinned, else what the program of the system says of itself."""
    if pinned := catalog.version(client):
        return pinned
    asked = {"node": "node", "shell": client.package, "java": "java", **BROWSERS}[client.language]
    return re.search(r"\d+(?:\.\d+)+", run(asked, "--version"))[0]


def command(client, variant):
    path = catalog.program(client, variant)
    in_a_browser = ["node", BUILD / "browser/drive.mjs", client.language, BROWSERS.get(client.language),
                    BUILD / "browser" / client.name / path.name]
    return {
        "python": lambda: [sys.executable, "-B", path],
        "node": lambda: ["node", BUILD / "node" / client.name / path.name],
        "browser": lambda: in_a_browser,
        "firefox": lambda: in_a_browser,
        "java": lambda: ["java", "-cp", f"{BUILD}/java/{client.name}/{variant}:{BUILD}/java/{client.name}/jars/*", "Main"],
        "go": lambda: [BUILD / "go" / f"{client.name}-{variant}"],
        "rust": lambda: [BUILD / "rust" / "debug" / f"{client.name}-{variant}"],
        "shell": lambda: ["bash", path],
    }[client.language]()


class Program:
    """One that runs, and what it has shown so far."""

    def __init__(self, child, complaint):
        self.shown = []
        self._child, self._complaint = child, complaint
        self._reader = asyncio.ensure_future(self._read())

    @staticmethod
    async def start(client, variant, url, complaint):
        if client.over == "WebSocket":
            url = url.replace("http:", "ws:", 1)
        libraries = (catalog.HERE / "python", BUILD / "python" / client.name)
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, libraries))}
        with open(complaint, "wb") as out:
            child = await asyncio.create_subprocess_exec(
                *command(client, variant), url, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=out,
                env=environment, limit=2 ** 24)
        return Program(child, complaint)

    async def _read(self):
        async for line in self._child.stdout:
            if line.startswith(b"{"):  # a library may print things of its own
                self.shown.append(json.loads(line))

    @property
    def events(self):
        return sum(event["seq"] is not None for event in self.shown)

    @property
    def running(self):
        return self._child.returncode is None

    @property
    def complaint(self):
        return self._complaint.read_text(errors="replace")

    async def _end(self):
        """Asked first: the program that drives a browser ends it then, and would leave it behind otherwise."""
        self._child.terminate()
        try:
            await asyncio.wait_for(self._child.wait(), 10)
        except asyncio.TimeoutError:
            self._child.kill()
            await self._child.wait()

    async def code_within(self, seconds):
        """None if it has to be ended."""
        try:
            code = await asyncio.wait_for(self._child.wait(), seconds)
        except asyncio.TimeoutError:
            code = None
            await self._end()
        await self._reader
        return code
