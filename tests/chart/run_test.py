"""STREAMDEMO_BIN names the program, STREAMDEMO_KAFKA_BROKERS real brokers in place of those of the values, and what
tests/stores/run says a bucket."""
import contextlib
import json
import os
import pathlib
import re
import subprocess
import tempfile
import time
import unittest
import urllib.error
import urllib.request

from . import render
from .rendered_test import deployments

SECONDS = 90
TOKEN = "0123456789abcdef0123456789abcdef"


class Cluster:
    """What Kubernetes does: volumes as folders, secrets and names as values, a process for each Deployment."""

    def __init__(self, name, directory, secrets):
        self.name, self.directory, self.secrets = name, directory, secrets
        self.open = contextlib.ExitStack()
        self.logs = {}

    def folder(self, role, volume):
        """Where a volume lies. Claims are shared."""
        if "persistentVolumeClaim" in volume:
            return self.directory / volume["persistentVolumeClaim"]["claimName"]
        folder = self.directory / role / volume["name"]
        folder.mkdir(parents=True, exist_ok=True)
        if "configMap" in volume:
            for file, text in render.documents(self.name)["ConfigMap", volume["configMap"]["name"]]["data"].items():
                (folder / file).write_text(text)
        for item in volume.get("secret", {}).get("items", []):
            (folder / item["path"]).write_text(self.secrets[volume["secret"]["secretName"], item["key"]])
        return folder

    def start(self, role):
        deployment, container = deployments(self.name)[role]
        pod = deployment["spec"]["template"]["spec"]
        volumes = {v["name"]: self.folder(role, v) for v in pod["volumes"]}
        mounts = {m["mountPath"]: volumes[m["name"]] for m in container["volumeMounts"]}
        paths = re.compile(rf"(?<![\w/])({'|'.join(map(re.escape, sorted(mounts, key=len, reverse=True)))})(?=/|$)")

        def mapped(text):
            return paths.sub(lambda found: str(mounts[found[1]]), text)

        def value(variable):
            source = variable.get("valueFrom", {})
            if "secretKeyRef" in source:
                return self.secrets[source["secretKeyRef"]["name"], source["secretKeyRef"]["key"]]
            if "fieldRef" in source:
                return f"{deployment['metadata']['name']}-6d4f9c7b8-x2x9v"
            return mapped(variable["value"])
        environment = {"PATH": os.environ["PATH"], **{v["name"]: value(v) for v in container["env"]},
                       "STREAMDEMO_KAFKA_BROKERS": os.environ["STREAMDEMO_KAFKA_BROKERS"]}
        if "STREAMDEMO_S3_ENDPOINT" in environment:
            environment["STREAMDEMO_S3_ENDPOINT"] = os.environ["STREAMDEMO_CONTRACT_S3"]
        assert container["command"] == ["tini", "--", "streamdemo"], container["command"]
        self.logs[role] = self.directory / f"{role}.log"
        with self.logs[role].open("w") as log:
            child = self.open.enter_context(subprocess.Popen(
                [os.environ["STREAMDEMO_BIN"], *map(mapped, container["args"])], env=environment, cwd="/", stdout=log, stderr=subprocess.STDOUT))
        self.open.callback(self.end, child)
        probe = container["readinessProbe"]["httpGet"]
        ports = {p["name"]: p["containerPort"] for p in container["ports"]}
        self.until(f"{role} is ready", lambda: self.answers(role, child, f"http://127.0.0.1:{ports[probe['port']]}{probe['path']}"))
        return ports, deployment["spec"]["template"]["spec"]["terminationGracePeriodSeconds"], child

    def answers(self, role, child, url):
        if child.poll() is not None:
            raise AssertionError(f"{role} ended with {child.returncode}: {self.logs[role].read_text()[-3000:]}")
        try:
            return urllib.request.urlopen(url, timeout=5).status == 200
        except OSError:
            return False

    def until(self, what, done):
        end = time.monotonic() + SECONDS
        while not done():
            if time.monotonic() > end:
                raise AssertionError(f"not within {SECONDS} s: {what}\n" + "\n".join(f.read_text()[-2000:] for f in self.logs.values()))
            time.sleep(0.1)

    @staticmethod
    def end(child):
        if child.poll() is None:
            child.kill()


