"""Runs exchange365-cli against the foreign token server and the scripted Graph, and judges what both sides saw.

    python3 checks.py CLI SCRATCH SCHEMA-OR-EMPTY

SCRATCH holds node_modules with oidc-provider. The last line printed is `N passed, N failed`.
"""

import contextlib
import json
import os
import pathlib
import re
import socket
import ssl
import subprocess
import sys
import urllib.parse

import fronts

HERE = pathlib.Path(__file__).resolve().parent
CLI, SCRATCH, SCHEMA = os.path.abspath(sys.argv[1]), pathlib.Path(sys.argv[2]).resolve(), sys.argv[3] or None

TENANT = "11111111-2222-3333-4444-555555555555"
# Every character that a form, a shell or JSON could spoil.
SECRET = "canary~8Q/+=&%s\\'<>$`{}-tail"
OTHER_SECRET = "canary~other.9R_Tail-0123456789"
WITH_ROLE, WITHOUT_ROLE, OPAQUE = (f"c0000000-0000-4000-8000-00000000000{digit}" for digit in "123")
CLIENTS = [
    {"id": WITH_ROLE, "secret": SECRET, "format": "jwt", "roles": ["Mail.Send"]},
    {"id": WITHOUT_ROLE, "secret": SECRET, "format": "jwt", "roles": None},
    {"id": OPAQUE, "secret": SECRET, "format": "opaque", "roles": ["Mail.Send"]},
]
INTROSPECTION_SECRET = "introspection-secret-of-the-graph-server"

ANNA, BO, CEO, CFO = (f"{name}@t.example" for name in ("anna", "bo", "ceo", "cfo"))
GUEST, JON = "guest_x.com#EXT#@t.onmicrosoft.com", "jón@føroyar.example"
TO = "inbox@t.example"


def refusal(code, message, status=403):
    body = {"error": {"code": code, "message": message, "innerError": {"date": "2026-11-23T08:00:00"}}}
    return {"status": status, "headers": {"Content-Type": "application/json; charset=utf-8"}, "body": json.dumps(body)}


ACCEPTED = {"status": 202}
RAOP_TEXT = "Access to OData is disabled: [RAOP] : Blocked by tenant configured AppOnly AccessPolicy settings."
RAOP = refusal("ErrorAccessDenied", RAOP_TEXT)
PLAIN = refusal("ErrorAccessDenied", "Access is denied. Check credentials and try again.")
UNKNOWN = refusal("ErrorInvalidUser", f"The requested user '{CEO}' is invalid.", 404)
NO_MAILBOX = refusal("MailboxNotEnabledForRESTAPI", "The mailbox is either inactive or hosted on-premise.", 404)
PAGE = {"status": 403, "headers": {"Content-Type": "text/html"}, "body": f"<html><h1>Forbidden</h1>{RAOP_TEXT}</html>"}
BUSY = refusal("ApplicationThrottled", "Application is over its MailboxConcurrency limit.", 429)
BUSY["headers"]["Retry-After"] = "1"
OUTAGE = refusal("serviceNotAvailable", "Try later.", 503)
ECHO = refusal("ErrorAccessDenied", "Access is denied. You sent {token} here.")


class Tally:
    passed = 0
    failed = 0


def check(name, is_right, detail=""):
    if is_right:
        Tally.passed += 1
    else:
        Tally.failed += 1
        print(f"FAILED  {name}: {detail}")


def same(name, found, wanted):
    check(name, found == wanted, f"found {found!r}, wanted {wanted!r}")


@contextlib.contextmanager
def serving(command, folder):
    """A server that prints its port first."""
    log = open(SCRATCH / "servers.log", "a", encoding="utf-8")
    server = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=log, text=True)
    try:
        first = server.stdout.readline()
        if not first.strip().isdigit():
            sys.exit(f"a server did not start: {command[:2]}, see {SCRATCH / 'servers.log'}")
        yield int(first)
    finally:
        server.terminate()
        server.wait()
        server.stdout.close()
        log.close()


