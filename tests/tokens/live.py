"""A real provider, a real gateway: tokens count, also after the provider has come back with other keys."""
import contextlib
import http.server
import json
import os
import ssl
import subprocess
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA")


def answer_to(url, body=None, **headers):
    """Status and body."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(urllib.request.Request(url, body, headers), timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def eventually(what, condition, patience=30):
    end = time.monotonic() + patience
    while time.monotonic() < end:
        with contextlib.suppress(OSError):
            if condition():
                return
        time.sleep(0.1)
    raise AssertionError(f"not within {patience} s: {what}")


@contextlib.contextmanager
def stranger(directory, port):
    """https with a certificate that no authority has signed."""
    key, certificate = directory / "key.pem", directory / "certificate.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key,
                    "-out", certificate, "-days", "1", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"],
                   check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), http.server.SimpleHTTPRequestHandler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"https://localhost:{port}/jwks"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Live:
    def __init__(self, streamdemo, modules, directory, port):
        self.streamdemo, self.modules, self.directory = streamdemo, modules, directory
        self.issuer, self.gateway = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{port + 1}"
        self.port = port

    @contextlib.contextmanager
    def running(self, name, *command):
        with open(self.directory / f"{name}.log", "ab") as log:
            child = subprocess.Popen(list(map(str, command)), stdout=log, stderr=log, cwd=self.directory,
                                     env={**os.environ, "no_proxy": "localhost"})
        try:
            yield child
        finally:
            child.terminate()
            child.wait(30)

    def provider(self):
        return self.running("provider", "node", self.modules / "provider.mjs", self.port)

    def token(self, alg, scope="tasks:read tasks:submit"):
        form = {"grant_type": "client_credentials", "client_id": "worker", "client_secret": "secret",
                "resource": f"urn:{alg}", "scope": scope}
        status, body = answer_to(self.issuer + "/token", urllib.parse.urlencode(form).encode())
        assert status == 200, f"{alg}: the provider answers {status} {body}"
        return json.loads(body)["access_token"]

    def submitted(self, token):
        return answer_to(self.gateway + "/api/simulate", b'{"results":1,"interval_ms":1}',
                         **{"Content-Type": "application/json", "Authorization": f"Bearer {token}"})[0]

    def readiness(self):
        return answer_to(f"http://127.0.0.1:{self.port + 2}/readyz")

    def ready(self):
        return self.readiness()[0] == 200

    def serving(self, name, jwks):
        """A gateway that gets its keys there."""
        settings = {"gateway.port": self.port + 1, "management.port": self.port + 2, "auth.mode": "jwt",
                    "auth.issuers.main.issuer": self.issuer, "auth.issuers.main.audience": "streamdemo",
                    "auth.issuers.main.jwks": jwks, "auth.issuers.main.algorithms": ",".join(ALGORITHMS)}
        sets = [part for key, value in settings.items() for part in ("--set", f"{key}={value}")]
        return self.running(name, self.streamdemo, *sets)

    def distrust(self):
        with stranger(self.directory, self.port) as url, self.serving("distrust", url):
            eventually("the gateway says what is wrong with the certificate", lambda: "certificate" in self.readiness()[1])
            assert not self.ready(), "keys of an address that anybody could have answered"

    def rotate(self):
        with self.serving("gateway", self.issuer + "/jwks"):
            eventually("the gateway answers", lambda: answer_to(self.gateway + "/api/session")[0] == 200)
            assert not self.ready(), "ready without any key"
            with self.provider():
                eventually("the keys are there", self.ready)
                old = {alg: self.token(alg) for alg in ALGORITHMS}
                for alg, token in old.items():
                    assert self.submitted(token) == 202, f"{alg}: refused"
                assert self.submitted(self.token("ES256", "tasks:read")) == 403, "a scope that is not there"
            # Away: those who have tokens work on.
            assert self.submitted(old["RS256"]) == 202, "refused while the issuer is away"
            with self.provider():
                eventually("the provider is back", lambda: answer_to(self.issuer + "/jwks")[0] == 200)
                fresh = {alg: self.token(alg) for alg in ALGORITHMS}
                for alg, token in fresh.items():
                    # 503 until the new keys are there.
                    eventually(f"{alg}: the new keys count", lambda token=token: self.submitted(token) == 202)
                assert self.submitted(old["RS256"]) != 202, "a key that was withdrawn"
