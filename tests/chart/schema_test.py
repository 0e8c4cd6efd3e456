"""That the chart's schema takes no value that the program then refuses: STREAMDEMO_BIN is asked about each. Where the two should
be the same, that it refuses no good one either."""
import functools
import json
import os
import re
import subprocess
import unittest

import jsonschema

from . import render

SCHEMA = json.loads((render.CHART / "values.schema.json").read_text())
TOPICS = ("a", "a.b_c-D", ".a", "...", "x" * 249, "", ".", "..", "x" * 250, "a b", "a/b", "ä")
ADDRESSES = ("", "https://s3.example.org", "http://s3.internal:9000", "s3.example.org", "ftp://a", "https://", "https://a/", "https://a/b",
             "https://a b", "https://a,b", "https://a?b", "https://a#b", "https://user:word@a")
ENDPOINTS = ("", "https://a.example/token", "https://a.example", "http://localhost:9000/token", "http://[::1]/t", "http://a.example/t",
             "a.example", "https://", "https://a b", "https://a@b", "https://a/b#c", 'https://a/b"', "ftp://a")
# Values of the chart that are texts: the setting, and what to try. The verdicts are the same ...
SAME = {
    "topics.request": ("topics.request", TOPICS), "topics.response": ("topics.response", TOPICS),
    "topics.deadLetter": ("topics.dead_letter", TOPICS), "topics.group": ("topics.group", TOPICS),
    "artifacts.s3.endpoint": ("s3.endpoint", ADDRESSES), "artifacts.s3.publicEndpoint": ("s3.public_endpoint", ADDRESSES),
    "artifacts.s3.region": ("s3.region", ("", "eu-west-1", "r" * 64, "r" * 65, "eu west", "eu_west")),
    "artifacts.s3.bucket": ("s3.bucket", ("", "abc", "my.bucket-1", "b" * 63, "ab", "b" * 64, "My", "a_b", "-abc", "abc-", ".abc", "abc.")),
    "artifacts.s3.prefix": ("s3.prefix", ("", "a/", "a/b_c.d-E/", "..a/", "a/.../", ".a/", "a", "/", "/a/", "a//b/", "a//", "./", "../",
                                          "a/./b/", "a/../b/", "a/./", "a/../", "a b/", "p" * 255 + "/", "p" * 256 + "/")),
    "artifacts.s3.serve": ("artifacts.serve", ("proxy", "redirect", "other")),
    "artifacts.store": ("artifacts.store", ("directory", "s3", "other")),
    "auth.mode": ("auth.mode", ("none", "keys", "proxy", "basic")),
    "auth.issuers.a.issuer": ("auth.issuers.a.issuer", ("a", "i" * 256, "i" * 257)),
    "auth.issuers.a.algorithms": ("auth.issuers.a.algorithms", ("RS256", "PS512,ES384,EdDSA", "", "HS256", "RS256,none", "rs256")),
    "auth.issuers.a.authorization_endpoint": ("auth.issuers.a.authorization_endpoint", ENDPOINTS),
    "auth.issuers.a.token_endpoint": ("auth.issuers.a.token_endpoint", ENDPOINTS),
    f"auth.issuers.{'a' * 64}.scope_prefix": (f"auth.issuers.{'a' * 64}.scope_prefix", ("", "a")),
    f"auth.issuers.{'a' * 65}.scope_prefix": (f"auth.issuers.{'a' * 65}.scope_prefix", ("a",)),
}
# ... or the chart refuses more, because in a pod there is no such thing.
NARROWER = {
    "kafka.brokers": ("kafka.brokers", ("a:1", "kafka-1.example.org:9092", "a:65535", "a", "a:", "a:0", "a:65536", "a:99999", ":1", "a:x")),
    "auth.issuers.a.jwks": ("auth.issuers.a.jwks", ("https://a.example/keys?a=b", "http://localhost/keys", "http://127.0.0.1:80/keys", "/keys",
                                                    "", "http://a.example/keys", "https://", "https://a@b/", "/a://b", "ftp://a", "http://localhost.a/")),
}
# Those that are numbers: the bounds of the schema are tried.
NUMBERS = {
    "topics.partitions": "topics.partitions", "topics.replication": "topics.replication",
    "auth.issuers.a.leeway_ms": "auth.issuers.a.leeway_ms",
    "gateway.port": "gateway.port", "gateway.managementPort": "management.port", "gateway.drainMs": "gateway.drain_ms",
    "gateway.history.maxDiskBytes": "history.max_disk_bytes",
    "processor.managementPort": "management.port", "processor.drainMs": "processor.drain_ms", "processor.concurrency": "processor.concurrency",
    "artifacts.maxBytes": "artifacts.max_bytes", "artifacts.s3.maxScratchBytes": "s3.max_scratch_bytes",
}
# What goes with a setting, so that nothing contradicts it.
BESIDE = {
    "artifacts.store": {"s3.bucket": "files"}, "artifacts.serve": {"artifacts.store": "s3", "s3.bucket": "files"},
    "artifacts.max_bytes": {"gateway.max_upload_bytes": 1024}, "processor.concurrency": {"processor.max_held_requests": 10000},
    "auth.mode": {"auth.trusted_proxies": "10.0.0.1"},
}


