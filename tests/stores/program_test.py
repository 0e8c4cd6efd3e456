#!/usr/bin/env python3
"""The program with its files in a bucket, as its clients see it: tests/stores/run tests/stores/program_test.py BINARY"""
import contextlib
import http.client
import json
import os
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support.tls import behind_tls  # noqa: E402

BINARY = pathlib.Path(sys.argv.pop(1)).resolve()
BUCKET = os.environ["STREAMDEMO_CONTRACT_OPEN_S3"]
ENDS_WITHIN = 15
READY = re.compile(r"is ready on http://localhost:(\d+)")


@contextlib.contextmanager
def program(**settings):
    """One process with a directory of its own; gives its port and that directory."""
    with tempfile.TemporaryDirectory() as directory:
        given = {"gateway.port": 0, "management.port": 0, "artifacts.store": "s3", "s3.endpoint": BUCKET, "s3.bucket": "contract",
                 "s3.prefix": "program/", **{name.replace("__", "."): value for name, value in settings.items()}}
        flags = [part for key, value in given.items() for part in ("--set", f"{key}={value}")]
        child = subprocess.Popen([BINARY, *flags], cwd=directory, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                 text=True)
        try:
            for line in child.stdout:
                if ready := READY.search(line):
                    break
            else:
                raise AssertionError("it ended by itself")
            yield int(ready[1]), pathlib.Path(directory)
        finally:
            began = time.monotonic()
            child.terminate()
            child.stdout.read()
            child.stdout.close()
            child.wait()
            # What it still does in the bucket, it does for a short time only.
            if time.monotonic() - began > ENDS_WITHIN:
                raise AssertionError("it took too long to end")


def ask(address, method="GET", body=None, **fields):
    """(status, fields in lower case, body) of `address`, without following anything."""
    url = urllib.parse.urlsplit(address)
    connection = http.client.HTTPConnection(url.hostname, url.port, timeout=60)
    target = url.path + ("?" + url.query if url.query else "")
    connection.request(method, target, body, {name.replace("_", "-"): value for name, value in fields.items()})
    answer = connection.getresponse()
    got = answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    connection.close()
    return got


@contextlib.contextmanager
def variable(name, value):
    os.environ[name] = value
    try:
        yield
    finally:
        del os.environ[name]


def unfinished():
    return ask(f"{BUCKET}/contract?uploads&prefix=program/inputs/")[2]


def until(what, condition, seconds=30):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(0.02)


def video():
    file = pathlib.Path(tempfile.mkstemp(suffix=".mp4")[1])
    subprocess.run(["ffmpeg", "-y", "-v", "error", "-f", "lavfi", "-i", "testsrc=d=4:s=320x240", file], check=True)
    content = file.read_bytes()
    file.unlink()
    return content


