"""Lets others judge the tokens that the gateway judges, and the gateway those of a real provider:
PYTHONPATH=tests python -m tokens --binary STREAMDEMO --judge JUDGE_TOKENS."""
import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

from .live import Live

HERE = pathlib.Path(__file__).parent
BUILD = HERE.parents[1] / "build" / "tokens"


# Who judges a case otherwise than all others, for reasons that are in docs/security.md.
OTHERWISE = {"crit that is empty": {"Nimbus"}}


def run(*command, **options):
    done = subprocess.run(command, capture_output=True, text=True, **options)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}: {done.stderr or done.stdout}")
    return done.stdout


def fetch():
    """The pinned libraries, into build/tokens."""
    pins = "".join((HERE / name).read_text() for name in ("requirements.txt", "package.json", "pom.xml"))
    mark = BUILD / "made-of"
    if not mark.exists() or mark.read_text() != pins:
        shutil.rmtree(BUILD, ignore_errors=True)
        BUILD.mkdir(parents=True)
        run(sys.executable, "-m", "pip", "install", "--quiet", "--target", BUILD / "python", "--requirement",
            HERE / "requirements.txt")
        shutil.copy(HERE / "package.json", BUILD)
        run("npm", "install", "--no-audit", "--no-fund", "--no-package-lock", cwd=BUILD)
        run("mvn", "-q", "-B", "-f", HERE / "pom.xml", "dependency:copy-dependencies", f"-DoutputDirectory={BUILD / 'jars'}")
        mark.write_text(pins)
    for program in ("jose.mjs", "provider.mjs"):
        shutil.copy(HERE / program, BUILD)
    run("javac", "-d", BUILD / "classes", "-cp", BUILD / "jars" / "*", HERE / "Nimbus.java")


def make(file):
    sys.path.insert(0, str(BUILD / "python"))
    from .corpus import Corpus  # needs what fetch() brought
    corpus = Corpus().made()
    file.write_text(json.dumps(corpus), encoding="utf-8")
    return corpus


def agree(judge):
    """How many cases are judged as they are by everyone, and how many are not."""
    file = BUILD / "corpus.json"
    cases = make(file)["cases"]
    assert len({case["name"] for case in cases}) == len(cases), "two cases have the same name"
    libraries = {**os.environ, "PYTHONPATH": str(BUILD / "python")}
    judges = {"streamdemo": run(judge, file), "jose": run("node", BUILD / "jose.mjs", file),
              "PyJWT": run(sys.executable, "-B", HERE / "pyjwt.py", file, env=libraries),
              "Nimbus": run("java", "-cp", f"{BUILD / 'classes'}:{BUILD / 'jars'}/*", "Nimbus", file)}
    verdicts = {name: json.loads(out) for name, out in judges.items()}
    bad = 0
    for case in cases:
        said = {name: of[case["name"]] for name, of in verdicts.items()}
        otherwise = {name for name, word in said.items() if (word == "good") != case["good"]}
        if otherwise != OTHERWISE.get(case["name"], set()):
            bad += 1
            print(f"FAIL: {case['name']} is {'good' if case['good'] else 'bad'}, but {said}")
    good = sum(case["good"] for case in cases)
    print(f"{good} good and {len(cases) - good} bad tokens, judged by {', '.join(verdicts)}")
    return len(cases) - bad, bad


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", type=pathlib.Path, required=True, help="streamdemo")
    parser.add_argument("--judge", type=pathlib.Path, required=True, help="judge_tokens")
    parser.add_argument("--port", type=int, default=24700, help="the first of three")
    given = parser.parse_args()
    fetch()
    passed, failed = agree(given.judge)
    with tempfile.TemporaryDirectory() as directory:
        live = Live(given.binary.resolve(), BUILD, pathlib.Path(directory), given.port)
        for what, play in {"keys of an address with a certificate that nobody vouches for do not count": live.distrust,
                           "a real provider's tokens count, before and after it has changed its keys": live.rotate}.items():
            try:
                play()
                passed += 1
                print(what)
            except AssertionError as error:
                failed += 1
                print(f"FAIL: {what}: {error}")
                for log in pathlib.Path(directory).glob("*.log"):
                    print(f"--- {log.name}", *log.read_text(errors="replace").splitlines()[-20:], sep="\n  | ")
    print(f"{passed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
