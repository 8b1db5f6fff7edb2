"""The checks of .ci/counterparts: squid and nginx in front of the demo tenant, and what the program makes of them."""

import atexit
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request

CLI = os.path.abspath(sys.argv[1])
ROOT = os.path.abspath(sys.argv[2])
COMMON = ["--timeout", "4", "--format", "json"]
running = []
results = []


@atexit.register
def stop():
    for process in reversed(running):
        process.terminate()
    for process in running:
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def write(name, text):
    path = os.path.join(ROOT, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def start(arguments, port=None, **options):
    log = open(os.path.join(ROOT, os.path.basename(arguments[0]) + ".log"), "ab")
    process = subprocess.Popen(arguments, stdout=options.get("stdout", log), stderr=log, cwd=ROOT)
    running.append(process)
    for _ in range(100):
        if port is None:
            break
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            break
        except OSError:
            if process.poll() is not None:
                raise SystemExit(f"{arguments[0]} ended: see {log.name}")
            time.sleep(0.1)
    return process


# The demo tenant.

demo = start([CLI, "demo", "restricted-aap"], stdout=subprocess.PIPE)
text = ""
while not text.rstrip().endswith("}"):
    text += demo.stdout.readline().decode()
access = json.loads(text)
demo_port = int(access["login_url"].rsplit(":", 1)[1].strip("/"))
inside, outside = access["permitted"][0], access["forbidden"][0]


def sent():
    with urllib.request.urlopen(f"http://127.0.0.1:{demo_port}/demo/state", timeout=5) as reply:
        return reply.read().decode()


# Certificates.


def openssl(*arguments):
    subprocess.run(["openssl", *arguments], check=True, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def authority(name):
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{name}.key", "-out", f"{name}.pem", "-days", "30",
            "-subj", f"/CN={name}", "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign")


def certificate(name, host, issuer, days="20", begin=None):
    openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={host}")
    extensions = write(f"{name}.ext", f"subjectAltName=DNS:{host}\nextendedKeyUsage=serverAuth\nbasicConstraints=CA:FALSE\n")
    if begin:
        # `x509 -req` cannot date back; `ca` can.
        database = os.path.join(ROOT, f"{name}.db")
        os.makedirs(database, exist_ok=True)
        write(f"{name}.db/index.txt", "")
        write(f"{name}.db/serial", "4242\n")
        config = write(f"{name}.cnf", f"""[ca]
default_ca = here
[here]
database = {database}/index.txt
serial = {database}/serial
new_certs_dir = {database}
default_md = sha256
policy = any
[any]
commonName = supplied
""")
        openssl("ca", "-batch", "-config", config, "-in", f"{name}.csr", "-out", f"{name}.pem", "-cert", f"{issuer}.pem",
                "-keyfile", f"{issuer}.key", "-startdate", begin[0], "-enddate", begin[1], "-extfile", extensions, "-notext")
    else:
        openssl("x509", "-req", "-in", f"{name}.csr", "-CA", f"{issuer}.pem", "-CAkey", f"{issuer}.key", "-CAcreateserial",
                "-days", days, "-extfile", extensions, "-out", f"{name}.pem")


authority("trusted")
authority("stranger")
certificate("good", "localhost", "trusted")
certificate("wrong-host", "graph.example", "trusted")
certificate("unknown", "localhost", "stranger")
certificate("expired", "localhost", "trusted", begin=("20240101000000Z", "20240201000000Z"))
certificate("future", "localhost", "trusted", begin=("20400101000000Z", "20410101000000Z"))
openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "self.key", "-out", "self.pem", "-days", "20",
        "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost")

# nginx: one server block per fault.

PAGE = "<html><head><title>Access denied</title></head><body>ErrorAccessDenied [RAOP] blocked by the web filter</body></html>"
blocks, ports = [], {}


def gateway(name, body="", cert="good", tls="", plain=False):
    port = ports[name] = free_port()
    listen = f"listen 127.0.0.1:{port};" if plain else (
        f"listen 127.0.0.1:{port} ssl; ssl_certificate {ROOT}/{cert}.pem; ssl_certificate_key {ROOT}/{cert}.key; {tls}")
    blocks.append(f"server {{ {listen} server_name localhost; {body or through()} }}\n")


