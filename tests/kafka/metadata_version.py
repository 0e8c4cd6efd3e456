"""The `metadata.version` that stands in a KRaft node's data: the format that its cluster has agreed on.

It rises when a cluster is formatted by, or upgraded to, a newer Kafka. One that knows only lower ones cannot read the data."""
import pathlib
import re

# FeatureLevelRecord as the metadata log frames it: frame version 1, its number 12, version 0; the name's length and one, the
# name; two bytes of level.
RECORD = re.compile(rb"\x01\x0c\x00\x11metadata\.version(..)", re.DOTALL)


def metadata_version(data: pathlib.Path) -> int:
    """The latest that was agreed on; 0 for data of no node."""
    log = sorted((data / "__cluster_metadata-0").glob("*"), key=lambda file: file.stat().st_mtime)
    found = 0
    # Up to Kafka 4.2 a new node has it in a file of its own, later in the log's first snapshot.
    for file in (data / "bootstrap.checkpoint", *log):
        if file.suffix in (".checkpoint", ".log") and file.exists():
            for level in RECORD.findall(file.read_bytes()):
                found = int.from_bytes(level, "big")
    return found