class Foreign:
    """The token server, and a Graph for each run."""

    def __init__(self, token_port):
        self.port = token_port
        self.login = f"http://127.0.0.1:{token_port}"
        self.runs = 0

    def verify(self, name, mailboxes, permitted, forbidden, **how):
        """Runs the command line, `verify` unless another command is named; gives back exit code, JSON and what Graph saw."""
        self.runs += 1
        record = SCRATCH / f"record-{self.runs}.jsonl"
        record.write_text("")
        graph = {
            "record": str(record),
            "issuer": f"{self.login}/{TENANT}",
            "introspection_secret": INTROSPECTION_SECRET,
            "schema": SCHEMA,
            "mailboxes": mailboxes,
            "reject_first_token": how.get("reject_first_token", False),
        }
        with serving([sys.executable, str(HERE / "graph-server.py"), json.dumps(graph)], HERE) as port:
            front = fronts.tls_front(how["graph_tls"], port) if "graph_tls" in how else contextlib.nullcontext()
            with front as tls_port:
                own = f"https://localhost:{tls_port}" if tls_port else f"http://127.0.0.1:{port}"
                done = self.command_line(how.get("graph_url", own), permitted, forbidden, how)
        seen = [json.loads(line) for line in record.read_text().splitlines()]
        return Run(name, done, seen, how.get("secret", SECRET))

    def command_line(self, graph_url, permitted, forbidden, how):
        secret = how.get("secret", SECRET)
        command = how.get("command", "verify")
        arguments = [command, "--tenant-id", how.get("tenant", TENANT), "--client-id", how.get("client", WITH_ROLE)]
        arguments += ["--login-url", how.get("login_url", self.login), "--graph-url", graph_url]
        for option, addresses in (("--permitted", permitted), ("--forbidden", forbidden)):
            for address in addresses:
                arguments += ["--from" if command == "send" else option, address]
        if command != "token":
            arguments += ["--to", TO]
        arguments += ["--format", how.get("format", "json"), *how.get("more", [])]
        ours = lambda key: key.startswith(("EXCHANGE365_", "SSL_CERT_")) or key.lower().endswith("_proxy")
        environment = {key: value for key, value in os.environ.items() if not ours(key)} | how.get("environment", {})
        given = None
        if how.get("secret_by") == "stdin":
            arguments += ["--secret-file", "-"]
            given = secret + "\n"
        elif how.get("secret_by") == "file":
            (SCRATCH / "secret.txt").write_text(secret + "\r\n")
            arguments += ["--secret-file", str(SCRATCH / "secret.txt")]
        else:
            environment["EXCHANGE365_CLIENT_SECRET"] = secret
        command = [CLI, *arguments]
        return subprocess.run(
            command, env=environment, input=given or "", capture_output=True, text=True, encoding="utf-8", timeout=120
        )