class Program(unittest.TestCase):
    def test_clips_are_served_by_proxy_and_by_302_with_the_same_tag(self):
        with program() as (one, here), program(artifacts__serve="redirect") as (other, _):
            status, _, body = ask(f"http://127.0.0.1:{one}/api/process-video?clip_seconds=2", "POST", video(), Prefer="wait=30",
                                  Content_Type="video/mp4")
            self.assertEqual(200, status, body)
            done = json.loads(body)
            self.assertEqual("succeeded", done["status"])
            clips = [event["data"]["url"] for event in done["results"]]
            self.assertEqual(2, len(clips))
            self.assertFalse((here / "data/artifacts").exists())
            self.by_proxy(f"http://127.0.0.1:{one}{clips[0]}")
            self.by_302(f"http://127.0.0.1:{one}{clips[0]}", f"http://127.0.0.1:{other}{clips[0]}")
            self.assertIn(f"media-src 'self' blob: {BUCKET}", ask(f"http://127.0.0.1:{other}/")[1]["content-security-policy"])
            self.assertNotIn(BUCKET, ask(f"http://127.0.0.1:{one}/")[1]["content-security-policy"])
            # The upload is gone from the bucket soon, the clips are not.
            status, _, body = ask(f"{BUCKET}/contract?list-type=2&prefix=program/files/")
            self.assertEqual(2, body.count(b"<Key>"))

    def by_proxy(self, clip):
        status, fields, body = ask(clip)
        self.assertEqual((200, "video/mp4", str(len(body))), (status, fields["content-type"], fields["content-length"]))
        self.assertEqual(b"ftyp", body[4:8])
        tag = fields["etag"]
        for wanted, expected in (("bytes=4-7", body[4:8]), ("bytes=-10", body[-10:]), (f"bytes={len(body) - 3}-", body[-3:])):
            status, fields, part = ask(clip, Range=wanted)
            self.assertEqual((206, expected), (status, part))
        self.assertEqual(416, ask(clip, Range=f"bytes={len(body)}-")[0])
        status, fields, nothing = ask(clip, "HEAD")
        self.assertEqual((200, str(len(body)), b"", tag), (status, fields["content-length"], nothing, fields["etag"]))
        self.assertEqual(304, ask(clip, If_None_Match=tag)[0])
        self.assertEqual(404, ask(clip + "x")[0])

    def by_302(self, by_proxy, clip):
        _, same, content = ask(by_proxy)
        status, fields, body = ask(clip)
        self.assertEqual((302, b"", "no-store"), (status, body, fields["cache-control"]))
        self.assertTrue(fields["location"].startswith(f"{BUCKET}/contract/program/files/"))
        status, there, body = ask(fields["location"])
        self.assertEqual((200, content, "video/mp4", same["etag"]), (status, body, there["content-type"], there["etag"]))
        status, _, part = ask(fields["location"], Range="bytes=4-7")
        self.assertEqual((206, b"ftyp"), (status, part))
        status, fields, _ = ask(clip, "HEAD")
        self.assertEqual(302, status)
        status, there, _ = ask(fields["location"], "HEAD")
        self.assertEqual((200, str(len(content))), (status, there["content-length"]))
        self.assertEqual(304, ask(clip, If_None_Match=same["etag"])[0])
        self.assertEqual(404, ask(clip + "x")[0])

    def test_a_bucket_that_is_away_is_503_and_holds_up_neither_start_nor_end(self):
        with program(s3__endpoint="http://127.0.0.1:9", s3__retry_for_ms=300) as (port, _):
            status, fields, body = ask(f"http://127.0.0.1:{port}/api/artifacts/task/clip.mp4")
            self.assertEqual((503, "application/problem+json"), (status, fields["content-type"]), body)
            self.assertIn("retry-after", fields)
            status, _, body = ask(f"http://127.0.0.1:{port}/api/process-video", "POST", b"video", Content_Type="video/mp4")
            self.assertEqual(503, status, body)

    def test_over_https_the_authority_is_that_of_the_setting_or_of_the_usual_variable(self):
        with behind_tls(BUCKET) as tls:
            endpoint, certificate = tls.address, tls.authority
            with program(s3__endpoint=endpoint, s3__ca_file=certificate) as (port, _):
                status, _, body = ask(f"http://127.0.0.1:{port}/api/process-video?clip_seconds=2", "POST", video(), Prefer="wait=30",
                                      Content_Type="video/mp4")
                self.assertEqual((200, "succeeded"), (status, json.loads(body)["status"]), body)
            with variable("AWS_CA_BUNDLE", certificate), program(s3__endpoint=endpoint) as (port, _):
                self.assertEqual(404, ask(f"http://127.0.0.1:{port}/api/artifacts/task/clip.mp4")[0])
            # Who does not know it trusts nobody.
            with program(s3__endpoint=endpoint, s3__retry_for_ms=0) as (port, _):
                self.assertEqual(503, ask(f"http://127.0.0.1:{port}/api/artifacts/task/clip.mp4")[0])

    def test_what_a_client_that_goes_away_has_sent_is_given_up(self):
        with program(s3__part_bytes=5 << 20) as (port, _):
            with socket.create_connection(("127.0.0.1", port)) as client:
                client.sendall(b"POST /api/process-video HTTP/1.1\r\nHost: localhost\r\nContent-Length: 20000000\r\n\r\n" + bytes(11 << 20))
                until("it is begun in the bucket", lambda: b"<UploadId>" in unfinished())
            until("it is given up", lambda: b"<UploadId>" not in unfinished())

    def test_programs_as_tasks_do_not_get_the_secret_of_the_key(self):
        with program(tasks__show__command="env") as (port, _):
            _, _, body = ask(f"http://127.0.0.1:{port}/api/show", "POST", b"{}", Prefer="wait=30", Content_Type="application/json")
            self.assertIn(b"AWS_ACCESS_KEY_ID", body)
            self.assertNotIn(b"AWS_SECRET_ACCESS_KEY", body)

    def test_what_is_wrong_with_the_bucket_ends_the_program_with_a_sentence(self):
        for settings, said in (({"s3__bucket": "missing"}, "s3.bucket"), ({"s3__bucket": ""}, "s3.bucket is empty"),
                               ({"s3__endpoint": "there"}, "s3.endpoint"), ({"s3__access_key_id": "A"}, "s3.secret_access_key"),
                               ({"s3__ca_file": "none.crt"}, "s3.ca_file")):
            with self.subTest(settings), tempfile.TemporaryDirectory() as directory:
                given = {"artifacts.store": "s3", "s3.endpoint": BUCKET, "s3.bucket": "contract", "gateway.port": 0, "management.port": 0,
                         **{name.replace("__", "."): value for name, value in settings.items()}}
                run = subprocess.run([BINARY, *(p for key, value in given.items() for p in ("--set", f"{key}={value}"))], cwd=directory,
                                     capture_output=True, text=True, timeout=60, check=False)
                self.assertNotEqual(0, run.returncode)
                self.assertIn(said, run.stderr)


if __name__ == "__main__":
    unittest.main()
