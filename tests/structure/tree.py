"""Where things are in this repository, for the tests of its shape."""
import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[2]
NOT_OURS = {"build", "node_modules", ".venv", "data", ".git", ".cache"}


def files(root, *suffixes, depth=None):
    """All files below root with one of the suffixes (any without), without what is built or fetched; sorted.
    With a depth of 1 only those that lie in root itself."""
    found = []
    for path in root.glob("*") if depth == 1 else root.rglob("*"):
        inside = path.relative_to(root).parts
        if (not suffixes or path.suffix in suffixes) and path.is_file() and not NOT_OURS.intersection(inside):
            found.append(path)
    return sorted(found)
