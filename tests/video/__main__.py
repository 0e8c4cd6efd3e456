"""Cuts a corpus of odd videos with the real program and holds the clips against their sources, frame by frame and sample
by sample. Prints a table; fails when a row is neither right nor refused with the sentence that is due."""
import argparse
import pathlib
import sys
import tempfile

from . import corpus, judge, serve, speed


def main():
    p = argparse.ArgumentParser(prog="./dev video")
    p.add_argument("--binary", required=True)
    p.add_argument("--ffmpeg", default="ffmpeg", help="for the program; the corpus is made and judged with the one in PATH")
    p.add_argument("--ffprobe", default="ffprobe")
    p.add_argument("--small", action="store_true", help="the twenty quickest files")
    p.add_argument("--directory", help="keeps the corpus there for the next time")
    p.add_argument("--no-browser", action="store_true", help="neither recordings of a browser nor playing the clips")
    p.add_argument("--markdown", help="writes the table there, too")
    p.add_argument("--speed", action="store_true", help="instead: time and CPU beside ffmpeg alone, as ratios")
    p.add_argument("names", nargs="*", help="parts of names select files")
    o = p.parse_args()
    with tempfile.TemporaryDirectory(prefix="streamdemo-video-") as temporary:
        directory = pathlib.Path(o.directory or temporary)
        directory.mkdir(parents=True, exist_ok=True)
        if o.speed:
            with serve.Server(o, pathlib.Path(temporary)) as server:
                speed.measure(o, server, directory)
            return 0
        files = corpus.chosen(o)
        with serve.Server(o, pathlib.Path(temporary)) as server, serve.Browser(o, server) as browser:
            corpus.make(files, directory, browser)
            rows = [judge.judge(f, directory / f.name, server, browser) for f in files if f.judged and not f.name.endswith(".tmp")]
    table = judge.table(rows)
    if o.markdown:
        pathlib.Path(o.markdown).write_text(table)
    bad = [r for r in rows if r.wrong]
    print(f"\n{len(rows) - len(bad)} passed, {len(bad)} failed, 0 skipped")
    return 1 if bad or not rows else 0


if __name__ == "__main__":
    sys.exit(main())
