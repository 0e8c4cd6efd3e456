"""Where things are in this repository, for the tests of its shape."""
import os
import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[2]
NOT_OURS = {"build", "node_modules", ".venv", "data", ".git", ".cache"}


def files(root, *suffixes, depth=None):
    """All files below root with one of the suffixes (any without), without what is built or fetched; sorted.
    With a depth of 1 only those that lie in root itself."""
    found = []
    for folder, below, names in os.walk(root):
        # What is built is many times what is written: it is not even looked at.
        below[:] = [] if depth == 1 else [name for name in below if name not in NOT_OURS]
        found += [pathlib.Path(folder, name) for name in names if not suffixes or pathlib.Path(name).suffix in suffixes]
    return sorted(path for path in found if path.is_file())