def is_taken(value, sample):
    """Whether the schema takes it, in values that are good otherwise."""
    document = {"kafka": {"brokers": ["kafka:9092"]}}
    place = document
    *path, last = value.split(".")
    for name in path:
        place = place.setdefault(name, {})
    if value.startswith("auth.issuers."):
        place |= {"issuer": "i", "audience": "a", "jwks": "https://a/"}
    place[last] = [sample] if isinstance(place.get(last), list) else sample
    return jsonschema.Draft7Validator(SCHEMA).is_valid(document)


def is_good(setting, sample):
    """Whether the program takes it."""
    others = BESIDE.get(setting, {})
    if setting.startswith("auth.issuers."):
        table = setting.rpartition(".")[0]
        others = {f"{table}.issuer": "i", f"{table}.audience": "a", f"{table}.jwks": "https://a/"}
    words = [word for name, text in (others | {setting: sample}).items() for word in ("--set", f"{name}={text}")]
    done = subprocess.run([os.environ["STREAMDEMO_BIN"], "config", "--check", *words], env={}, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 2), done.stderr
    return done.returncode == 0


def at(value):
    """What the schema says of one value."""
    found = SCHEMA
    for name in value.split("."):
        found = found.get("properties", {}).get(name) or found["additionalProperties"]
    return found


def documented():
    """setting -> its variable, of those that have a section; tables of any name have one here."""
    text = (render.ROOT / "docs/configuration.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([\w.]+\.[\w.]+)` \|.*\| `(STREAMDEMO_\w+)` \|$", text, re.MULTILINE)
    tables = ((".KIND.", ".process-video."), (".NAME.", ".a."), ("_TASKS_KIND_", "_TASKS_PROCESS_VIDEO_"), ("_ISSUERS_NAME_", "_ISSUERS_A_"))
    return dict([functools.reduce(lambda word, table: word.replace(*table), tables, word) for word in row] for row in rows)


class Schema(unittest.TestCase):
    def test_texts_are_judged_as_by_the_program(self):
        for value, (setting, samples) in (SAME | NARROWER).items():
            for sample in samples:
                with self.subTest(value, sample=sample):
                    taken, good = is_taken(value, sample), is_good(setting, sample)
                    self.assertIn((taken, good), ((True, True), (False, False), *([(False, True)] if value in NARROWER else [])))
            self.assertTrue(any(is_taken(value, s) for s in samples) or len(samples) == 1, value)

    def test_no_number_is_beyond_the_bounds_of_its_setting(self):
        for value, setting in NUMBERS.items():
            bounds = at(value)
            for bound in ("minimum", "maximum"):
                with self.subTest(value, bound=bound):
                    self.assertIn(bound, bounds)
                    self.assertTrue(is_good(setting, bounds[bound]), bounds[bound])

    def test_every_setting_can_be_named(self):
        names = documented()
        self.assertGreater(len(names), 120)
        for name in names:
            with self.subTest(name):
                self.assertTrue(is_taken("settings", {name: "any"}))

    def test_an_issuer_has_the_settings_that_the_program_knows(self):
        known = {name.rpartition(".")[2] for name in documented() if name.startswith("auth.issuers.")}
        self.assertEqual(known, {*at("auth.issuers.a")["properties"]} - {"caSecret"} | {"ca_file"})


if __name__ == "__main__":
    unittest.main()