class Run:
    """One finished run of the command line."""

    def __init__(self, name, done, seen, secret):
        self.name, self.code, self.out, self.err, self.seen = name, done.returncode, done.stdout, done.stderr, seen
        try:
            self.json = json.loads(done.stdout)
        except ValueError:
            self.json = None
        self.check_leaks(secret)
        self.check_requests()

    def check_leaks(self, secret):
        everything = self.out + self.err
        forms = {secret, urllib.parse.quote(secret, safe=""), urllib.parse.quote_plus(secret), json.dumps(secret)[1:-1]}
        for form in forms:
            check(f"{self.name}: no secret in the output", form not in everything, "the secret")
        check(f"{self.name}: no token in the output", not re.search(r"eyJ[\w-]{10,}\.", everything), "a token")
        opaque = re.search(r"You sent ([\w-]{20,}) here", everything)
        check(f"{self.name}: no opaque token in the output", opaque is None, "an opaque token")

    def check_requests(self):
        """What holds for every request of every run."""
        open_until = {}
        for line in sorted(self.seen, key=lambda line: line["began"]):
            name = f"{self.name}: {line['mailbox']}"
            same(f"{name}: method", line["method"], "POST")
            same(f"{name}: path", line["path"], f"/v1.0/users/{urllib.parse.quote(line['mailbox'] or '', safe='@')}/sendMail")
            same(f"{name}: token", line["token_fault"], None)
            same(f"{name}: content type", line["headers"].get("content-type"), "application/json")
            if SCHEMA:
                same(f"{name}: Microsoft's model of the body", line["schema_errors"], [])
            began = line["began"]
            check(f"{name}: one request at a time", open_until.get(line["mailbox"], 0) <= began, "two at once")
            open_until[line["mailbox"]] = line["ended"]
            self.check_mail(name, line)

    def check_mail(self, name, line):
        message = line["body"]["message"]
        headers = {header["name"]: header["value"] for header in message["internetMessageHeaders"]}
        ids = [value for key, value in headers.items() if key.lower().startswith("x-") and "test-id" in key.lower()]
        same(f"{name}: one test id", len(ids), 1)
        check(f"{name}: test id in the subject", all(f"[{test_id}]" in message["subject"] for test_id in ids), message["subject"])
        same(f"{name}: recipient", [to["emailAddress"]["address"] for to in message["toRecipients"]], [TO])
        same(f"{name}: no copy is kept", line["body"].get("saveToSentItems"), False)
        result = self.json or {}
        rows = result["senders"] if "senders" in result else [result.get("sender")]
        told = [row for row in rows if row and row["test_id"] in ids]
        if self.json is not None:
            same(f"{name}: the same id in the result", [row["address"] for row in told], [line["mailbox"]])
        asked = [other for other in self.seen if other["mailbox"] == line["mailbox"]]
        if told and line is asked[-1]:
            same(f"{name}: request-id", told[0]["request_id"], line["request_id"])
            same(f"{name}: client-request-id", told[0]["client_request_id"], line["headers"].get("client-request-id"))

    def ends(self, code, verdict, mechanism=None):
        said = json.dumps(self.json, ensure_ascii=False) if self.json else self.out
        check(f"{self.name}: exit code", self.code == code, f"{self.code}, wanted {code}; {said} {self.err}")
        check(f"{self.name}: JSON on stdout", self.json is not None, self.out + self.err)
        if self.json is None:
            return self
        same(f"{self.name}: schema", self.json["schema"], "exchange365/verify/1")
        same(f"{self.name}: verdict", self.json["verdict"], verdict)
        if mechanism:
            same(f"{self.name}: mechanism", self.json["mechanism"], mechanism)
        if not self.json["senders"]:
            check(f"{self.name}: a problem is told", len(self.json["problems"]) >= 1, "none")
        return self

    def row(self, address, outcome, verdict, **more):
        rows = [row for row in (self.json or {}).get("senders", []) if row["address"] == address]
        same(f"{self.name}: one row for {address}", len(rows), 1)
        for row in rows:
            for key, value in {"outcome": outcome, "verdict": verdict, **more}.items():
                same(f"{self.name}: {key} of {address}", row[key], value)
        return self

    def requests(self, count):
        same(f"{self.name}: requests seen by Graph", len(self.seen), count)
        return self


def refused_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def proven(foreign):
    answers = {ANNA: [ACCEPTED], CEO: [RAOP]}
    run = foreign.verify("policy", answers, [ANNA], [CEO]).ends(0, "pass", "application_access_policy").requests(2)
    run.row(ANNA, "accepted", "pass", http_status=202, error_code=None, attempts=1)
    run.row(CEO, "blocked_by_policy", "pass", http_status=403, error_code="ErrorAccessDenied", error_message=RAOP_TEXT)
    if run.json:
        same("policy: tenant", run.json["tenant"], {"id": TENANT, "cloud": "global"})
        same("policy: application", [run.json["app"][key] for key in ("client_id", "roles")], [WITH_ROLE, ["Mail.Send"]])

    answers = {ANNA: [ACCEPTED], CEO: [PLAIN]}
    run = foreign.verify("RBAC", answers, [ANNA], [CEO], client=WITHOUT_ROLE, secret_by="stdin")
    run.ends(0, "pass", "rbac_for_applications").row(CEO, "access_denied", "pass").requests(2)
    run = foreign.verify("plain refusal, opaque token", answers, [ANNA], [CEO], client=OPAQUE, secret_by="file")
    run.ends(0, "pass", "unidentified").row(CEO, "access_denied", "pass").requests(2)
    if run.json:
        same("opaque token: roles are not invented", run.json["app"]["roles"], None)

    answers = {GUEST: [ACCEPTED], JON: [ACCEPTED], ANNA: [ACCEPTED], BO: [ACCEPTED], CEO: [RAOP], CFO: [RAOP]}
    run = foreign.verify("many", answers, [f"{GUEST},{JON}", ANNA, BO], [CEO, CFO]).ends(0, "pass").requests(6)
    paths = {line["path"] for line in run.seen}
    for path in ("guest_x.com%23EXT%23@t.onmicrosoft.com", "j%C3%B3n@f%C3%B8royar.example"):
        check(f"many: {path}", f"/v1.0/users/{path}/sendMail" in paths, str(paths))
    same("many: one token for all", len({line["token_hash"] for line in run.seen}), 1)

    run = foreign.verify("throttled once", {ANNA: [BUSY, ACCEPTED], CEO: [RAOP]}, [ANNA], [CEO])
    run.ends(0, "pass").row(ANNA, "accepted", "pass", attempts=2).requests(3)
    tries = [line for line in run.seen if line["mailbox"] == ANNA]
    if len(tries) == 2:
        check("throttled once: Retry-After was kept", tries[1]["began"] - tries[0]["ended"] >= 1.0, str(tries))
        same("throttled once: the same mail again", tries[0]["body"], tries[1]["body"])

    run = foreign.verify("first token revoked", {ANNA: [ACCEPTED], CEO: [RAOP]}, [ANNA], [CEO], reject_first_token=True)
    run.ends(0, "pass").requests(4).row(ANNA, "accepted", "pass", attempts=2)
    same("first token revoked: two tokens", len({line["token_hash"] for line in run.seen}), 2)


