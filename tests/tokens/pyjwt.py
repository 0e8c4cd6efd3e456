"""As judge_tokens.cpp, with PyJWT. The type of a token it leaves to whoever calls it."""
import json
import pathlib
import sys

import jwt

corpus = json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))
keys = jwt.PyJWKSet.from_dict(corpus["jwks"])


def key_for(head):
    if "kid" in head:
        return keys[head["kid"]]
    families = {"RS": "RSA", "PS": "RSA", "ES": "EC", "Ed": "OKP"}
    fitting = [key for key in keys.keys if key.key_type == families.get(head.get("alg", "")[:2])]
    if len(fitting) != 1:
        raise KeyError("no key, or several")
    return fitting[0]


def judged(token):
    try:
        head = jwt.get_unverified_header(token)
        if str(head.get("typ", "")).lower() not in ("at+jwt", "application/at+jwt"):
            return "type"
        jwt.decode(token, key_for(head).key, algorithms=corpus["algorithms"], audience=corpus["audience"],
                   issuer=corpus["issuer"], leeway=0, options={"require": ["exp", "sub", "iss", "aud"]})
        return "good"
    except Exception as error:  # of a key of the wrong type it raises TypeError
        return type(error).__name__


print(json.dumps({case["name"]: judged(case["token"]) for case in corpus["cases"]}))
