"""Decides which records of the response topic are valid, independently of the codec under test, which is in C++."""
import re

from .clients import partition_of
from .fold import OF_A_RUN, PREFIX

MAX_KEY_BYTES = 128
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
RUN_IS_MANDATORY = OF_A_RUN - {"ended"}


def text(value, most):
    """A header or key as text; None: it is not valid text, or too long."""
    try:
        return value.decode() if value is not None and len(value) <= most else None
    except UnicodeDecodeError:
        return None


def counts(record, partitions):
    """Whether gateways and processors must use this record; otherwise all of them must ignore it."""
    headers = {}
    for name, value in record.headers:
        headers.setdefault(name, b"" if value is None else value)
    kind = (text(headers.get("ce_type"), 64) or "").removeprefix(PREFIX)
    key = text(record.key, MAX_KEY_BYTES)
    if not key or partition_of(key, partitions) != record.partition or text(headers.get("ce_source"), 256) is None:
        return False
    if "ce_time" in headers and not TIME.fullmatch(text(headers["ce_time"], 64) or ""):
        return False
    if kind == "accepted":
        return all(name in headers for name in ("ce_subject", "ce_expirytime", "ce_payloadhash", "ce_fold"))
    run = text(headers.get("ce_run"), MAX_KEY_BYTES)
    if kind not in OF_A_RUN or ("ce_run" in headers and run is None) or (kind in RUN_IS_MANDATORY and not run):
        return False
    return not run or (text(headers.get("ce_runseq"), 18) or "").isdecimal()
