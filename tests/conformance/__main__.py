"""Holds the server against what others made: clients generated from its description, and their suites of tests.
PYTHONPATH=tests python -m conformance [NAME...]."""
import argparse
import pathlib
import sys

from . import descriptions, page, served, tools, typed_clients

# Name: what runs it, and the settings of its server. A run gives what passed and what is to be said about it.
SUITES = {
    "openapi": (descriptions.openapi, {}),
    "asyncapi": (descriptions.asyncapi, {}),
    "typescript": (typed_clients.typescript, {}),
    "python": (typed_clients.python, {}),
    "schemathesis": (served.run, {"gateway__unknown_task_wait_ms": 50}),
}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(SUITES))
    parser.add_argument("--binary", type=pathlib.Path, default=tools.HERE.parents[1] / "build/release/bin/streamdemo")
    parser.add_argument("--write", type=pathlib.Path, help="the page on which the table of what was run is written anew")
    given = parser.parse_args()
    if unknown := set(given.names) - set(SUITES):
        parser.error(f"no such suite: {', '.join(sorted(unknown))}; there are {', '.join(SUITES)}")
    return given


def main():
    given = arguments()
    passed, seen = 0, {}
    wrong = []
    for name in given.names or SUITES:
        play, settings = SUITES[name]
        try:
            with tools.server(given.binary.resolve(), **settings) as url:
                done, said = play(url)
        except tools.Failed as failure:
            print(f"FAIL: {name}: {failure}", flush=True)
            wrong.append(name)
            continue
        print(f"{name}: {len(done)} passed: {', '.join(done)}", *said, sep="\n  ", flush=True)
        passed += len(done)
        seen[name] = (tools.versions(name), done, said)
    if given.write and not wrong:
        page.write(given.write, seen)
    print(f"{passed} passed, {len(wrong)} failed, 0 skipped")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