def broken_and_unproven(foreign):
    run = foreign.verify("no fence", {ANNA: [ACCEPTED], CEO: [ACCEPTED]}, [ANNA], [CEO])
    run.ends(1, "fail", "none").row(CEO, "accepted", "fail").requests(2)
    run = foreign.verify("permitted blocked", {ANNA: [RAOP], CEO: [RAOP]}, [ANNA], [CEO])
    run.ends(1, "fail").row(ANNA, "blocked_by_policy", "fail").requests(2)
    run = foreign.verify("nothing granted", {CEO: [PLAIN]}, [], [CEO])
    run.ends(3, "unproven").row(CEO, "access_denied", "unproven").requests(1)

    for name, answer, outcome in (
        ("unknown mailbox", UNKNOWN, "mailbox_unknown"),
        ("no mailbox", NO_MAILBOX, "mailbox_unavailable"),
        ("block page", PAGE, "interfered"),
        ("outage", OUTAGE, "server_error"),
        ("redirect", {"status": 302, "headers": {"Location": "http://127.0.0.1:9/"}}, "interfered"),
        ("empty 403", {"status": 403}, "unexpected"),
        ("202 with a page", {"status": 202, "headers": {"Content-Type": "text/html"}, "body": "<p>queued"}, "interfered"),
    ):
        run = foreign.verify(name, {ANNA: [ACCEPTED], CEO: [answer]}, [ANNA], [CEO])
        run.ends(3, "unproven").row(CEO, outcome, "unproven", http_status=answer["status"], attempts=1).requests(2)

    run = foreign.verify("no policy and no Graph", {}, [ANNA], [CEO], graph_url=f"http://127.0.0.1:{refused_port()}")
    run.ends(3, "unproven").row(CEO, "network_error", "unproven", http_status=None).requests(0)


def not_begun(foreign):
    answers = {ANNA: [ACCEPTED], CEO: [RAOP]}
    for name, code, how in (
        ("wrong secret", 2, {"secret": OTHER_SECRET}),
        ("unknown client", 2, {"client": "c0000000-0000-4000-8000-0000000000ff"}),
        ("secret is an id", 2, {"secret": "0d2b3c4e-1111-4222-8333-444444444444"}),
        ("not a tenant", 2, {"tenant": "contoso"}),
        ("other tenant", 3, {"tenant": "22222222-2222-3333-4444-555555555555"}),
        ("no token server", 3, {"login_url": f"http://127.0.0.1:{refused_port()}"}),
        ("plain http elsewhere", 2, {"login_url": "http://login.example"}),
    ):
        run = foreign.verify(name, answers, [ANNA], [CEO], **how).ends(code, "unproven").requests(0)
        if run.json:
            same(f"{name}: no sender was tried", run.json["senders"], [])
    run = foreign.verify("on both lists", answers, [ANNA], [ANNA.upper()]).ends(2, "unproven").requests(0)


def other_commands(foreign):
    for name, client, roles in (("token", WITH_ROLE, ["Mail.Send"]), ("opaque token", OPAQUE, None)):
        run = foreign.verify(name, {}, [], [], command="token", client=client).requests(0)
        told = run.json or {"app": {}, "tenant": {}}
        same(f"{name}: exit code and answer", (run.code, told.get("signed_in"), told["app"].get("roles")), (0, True, roles))
        same(f"{name}: tenant, from discovery or token", told["tenant"].get("id"), TENANT)
    run = foreign.verify("token, wrong secret", {}, [], [], command="token", secret=OTHER_SECRET).requests(0)
    same("token, wrong secret: exit code and answer", (run.code, (run.json or {}).get("signed_in")), (2, False))
    for name, answer, code, outcome in (("send", ACCEPTED, 0, "accepted"), ("send, refused", RAOP, 1, "blocked_by_policy")):
        run = foreign.verify(name, {GUEST: [answer]}, [GUEST], [], command="send").requests(1)
        same(f"{name}: exit code and outcome", (run.code, (run.json or {}).get("outcome")), (code, outcome))


