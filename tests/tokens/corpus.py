"""Makes the corpus: one issuer's keys, and tokens of it that are good or bad, each with a name and what it is.

Only what the rules of RFC 7515, 7519, 8725 and 9068 leave no choice in: where a library may be milder than the gateway (a
member twice, padding, a time that lies ahead by less than the leeway) the unit tests say what the gateway does."""
import base64
import hashlib
import hmac
import json
import time

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

ISSUER, AUDIENCE = "https://issuer.example", "streamdemo"
DIGESTS = {"256": hashes.SHA256, "384": hashes.SHA384, "512": hashes.SHA512}
CURVES = {"ES256": ec.SECP256R1, "ES384": ec.SECP384R1, "ES512": ec.SECP521R1}
ALGORITHMS = [family + size for family in ("RS", "PS", "ES") for size in DIGESTS] + ["EdDSA"]


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def number(n, width=None):
    return base64url(n.to_bytes(width or (n.bit_length() + 7) // 8, "big"))


def as_text(value):
    return value if isinstance(value, bytes) else json.dumps(value, separators=(",", ":")).encode()


class Key:
    def __init__(self, private, kid):
        self.private, self.kid = private, kid
        self.width = (private.curve.key_size + 7) // 8 if isinstance(private, ec.EllipticCurvePrivateKey) else 0

    def jwk(self, **more):
        public = self.private.public_key()
        if isinstance(public, rsa.RSAPublicKey):
            numbers = public.public_numbers()
            made = {"kty": "RSA", "n": number(numbers.n), "e": number(numbers.e)}
        elif self.width:
            numbers = public.public_numbers()
            made = {"kty": "EC", "crv": f"P-{self.private.curve.key_size}", "x": number(numbers.x, self.width),
                    "y": number(numbers.y, self.width)}
        else:
            made = {"kty": "OKP", "crv": "Ed25519",
                    "x": base64url(public.public_bytes(Encoding.Raw, PublicFormat.Raw))}
        return {**made, "kid": self.kid, **more}

    def sign(self, alg, text, der=False):
        if alg == "EdDSA":
            return self.private.sign(text)
        digest = DIGESTS[alg[2:]]()
        if alg.startswith("ES"):
            made = self.private.sign(text, ec.ECDSA(digest))
            return made if der else b"".join(n.to_bytes(self.width, "big") for n in decode_dss_signature(made))
        if alg.startswith("PS"):
            return self.private.sign(text, padding.PSS(padding.MGF1(digest), padding.PSS.DIGEST_LENGTH), digest)
        return self.private.sign(text, padding.PKCS1v15(), digest)


def parts(head, claims):
    return base64url(as_text(head)) + "." + base64url(as_text(claims))


class Corpus:
    def __init__(self):
        self.rsa, self.other = (Key(rsa.generate_private_key(65537, 2048), kid) for kid in ("rsa", "other"))
        self.elliptic = {alg: Key(ec.generate_private_key(curve()), alg) for alg, curve in CURVES.items()}
        self.edwards = Key(ed25519.Ed25519PrivateKey.generate(), "EdDSA")
        self.now = int(time.time())
        self.cases = []

    def key_of(self, alg):
        return self.elliptic.get(alg) or (self.edwards if alg == "EdDSA" else self.rsa)

    def claims(self, **changed):
        made = {"iss": ISSUER, "aud": AUDIENCE, "sub": "alice", "exp": self.now + 3600, "iat": self.now - 5,
                "client_id": "c", "jti": "1", "scope": "tasks:read", **changed}
        return {name: value for name, value in made.items() if value is not None}

    def head(self, alg="RS256", kid="rsa", **changed):
        made = {"typ": "at+jwt", "alg": alg, "kid": kid, **changed}
        return {name: value for name, value in made.items() if value is not None}

    def add(self, name, good, token):
        self.cases.append({"name": name, "good": good, "token": token})

    def signed(self, name, good, head=None, claims=None, key=None, alg="RS256", der=False):
        text = parts(self.head() if head is None else head, self.claims() if claims is None else claims)
        self.add(name, good, text + "." + base64url((key or self.rsa).sign(alg, text.encode(), der)))

    def algorithms(self):
        for alg in ALGORITHMS:
            key = self.key_of(alg)
            self.signed(f"{alg}", True, self.head(alg, key.kid), key=key, alg=alg)
            self.signed(f"{alg}, its claims changed", False, self.head(alg, key.kid), key=key, alg=alg)
            head, claims, signature = self.cases[-1]["token"].split(".")
            self.cases[-1]["token"] = f"{head}.{base64url(as_text(self.claims(sub='mallory')))}.{signature}"
            self.signed(f"{alg}, its signature changed", False, self.head(alg, key.kid), key=key, alg=alg)
            text = self.cases[-1]["token"]
            place = text.rindex(".") + 4
            self.cases[-1]["token"] = text[:place] + ("A" if text[place] != "A" else "B") + text[place + 1:]
        for alg, key in self.elliptic.items():
            self.signed(f"{alg} as DER", False, self.head(alg, alg), key=key, alg=alg, der=True)
            self.add(f"{alg}, all zero", False,
                     parts(self.head(alg, alg), self.claims()) + "." + base64url(bytes(2 * key.width)))
        for named, made in (("RS512", "RS256"), ("PS256", "RS256"), ("RS256", "PS256")):
            self.signed(f"{made} called {named}", False, self.head(named), alg=made)
        self.signed("ES256 by the key of ES384", False, self.head("ES256", "ES384"), key=self.elliptic["ES256"], alg="ES256")
        self.signed("ES256 by an RSA key", False, self.head("ES256"), key=self.elliptic["ES256"], alg="ES256")
        self.signed("RS256 by an elliptic key", False, self.head("RS256", "ES256"))

    def confusions(self):
        for alg in ("none", "None", "NONE", ""):
            self.add(f"alg {alg!r}, unsigned", False, parts(self.head(alg), self.claims()) + ".")
            self.signed(f"alg {alg!r}, signed", False, self.head(alg))
        public = self.rsa.private.public_key()
        secrets = {"PEM": public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
                   "DER": public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
                   "JWK": as_text(self.rsa.jwk())}
        for form, secret in secrets.items():
            for alg in ("HS256", "RS256"):
                text = parts(self.head(alg), self.claims())
                made = base64url(hmac.digest(secret, text.encode(), hashlib.sha256))
                self.add(f"HMAC with the public key's {form} as secret, called {alg}", False, f"{text}.{made}")
        self.signed("no signature", False)
        self.cases[-1]["token"] = self.cases[-1]["token"].rsplit(".", 1)[0] + "."
        self.signed("an unknown kid", False, self.head(kid="gone"))
        self.signed("another's signature under our kid", False, key=self.other)
        self.signed("a key in the head", False, self.head(jwk=self.other.jwk()), key=self.other)
        self.signed("a key in the head, without a kid", False, self.head(kid=None, jwk=self.other.jwk()), key=self.other)
        self.signed("no kid, one key that fits", True, self.head(kid=None))

    def heads(self):
        for typ, good in (("at+jwt", True), ("application/at+jwt", True), ("AT+JWT", True), ("JWT", False), ("", False),
                          (None, False), ("at+jw", False)):
            self.signed(f"typ {typ!r}", good, self.head(typ=typ))
        self.signed("crit of an unknown name", False, self.head(crit=["urn:x"], **{"urn:x": 1}))
        self.signed("crit that is empty", False, self.head(crit=[]))
        self.signed("members that nobody knows", True, self.head(foo={"bar": [1, None]}))

    def claims_of_all_kinds(self):
        for name, good, change in (
                ("audience in a list", True, {"aud": ["x", AUDIENCE]}), ("another audience", False, {"aud": "x"}),
                ("other audiences", False, {"aud": ["x", AUDIENCE + "x"]}), ("an empty audience", False, {"aud": ""}),
                ("an empty list of audiences", False, {"aud": []}), ("no audience", False, {"aud": None}),
                ("audiences in one text", False, {"aud": "x " + AUDIENCE}), ("no issuer", False, {"iss": None}),
                ("another issuer", False, {"iss": ISSUER + "/"}), ("an issuer in a list", False, {"iss": [ISSUER]}),
                ("no subject", False, {"sub": None}),
                ("no expiry", False, {"exp": None}), ("expired an hour ago", False, {"exp": self.now - 3600}),
                ("expired at 0", False, {"exp": 0}), ("an expiry that is a word", False, {"exp": "never"}),
                ("an expiry with a fraction", True, {"exp": self.now + 3600.5}),
                ("good from an hour ago", True, {"nbf": self.now - 3600}),
                ("good in an hour", False, {"nbf": self.now + 3600}),
                ("a start that is a word", False, {"nbf": "now"}), ("no issue time", True, {"iat": None}),
                ("claims that nobody knows", True, {"x": {"y": [{}]}, "é": "ü"})):
            self.signed(name, good, claims=self.claims(**change))

    def forms(self):
        self.signed("whole", True)
        whole = self.cases[-1]["token"]
        head, claims, signature = whole.split(".")
        for name, token in {
                "nothing": "", "dots": "..", "two parts": f"{head}.{claims}", "one part": head,
                "four parts": whole + "." + signature, "no head": f".{claims}.{signature}",
                "no claims": f"{head}..{signature}", "the parts in another order": f"{claims}.{head}.{signature}",
                "half a signature": whole[:-len(signature) // 2], "words": "not a token"}.items():
            self.add(name, False, token)
        for name, text in {"a list": b"[]", "a number": b"7", "null": b"null", "half an object": b'{"sub":',
                           "no UTF-8": b'{"sub":"\xff\xfe"}', "no JSON": b"sub=alice"}.items():
            self.signed(f"claims that are {name}", False, claims=text)
            self.signed(f"a head that is {name}", False, head=text)

    def made(self):
        self.algorithms()
        self.confusions()
        self.heads()
        self.claims_of_all_kinds()
        self.forms()
        # Under two kids where no algorithm tells them apart: a token without kid fits one key only.
        keys = [self.rsa, *self.elliptic.values(), self.edwards]
        return {"issuer": ISSUER, "audience": AUDIENCE, "algorithms": ALGORITHMS,
                "jwks": {"keys": [key.jwk() for key in keys]}, "cases": self.cases}