class Run(unittest.TestCase):
    def test_a_task_is_done_by_what_was_rendered(self):
        with tempfile.TemporaryDirectory() as name:
            directory = pathlib.Path(name)
            key = key_of_alice(directory / "made")
            cluster = Cluster("run", directory, {("streamdemo-keys", "keys"): (directory / "made/keys").read_text(),
                                                 ("streamdemo-id", "id-secret"): TOKEN, ("management", "token"): TOKEN})
            with cluster.open:
                started = {role: cluster.start(role) for role in ("processor", "gateway")}
                ports = started["gateway"][0]
                url = f"http://127.0.0.1:{ports['http']}"
                for kind, body, expected in (("simulate", {"results": 3, "interval_ms": 1}, 3), ("hello", {}, 1)):
                    status, answer = ask(f"{url}/api/{kind}", key, body)
                    self.assertEqual((200, "succeeded", expected), (status, answer["status"], len(answer["results"])), answer)
                self.assertEqual("demo-streamdemo-processor-6d4f9c7b8-x2x9v", answer["results"][0]["source"])
                self.assertEqual(401, ask(f"{url}/api/simulate", "sdkey_wrong", {})[0])
                metrics = f"http://127.0.0.1:{ports['management']}/metrics"
                self.assertEqual((401, 200), (ask(metrics, "", None)[0], ask(metrics, TOKEN, None)[0]))
                # The store of histories is where its volume is.
                self.assertTrue(any((directory / "gateway/history").rglob("*.log")), "no store of histories")
                for role, (_, grace, child) in started.items():
                    child.terminate()
                    self.assertEqual(0, child.wait(grace), f"{role}: {cluster.logs[role].read_text()[-2000:]}")


    def test_a_video_is_cut_without_a_common_volume(self):
        with tempfile.TemporaryDirectory() as name:
            directory = pathlib.Path(name)
            key = key_of_alice(directory / "made")
            cluster = Cluster("bucket", directory, {
                ("streamdemo-keys", "keys"): (directory / "made/keys").read_text(), ("streamdemo-id", "id-secret"): TOKEN,
                ("bucket-ca", "ca.crt"): "", ("bucket", "id"): os.environ["AWS_ACCESS_KEY_ID"], ("bucket", "secret"): os.environ["AWS_SECRET_ACCESS_KEY"]})
            video = directory / "video.mp4"
            subprocess.run(["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc=d=4:s=320x240", video], check=True)
            with cluster.open:
                for role in ("processor", "gateway"):
                    ports = cluster.start(role)[0]
                url = f"http://127.0.0.1:{ports['http']}"
                status, answer = ask(f"{url}/api/process-video?clip_seconds=2", key, video.read_bytes(), "video/mp4")
                self.assertEqual((200, "succeeded", 2), (status, answer["status"], len(answer["results"])), answer)
                for result in answer["results"]:
                    clip = urllib.request.Request(url + result["data"]["url"], headers={"Authorization": f"Bearer {key}"})
                    with urllib.request.urlopen(clip, timeout=30) as got:
                        self.assertEqual(result["data"]["bytes"], len(got.read()))


def key_of_alice(directory):
    """Her key; what gateways know of it is in the file `keys`."""
    made = subprocess.run([os.environ["STREAMDEMO_BIN"], "key", "new", "--set", f"auth.directory={directory}", "--subject", "alice"],
                          capture_output=True, text=True, check=True)
    return made.stdout.strip()


def ask(url, key, body, content_type="application/json"):
    headers = {"Authorization": f"Bearer {key}", "Content-Type": content_type, "Prefer": "wait=50"}
    request = urllib.request.Request(url, body if body is None or isinstance(body, bytes) else json.dumps(body).encode(), headers)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            text = answer.read()
            return answer.status, json.loads(text) if text.startswith(b"{") else {}
    except urllib.error.HTTPError as e:
        return e.code, {}


if __name__ == "__main__":
    unittest.main()
