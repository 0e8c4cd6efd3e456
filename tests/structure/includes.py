"""Reads every #include of src/ and include/ and says which break the floors.

A folder uses only folders of lower floors, and its own. What one module uses of another are its contracts in
include/streamdemo; private headers stay in their module."""
import re

from tree import files

# Folder below src/ (and below include/streamdemo/) -> floor. The longest name that fits counts.
FLOORS = {
    "base": 0,
    "config": 1,
    "task": 1,
    "tracing": 1,
    "bus": 2,
    "bus/inprocess": 2,
    "bus/kafka": 2,
    "artifacts": 2,
    "artifacts/s3": 2,
    "http": 2,
    "check": 3,
    "management": 3,
    "processor": 3,
    "gateway/access": 3,
    "gateway/history": 3,
    "gateway/tasks": 3.5,
    "gateway/api": 4,
    "gateway": 5,
    "compare": 5,
    "app": 6,
}

# Folders that must not know each other or that may know only one way, beyond what the floors say.
STRANGERS = [
    ("gateway", "processor"),
    ("processor", "gateway"),
    ("bus/inprocess", "bus/kafka"),
    ("bus/kafka", "bus/inprocess"),
    ("bus", "task"),
    ("bus", "config"),
    ("http", "task"),
    ("http", "config"),
    ("artifacts", "task"),
]

# Outside library -> the only folders that may include it. Never in a contract, but for prometheus-cpp, whose counters
# base hands on.
LIBRARIES = {
    r"boost/beast": ["http"],
    r"librdkafka/": ["bus/kafka"],
    r"toml\+\+/": ["config"],
    r"CLI/": ["app"],
    r"openssl/": ["base", "http"],
    r"curl/": ["artifacts/s3", "base", "gateway/access", "tracing"],
    r"spdlog/": ["base"],
    r"prometheus/": ["base"],
    r"re2/": ["base"],
    r"rocksdb/": ["bus/inprocess", "gateway/history"],
    r"lz4\.h": ["gateway/history"],
    r"doctest/": [],
}
# The vocabulary is pure: it knows no event loop.
NO_ASIO = ["task"]

INCLUDE = re.compile(r'^\s*#\s*include\s*(?:<([^>]+)>|"([^"]+)")')


def folder_of(path):
    """The folder of the table that a path such as bus/kafka/producer.hpp lies in; None for none."""
    parts = path.split("/")[:-1]
    while parts:
        if "/".join(parts) in FLOORS:
            return "/".join(parts)
        parts.pop()
    return None


def within(folder, other):
    return folder == other or folder.startswith(other + "/")


def wrong_with(own, target, contract):
    """Why a file in folder `own` may not include one in folder `target`; None if it may."""
    for one, other in STRANGERS:
        if within(own, one) and within(target, other):
            return f"{own} must not know {target}"
    same_module = own.split("/")[0] == target.split("/")[0]
    if not contract and not same_module:
        return f"a private header of {target}: use its contract in include/streamdemo"
    upward = FLOORS[target] > FLOORS[own]
    sideways = FLOORS[target] == FLOORS[own] and not same_module
    if upward or sideways:
        return f"{own} (floor {FLOORS[own]:g}) must not use {target} (floor {FLOORS[target]:g})"
    return None


def wrong_library(own, name, in_contract):
    for library, folders in LIBRARIES.items():
        if re.match(library, name):
            if in_contract and library != r"prometheus/":
                return f"{library} must not show in a contract"
            if not any(within(own, folder) for folder in folders):
                return f"{library} belongs to {', '.join(folders) or 'the tests'} only"
    if name.startswith("boost/asio") and any(within(own, folder) for folder in NO_ASIO):
        return f"{own} knows no event loop"
    return None


def wrong_include(own, in_contract, system, private):
    if private:
        if in_contract:
            return "a contract includes contracts only, as <streamdemo/...>"
        target = folder_of(private)
        if target is None:
            return "not written as module/file.hpp from src/"
        return wrong_with(own, target, contract=False)
    if system.startswith("streamdemo/"):
        target = folder_of(system.removeprefix("streamdemo/"))
        return "an unknown module" if target is None else wrong_with(own, target, contract=True)
    return wrong_library(own, system, in_contract)


def violations(root):
    """All broken rules below root, as 'file:line: what'."""
    found = []
    for base in ("src", "include/streamdemo"):
        for path in files(root / base, ".hpp", ".cpp"):
            inside = path.relative_to(root / base).as_posix()
            own = "app" if inside == "main.cpp" else folder_of(inside)
            where = f"{base}/{inside}"
            if own is None:
                found.append(f"{where}: lies in no folder of the table in tests/structure/includes.py")
                continue
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                match = INCLUDE.match(line)
                why = match and wrong_include(own, base != "src", match[1] or "", match[2] or "")
                if why:
                    found.append(f"{where}:{number}: {line.strip()}: {why}")
    return found