def through(extra=""):
    return f"location / {{ proxy_pass http://127.0.0.1:{demo_port}; proxy_http_version 1.1; {extra} }}"


def instead(where, directive):
    """Answers `directive` for paths that match, and passes the rest on."""
    return f"location ~ {where} {{ {directive} }} {through()}"


MAIL = "sendMail$"
OF_OUTSIDE = f"\"{outside.split('@')[0]}.*sendMail$\""
page = f"default_type text/html; return 403 '{PAGE}';"
gateway("good")
gateway("tls 1.3 only", tls="ssl_protocols TLSv1.3;")
gateway("tls 1.2 only", tls="ssl_protocols TLSv1.2;")
gateway("wrong host", cert="wrong-host")
gateway("expired", cert="expired")
gateway("not yet valid", cert="future")
gateway("unknown authority", cert="unknown")
gateway("self-signed", cert="self")
gateway("tls 1.1 only", tls="ssl_protocols TLSv1.1; ssl_ciphers ALL:@SECLEVEL=0;")
gateway("tls 1.0 only", tls="ssl_protocols TLSv1; ssl_ciphers ALL:@SECLEVEL=0;")
gateway("client certificate wanted", tls=f"ssl_verify_client on; ssl_client_certificate {ROOT}/trusted.pem;")
gateway("plain http where tls is meant", plain=True)
gateway("block page for all", f"location / {{ {page} }}")
gateway("block page for the forbidden", instead(OF_OUTSIDE, page))
gateway("block page for mails", instead(MAIL, page))
gateway("log-in page", instead(MAIL, "default_type text/html; return 200 '<html>Please log in</html>';"))
gateway("portal", instead(MAIL, "return 302 https://portal.example/;"))
gateway("json of its own", instead(OF_OUTSIDE, "default_type application/json; return 403 '{\"code\":\"ErrorAccessDenied\",\"message\":\"[RAOP]\"}';"))
gateway("page without words", instead(OF_OUTSIDE, "return 403;"))
gateway("rate limit", instead(OF_OUTSIDE, "add_header Retry-After 600 always; default_type text/html; return 429 '<html>slow down</html>';"))
gateway("dead upstream", f"location / {{ proxy_pass http://127.0.0.1:{free_port()}; }}")
gateway("dead upstream for mails", f"location ~ {MAIL} {{ proxy_pass http://127.0.0.1:{free_port()}; }} {through()}")
gateway("maintenance", instead(OF_OUTSIDE, "return 503;"))
gateway("too large", f"client_max_body_size 100; location ~ {MAIL} {{ client_max_body_size 10; proxy_pass http://127.0.0.1:{demo_port}; }} "
        f"location / {{ client_max_body_size 1m; proxy_pass http://127.0.0.1:{demo_port}; }}")
gateway("connection dropped", instead(OF_OUTSIDE, "return 444;"))
silent = socket.socket()
silent.bind(("127.0.0.1", 0))
silent.listen(16)
gateway("gateway time-out", f"location ~ {OF_OUTSIDE} {{ proxy_read_timeout 1s; proxy_pass http://127.0.0.1:{silent.getsockname()[1]}; }} {through()}")
gateway("never answered", f"location ~ {OF_OUTSIDE} {{ proxy_read_timeout 60s; proxy_pass http://127.0.0.1:{silent.getsockname()[1]}; }} {through()}")
gateway("other content type", f"{through('proxy_hide_header Content-Type; add_header Content-Type text/html always;')}")
gateway("http 1.0", through("proxy_buffering off; chunked_transfer_encoding off;"))
gateway("tenant", plain=True)

