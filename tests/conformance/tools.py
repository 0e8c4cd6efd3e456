"""What the suites are made of: packages at fixed versions, in build/conformance, and the server that they are run against."""
import contextlib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import threading

HERE = pathlib.Path(__file__).parent
BUILD = HERE.parents[1] / "build" / "conformance"
READY = re.compile(r"is ready on (http://\S+)")


class Failed(Exception):
    """What a program said that ended badly."""


def run(*command, warnings=False, **options):
    """Its output; `warnings`: and what it complains of."""
    done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, text=True,
                          stderr=subprocess.STDOUT if warnings else subprocess.PIPE, **options)
    if done.returncode != 0:
        raise Failed(f"{' '.join(map(str, command[:4]))}: {(done.stderr or '')[-4000:]}{done.stdout[-4000:]}")
    return done.stdout


def fresh(place, pins):
    """Whether `place` has yet to be filled, with what this file of versions names; then it is empty."""
    mark = place / "made-of"
    if mark.exists() and mark.read_text() == pins.read_text():
        return False
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    return True


def python_packages(suite):
    """The environment for Python with what the suite's requirements.txt names."""
    pins, place = HERE / suite / "requirements.txt", BUILD / f"{suite}-packages"
    if fresh(place, pins):
        run(sys.executable, "-m", "pip", "install", "--quiet", "--target", place, "--requirement", pins)
        shutil.copy(pins, place / "made-of")
    return {**os.environ, "PYTHONPATH": str(place), "PYTHONDONTWRITEBYTECODE": "1"}


def node_packages(suite):
    """A folder with a copy of the suite and the packages it needs."""
    pins, place = HERE / suite / "package.json", BUILD / suite
    if fresh(place, pins):
        shutil.copy(pins, place)
        run("npm", "install", "--no-audit", "--no-fund", "--no-package-lock", cwd=place)
        shutil.copy(pins, place / "made-of")
    shutil.copytree(HERE / suite, place, dirs_exist_ok=True)
    return place


def versions(suite):
    """NAME VERSION of each package that the suite names itself."""
    if (pins := HERE / suite / "requirements.txt").exists():
        return [line.replace("==", " ") for line in pins.read_text().split()]
    return [f"{name} {version}" for name, version in re.findall(r'"([@\w/-]+)": "(\d[\d.]*)"', (HERE / suite / "package.json").read_text())]


@contextlib.contextmanager
def server(binary, **settings):
    """The address of one that keeps nothing; it must end as it should."""
    with tempfile.TemporaryDirectory(prefix="streamdemo-conformance-") as directory:
        sets = {"gateway.port": 0, "management.port": 0, "instance.log_level": "warning", **settings}
        flags = [word for name, value in sets.items() for word in ("--set", f"{name.replace('__', '.')}={value}")]
        with open(pathlib.Path(directory) / "log", "w+", encoding="utf-8") as log:
            child = subprocess.Popen([binary, *flags], cwd=directory, stdout=subprocess.PIPE, stderr=log, text=True)
            try:
                ready = next((found for line in child.stdout if (found := READY.search(line))), None)
                if ready is None:
                    raise Failed(f"the server did not start: {(pathlib.Path(directory) / 'log').read_text()[-2000:]}")
                threading.Thread(target=child.stdout.read, daemon=True).start()
                yield ready[1]
            finally:
                child.terminate()
                code = child.wait(60)
            if code != 0:
                raise Failed(f"the server ended with {code}: {(pathlib.Path(directory) / 'log').read_text()[-2000:]}")
