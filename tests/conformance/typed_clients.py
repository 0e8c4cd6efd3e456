"""Two clients generated from the description that the server serves, the one of that in OpenAPI 3.2, too; the compiler or mypy reads their
programs first."""
import pathlib
import sys
import urllib.request

from . import tools


NAMES = ("openapi.json", "openapi-3.2.json")


def description(url, directory, name):
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    file = pathlib.Path(directory) / name
    file.write_bytes(direct.open(f"{url}/{name}", timeout=10).read())
    return file


def of_each(play):
    """What passed with the client of the first description must pass with that of each other, too."""
    done, said = play(NAMES[0])
    for name in NAMES[1:]:
        others = play(name)
        if others != (done, said):
            raise tools.Failed(f"of {name}: {others}, of {NAMES[0]}: {(done, said)}")
    return done, [*said, *(f"as well of `/{name}`" for name in NAMES[1:])]


def typescript(url):
    place = tools.node_packages("typescript")
    binaries = place / "node_modules" / ".bin"

    def play(name):
        tools.run(binaries / "openapi-typescript", description(url, place, name), "-o", place / "api.ts")
        tools.run(binaries / "tsc", "--project", place)
        return tools.run("node", place / "client.js", url).split(), []
    return of_each(play)


# The generator refuses 3.2 (which is why there are two), and knows no media ranges; it leaves out the body of that type, and octet-stream does in its place.
KNOWN = "Unsupported content type video/*"


def python(url):
    environment = tools.python_packages("python")
    place = tools.BUILD / "python"
    place.mkdir(exist_ok=True)
    said = tools.run(sys.executable, "-m", "openapi_python_client", "generate", "--path", description(url, place, NAMES[0]), "--output-path",
                     place / "generated", "--overwrite", "--config", tools.HERE / "python" / "generator.yaml", env=environment, warnings=True)
    warnings = said.count("WARNING")
    if warnings != said.count(KNOWN):
        raise tools.Failed(f"the generator left something out: {said}")
    environment["PYTHONPATH"] += f":{place / 'generated'}"
    program = tools.HERE / "python" / "client.py"
    tools.run(sys.executable, "-m", "mypy", "--strict", "--cache-dir", place / "mypy", program, env=environment)
    done = tools.run(sys.executable, program, url, env=environment).split()
    return done, [f"{warnings} warnings of the generator, each `{KNOWN}`: the body of an upload as `application/octet-stream` is there"]