nginx = shutil.which("nginx")
write("nginx.conf", f"""daemon off; worker_processes 1; pid {ROOT}/nginx.pid; error_log {ROOT}/nginx-error.log;
events {{ worker_connections 256; }}
http {{ access_log off; client_body_temp_path {ROOT}/nginx-body; proxy_temp_path {ROOT}/nginx-proxy;
fastcgi_temp_path {ROOT}/nginx-f; uwsgi_temp_path {ROOT}/nginx-u; scgi_temp_path {ROOT}/nginx-s;
{''.join(blocks)} }}
""")
start([nginx, "-p", ROOT, "-c", os.path.join(ROOT, "nginx.conf")], ports["good"])

# squid: one port per policy.

proxies = {name: free_port() for name in ("open", "no connect", "log-in", "no mails", "no forbidden mail", "outage")}
dead = free_port()
# Started by root it goes on as another, who must be able to write here.
own = os.path.join(ROOT, "squid")
os.makedirs(own)
if os.geteuid() == 0:
    shutil.chown(own, "proxy")
write("squid.conf", "\n".join([f"http_port 127.0.0.1:{port} name=p{number}" for number, port in enumerate(proxies.values())]
      + [f"acl p{number} myportname p{number}" for number in range(len(proxies))] + [f"""
pid_filename {own}/squid.pid
cache_log {own}/cache.log
access_log none
cache deny all
coredump_dir {own}
shutdown_lifetime 0 seconds
connect_retries 0
acl mails urlpath_regex sendMail$
acl forbidden_mail urlpath_regex {outside.split('@')[0]}.*sendMail$
acl CONNECT method CONNECT
auth_param basic program /bin/cat
auth_param basic realm corporate
acl known proxy_auth REQUIRED
http_access deny p1 CONNECT
http_access deny p1
http_access deny p2 !known
http_access deny p3 mails
http_access deny p4 forbidden_mail
never_direct allow p5
cache_peer 127.0.0.1 parent {dead} 0 no-query no-digest name=dead
cache_peer_access dead allow p5
cache_peer_access dead deny all
http_access allow all
"""]))
squid = shutil.which("squid")
start([squid, "-N", "-n", f"e365x{os.getpid()}", "-f", os.path.join(ROOT, "squid.conf")], proxies["open"])


def run(name, url, expected, proxy="none", code=None, mails=None):
    """One test run; `expected` is (verdict, outcome of the permitted, outcome of the forbidden or problem code)."""
    environment = {"PATH": os.environ["PATH"], "SSL_CERT_FILE": os.path.join(ROOT, "trusted.pem"),
                   "EXCHANGE365_CLIENT_SECRET": access["client_secret"]}
    before = sent()
    begin = time.monotonic()
    done = subprocess.run(
        [CLI, "verify", "--tenant-id", access["tenant_id"], "--client-id", access["client_id"], "--login-url", url,
         "--graph-url", url, "--permitted", inside, "--forbidden", outside, "--to", access["recipient"], "--proxy", proxy,
         *COMMON], env=environment, capture_output=True, timeout=120, check=False)
    took = time.monotonic() - begin
    faults = []
    try:
        result = json.loads(done.stdout)
    except ValueError:
        result = {"verdict": None, "senders": [], "problems": []}
        faults.append(f"no JSON: {done.stdout[:200]} {done.stderr[:400]}")
    outcomes = {sender["expected"]: sender["outcome"] for sender in result["senders"]}
    seen = (result["verdict"], outcomes.get("permitted"), outcomes.get("forbidden"))
    if not result["senders"]:
        seen = (result["verdict"], None, result["problems"][0]["code"] if result["problems"] else None)
    if seen != expected:
        faults.append(f"{seen} instead of {expected}")
    if done.returncode != {"pass": 0, "fail": 1, "unproven": 3}.get(expected[0]):
        faults.append(f"exit code {done.returncode}")
    if took > 40:
        faults.append(f"{took:.0f} s")
    after = sent()
    for sender in result["senders"]:
        arrived = after.count(f"[{sender['test_id']}]") - before.count(f"[{sender['test_id']}]")
        if arrived > 1 or (arrived == 1) != (sender["outcome"] == "accepted"):
            faults.append(f"{arrived} mails of {sender['address']}, which was {sender['outcome']}")
    if access["client_secret"].encode() in done.stdout + done.stderr:
        faults.append("the secret is in the output")
    results.append(not faults)
    print(f"{'ok    ' if not faults else 'FAILED'} {name}: {' / '.join(str(part) for part in seen)} ({took:.1f} s)"
          + "".join(f"\n       {fault}" for fault in faults), flush=True)


