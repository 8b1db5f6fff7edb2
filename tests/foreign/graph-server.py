"""A scripted stand-in for Graph's sendMail, from Python's standard library alone.

    python3 graph-server.py OPTIONS

OPTIONS is JSON: {"record": FILE, "issuer": URL of the token server with its tenant, "introspection_secret": TEXT,
"schema": FILE or null, "mailboxes": {ADDRESS: [ANSWER, ...]}, "reject_first_token": false}. An ANSWER is
{"status": 403, "headers": {...}, "body": TEXT}; the last one of a mailbox repeats. `{token}` in a body becomes the
bearer token, to see whether the client masks it. The first line printed is the port; every request becomes one line
of JSON in FILE. Tokens are verified: JSON Web Tokens by signature (RS256), others by asking the token server.
"""

import base64
import hashlib
import http.client
import json
import sys
import threading
import time
import urllib.parse
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

OPTIONS = json.loads(sys.argv[1])
AUDIENCE = "https://graph.microsoft.com"
# What an ASN.1 SHA-256 digest begins with in a PKCS #1 v1.5 signature (RFC 8017 section 9.2).
SHA256_PREFIX = bytes.fromhex("3031300d060960864801650304020105000420")
# How long a request stays open, so that two at once would be seen.
OPEN_SECONDS = 0.04


def load_validator():
    try:
        import jsonschema
    except ImportError:
        return None
    if not OPTIONS.get("schema"):
        return None
    with open(OPTIONS["schema"], encoding="utf-8") as file:
        return jsonschema.Draft202012Validator(json.load(file))


VALIDATOR = load_validator()


def call_issuer(path, form=None):
    issuer = urllib.parse.urlsplit(OPTIONS["issuer"])
    connection = http.client.HTTPConnection(issuer.netloc, timeout=10)
    body = urllib.parse.urlencode(form) if form else None
    headers = {"content-type": "application/x-www-form-urlencoded"} if form else {}
    connection.request("POST" if form else "GET", issuer.path + path, body, headers)
    answer = json.load(connection.getresponse())
    connection.close()
    return answer


def decode(part):
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def jwt_fault(token):
    """What is wrong with a JSON Web Token, or None."""
    header, payload, signature = token.split(".")
    key_id = json.loads(decode(header))["kid"]
    key = next(key for key in call_issuer("/discovery/v2.0/keys")["keys"] if key["kid"] == key_id)
    modulus, exponent = (int.from_bytes(decode(key[name]), "big") for name in ("n", "e"))
    size = (modulus.bit_length() + 7) // 8
    opened = pow(int.from_bytes(decode(signature), "big"), exponent, modulus).to_bytes(size, "big")
    digest = SHA256_PREFIX + hashlib.sha256(f"{header}.{payload}".encode()).digest()
    if opened != b"\x00\x01" + b"\xff" * (size - len(digest) - 3) + b"\x00" + digest:
        return "bad signature"
    claims = json.loads(decode(payload))
    if claims["aud"] != AUDIENCE:
        return "wrong audience"
    return None if claims["exp"] > time.time() else "expired"


def token_fault(token):
    """What is wrong with a bearer token, or None."""
    if not token:
        return "no token"
    if token.count(".") == 2:
        return jwt_fault(token)
    form = {"token": token, "client_id": "graph-server", "client_secret": OPTIONS["introspection_secret"]}
    told = call_issuer("/oauth2/v2.0/introspect", form)
    if not told.get("active"):
        return "not active"
    return None if told.get("aud") == AUDIENCE else "wrong audience"


def error(code, message, status):
    return {
        "status": status,
        "headers": {"Content-Type": "application/json"},
        "body": json.dumps({"error": {"code": code, "message": message, "innerError": {"date": "2026-11-23T08:00:00"}}}),
    }


class State:
    """Everything the requests share."""

    def __init__(self):
        self.lock = threading.Lock()
        self.served = {}
        self.rejected = None
        self.record = open(OPTIONS["record"], "a", encoding="utf-8", buffering=1)

    def next_answer(self, mailbox):
        with self.lock:
            answers = OPTIONS["mailboxes"].get(mailbox)
            if answers is None:
                return error("ErrorInvalidUser", f"The requested user '{mailbox}' is invalid.", 404)
            index = self.served.get(mailbox, 0)
            self.served[mailbox] = index + 1
            return answers[min(index, len(answers) - 1)]

    def is_revoked(self, token):
        if not OPTIONS.get("reject_first_token"):
            return False
        with self.lock:
            if self.rejected is None:
                self.rejected = token
            return token == self.rejected

    def write(self, line):
        with self.lock:
            self.record.write(json.dumps(line) + "\n")


STATE = State()


class Graph(BaseHTTPRequestHandler):
    """One connection of a client."""

    protocol_version = "HTTP/1.1"

    def do_POST(self):
        began = time.monotonic()
        raw = self.rfile.read(int(self.headers.get("content-length") or 0))
        token = (self.headers.get("authorization") or "").removeprefix("Bearer ")
        seen = {
            "method": self.command,
            "path": self.path,
            "mailbox": self.mailbox(),
            "headers": {name.lower(): value for name, value in self.headers.items() if name.lower() != "authorization"},
            "began": began,
            "token_fault": token_fault(token),
            "token_hash": hashlib.sha256(token.encode()).hexdigest(),
        }
        seen["body"], seen["schema_errors"] = self.judged(raw)
        answer = self.choose(seen, token)
        time.sleep(OPEN_SECONDS)
        seen.update(status=answer["status"], request_id=str(uuid.uuid4()), ended=time.monotonic())
        STATE.write(seen)
        self.answer(answer, seen["request_id"], token)

    def do_GET(self):
        STATE.write({"method": "GET", "path": self.path, "mailbox": None, "status": 405})
        self.answer(error("MethodNotAllowed", "sendMail is an action.", 405), str(uuid.uuid4()), "")

    def mailbox(self):
        parts = self.path.split("/")
        is_send = len(parts) == 5 and parts[:3] == ["", "v1.0", "users"] and parts[4] == "sendMail"
        return urllib.parse.unquote(parts[3], errors="strict") if is_send else None

    def judged(self, raw):
        """The body, and what Microsoft's own model has against it (None when it was not asked)."""
        try:
            body = json.loads(raw)
        except ValueError as err:
            return None, [str(err)]
        return body, [fault.message for fault in VALIDATOR.iter_errors(body)] if VALIDATOR else None

    def choose(self, seen, token):
        if seen["token_fault"] or STATE.is_revoked(token):
            return error("InvalidAuthenticationToken", "Access token validation failure.", 401)
        if seen["mailbox"] is None:
            return error("ResourceNotFound", "Resource could not be discovered.", 404)
        if seen["schema_errors"] or self.headers.get("content-type") != "application/json":
            return error("RequestBodyRead", "; ".join(seen["schema_errors"] or ["content type"]), 400)
        return STATE.next_answer(seen["mailbox"])

    def answer(self, answer, request_id, token):
        body = answer.get("body", "").replace("{token}", token).encode()
        self.send_response(answer["status"])
        self.send_header("request-id", request_id)
        if (self.headers.get("return-client-request-id") or "").lower() == "true":
            self.send_header("client-request-id", self.headers.get("client-request-id") or "")
        for name, value in answer.get("headers", {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """The record is enough."""


class Server(ThreadingHTTPServer):
    daemon_threads = True


if __name__ == "__main__":
    server = Server(("127.0.0.1", 0), Graph)
    print(server.server_address[1], flush=True)
    server.serve_forever()