def tls(foreign):
    if not fronts.available():
        print("SKIPPED: no openssl for the checks over TLS")
        return
    made = fronts.Certificates(SCRATCH / "certificates")
    answers = {ANNA: [ACCEPTED], CEO: [RAOP]}
    trusting = {"SSL_CERT_FILE": made.authority}

    def run(name, code, verdict, count, certificates=(made.good, made.good), at_most=None, **how):
        login, graph = certificates
        environment = how.pop("environment", trusting)
        with fronts.tls_front(login, foreign.port, at_most) as port:
            how = {"login_url": f"https://localhost:{port}", "graph_tls": graph, "environment": environment, **how}
            done = foreign.verify(name, answers, [ANNA], [CEO], **how)
        return done.ends(code, verdict).requests(count)

    def tells(done, code):
        same(f"{done.name}: the problem", [problem["code"] for problem in (done.json or {}).get("problems", [])], [code])

    run("TLS", 0, "pass", 2).row(CEO, "blocked_by_policy", "pass")
    run("TLS 1.2", 0, "pass", 2, at_most=ssl.TLSVersion.TLSv1_2)
    run("TLS 1.1", 3, "unproven", 0, at_most=ssl.TLSVersion.TLSv1_1)
    tells(run("authority unknown", 3, "unproven", 0, environment={}), "certificate_not_trusted")
    tells(run("expired", 3, "unproven", 0, certificates=(made.expired, made.good)), "certificate_not_trusted")
    tells(run("other host", 3, "unproven", 0, certificates=(made.other_host, made.good)), "certificate_not_trusted")
    done = run("Graph's host", 3, "unproven", 0, certificates=(made.good, made.other_host))
    done.row(CEO, "network_error", "unproven", attempts=1)

    asked = []
    with fronts.tunnel_proxy(asked) as port:
        proxy = f"http://127.0.0.1:{port}"
        run("explicit proxy", 0, "pass", 2, more=["--proxy", proxy])
        check("explicit proxy: tunnels were asked for", len(asked) >= 2, str(asked))
        run("system proxy", 0, "pass", 2, environment=trusting | {"HTTPS_PROXY": proxy})
        count = len(asked)
        check("system proxy: tunnels were asked for", count >= 4, str(asked))
        run("no proxy wanted", 0, "pass", 2, environment=trusting | {"HTTPS_PROXY": proxy}, more=["--proxy", "none"])
        run("host excepted", 0, "pass", 2, environment=trusting | {"HTTPS_PROXY": proxy, "NO_PROXY": "localhost"})
        same("no proxy: no tunnel was asked for", len(asked), count)
    told = "".join(asked)
    check("proxies: no secret in what they saw", SECRET not in told and "authorization" not in told.lower(), told)
    for status in (403, 407, 502):
        refused = []
        with fronts.tunnel_proxy(refused, status) as port:
            done = run(f"proxy says {status}", 3, "unproven", 0, more=["--proxy", f"127.0.0.1:{port}"])
        tells(done, "proxy_refused")
        same(f"proxy says {status}: asked once", len(refused), 1)


def leaks(foreign):
    for name, client in (("echoed token", WITH_ROLE), ("echoed opaque token", OPAQUE)):
        for form in ("json", "text"):
            run = foreign.verify(f"{name}, {form}", {ANNA: [ACCEPTED], CEO: [ECHO]}, [ANNA], [CEO], client=client, format=form)
            same(f"{name}, {form}: exit code", run.code, 0)


def main():
    options = {"tenant": TENANT, "introspection_secret": INTROSPECTION_SECRET, "clients": CLIENTS}
    (SCRATCH / "servers.log").write_text("")
    with serving(["node", str(HERE / "token-server.mjs"), json.dumps(options)], SCRATCH) as port:
        foreign = Foreign(port)
        for part in (proven, broken_and_unproven, not_begun, other_commands, tls, leaks):
            part(foreign)
    if not SCHEMA:
        print("SKIPPED: request bodies were not judged by Microsoft's model (no schema file or no jsonschema)")
    print(f"{Tally.passed} passed, {Tally.failed} failed")
    return 1 if Tally.failed or not Tally.passed else 0


if __name__ == "__main__":
    sys.exit(main())