PASS = ("pass", "accepted", "blocked_by_policy")


def no_start(problem):
    return ("unproven", None, problem)


def lines(permitted, forbidden):
    return ("unproven", permitted, forbidden)


EXPECTED = {
    "good": PASS, "tls 1.3 only": PASS, "tls 1.2 only": PASS, "other content type": PASS, "http 1.0": PASS,
    "wrong host": no_start("certificate_not_trusted"), "expired": no_start("certificate_not_trusted"),
    "not yet valid": no_start("certificate_not_trusted"), "unknown authority": no_start("certificate_not_trusted"),
    "self-signed": no_start("certificate_not_trusted"), "tls 1.1 only": no_start("secure_connection_failed"),
    "tls 1.0 only": no_start("secure_connection_failed"), "client certificate wanted": no_start("answered_by_something_else"),
    "plain http where tls is meant": no_start("secure_connection_failed"), "block page for all": no_start("answered_by_something_else"),
    "block page for the forbidden": lines("accepted", "interfered"),
    "block page for mails": lines("interfered", "interfered"), "log-in page": lines("interfered", "interfered"),
    "portal": lines("interfered", "interfered"), "json of its own": lines("accepted", "interfered"),
    "page without words": lines("accepted", "interfered"), "rate limit": lines("accepted", "interfered"),
    "dead upstream": no_start("answered_by_something_else"), "dead upstream for mails": lines("interfered", "interfered"),
    "maintenance": lines("accepted", "interfered"), "too large": lines("interfered", "interfered"),
    "connection dropped": lines("accepted", "no_answer"), "gateway time-out": lines("accepted", "interfered"),
    "never answered": lines("accepted", "no_answer"),
}

for name, port in ports.items():
    if name != "tenant":
        run(f"nginx, {name}", f"https://localhost:{port}", EXPECTED[name])
secure, plain = f"https://localhost:{ports['good']}", f"http://127.0.0.1:{ports['tenant']}"

def through_squid(name):
    return f"http://127.0.0.1:{proxies[name]}"

run("squid, tunnel", secure, PASS, through_squid("open"))
run("squid, plain", plain, PASS, through_squid("open"))
run("squid, tunnel refused (403)", secure, no_start("proxy_refused"), through_squid("no connect"))
run("squid, tunnel wants a log-in (407)", secure, no_start("proxy_refused"), through_squid("log-in"))
run("squid, tunnel leads nowhere (503)", secure, no_start("proxy_refused"), through_squid("outage"))
run("squid, tunnel to an expired certificate", f"https://localhost:{ports['expired']}",
    no_start("certificate_not_trusted"), through_squid("open"))
run("squid, tunnel to nobody", f"https://localhost:{dead}", no_start("proxy_refused"), through_squid("open"))
run("squid, plain refused", plain, no_start("answered_by_something_else"), through_squid("no connect"))
run("squid, plain wants a log-in (407)", plain, no_start("answered_by_something_else"), through_squid("log-in"))
run("squid, plain leads nowhere (503)", plain, no_start("answered_by_something_else"), through_squid("outage"))
run("squid, mails refused", plain, lines("interfered", "interfered"), through_squid("no mails"))
run("squid, the forbidden mail refused", plain, lines("accepted", "interfered"), through_squid("no forbidden mail"))
run("no proxy where one should be", secure, no_start("proxy_refused"), f"http://127.0.0.1:{dead}")
run("no proxy where one should be, plain", plain, no_start("connection_failed"), f"http://127.0.0.1:{dead}")

print(f"{sum(results)} passed, {len(results) - sum(results)} failed")
sys.exit(0 if all(results) else 1)
