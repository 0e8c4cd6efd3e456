"""Where things are in this repository, for the tests of its shape."""
import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[2]
NOT_OURS = {"build", "node_modules", ".venv", "data", ".git", ".cache"}


def files(root, *suffixes):
    """All files below root with one of the suffixes, without what is built or fetched; sorted."""
    found = []
    for path in root.rglob("*"):
        inside = path.relative_to(root).parts
        if path.suffix in suffixes and path.is_file() and not NOT_OURS.intersection(inside):
            found.append(path)
    return sorted(found)
