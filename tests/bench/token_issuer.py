"""An issuer of tokens, for benches of access control."""
import base64
import json
import subprocess
import time


def base64url(raw):
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


class Issuer:
    """An issuer with one Ed25519 key, as OpenSSL's command line makes and uses it; its files lie in `directory`."""

    name, kid = "https://issuer.example", "of-the-bench"

    def __init__(self, directory):
        self.key = f"{directory}/issuer.pem"
        subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", self.key], check=True, capture_output=True)
        public = subprocess.run(["openssl", "pkey", "-in", self.key, "-pubout", "-outform", "DER"], check=True,
                                capture_output=True).stdout
        self.jwks = json.dumps({"keys": [{"kty": "OKP", "crv": "Ed25519", "kid": self.kid, "x": base64url(public[-32:])}]})
        self.directory = directory

    def settings(self, jwks):
        table = "auth.issuers.main."
        return {"auth.mode": "jwt", "auth.directory": f"{self.directory}/auth", table + "issuer": self.name,
                table + "audience": "streamdemo", table + "algorithms": "EdDSA", table + "jwks": jwks}

    def signed_part(self, subject, kid):
        claims = {"iss": self.name, "aud": "streamdemo", "sub": subject, "exp": int(time.time()) + 7200,
                  "scope": "tasks:submit tasks:read tasks:cancel"}
        head = {"typ": "at+jwt", "alg": "EdDSA", "kid": kid}
        return ".".join(base64url(json.dumps(part).encode()) for part in (head, claims))

    def token(self, subject):
        text = self.signed_part(subject, self.kid)
        path = f"{self.directory}/to-be-signed"
        with open(path, "w", encoding="ascii") as out:
            out.write(text)
        signature = subprocess.run(["openssl", "pkeyutl", "-sign", "-rawin", "-inkey", self.key, "-in", path], check=True,
                                   capture_output=True).stdout
        return f"{text}.{base64url(signature)}"
