#!/usr/bin/env python3
"""Compares sweeps: this program, bare reqwest and four Graph SDKs, all against the same nginx on loopback.

One command:  python3 benches/run.py            everything, medians as Markdown, also into benches/RESULTS.md
              python3 benches/run.py --quick    one run each of small sweeps, nothing is written

Everything is fetched from the ordinary registries (crates.io, PyPI, npm, Debian) into target/bench-peers.
Nothing leaves this machine while it measures.
"""

import argparse
import base64
import collections
import json
import os
import pathlib
import platform
import shutil
import signal
import statistics
import subprocess
import sys
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
SCRATCH = ROOT / "target" / "bench-peers"
CLEAN, BUSY, FAULTS = 18080, 18081, 18082
# Seconds: a program that takes longer is run once; one that takes this long for 1,000 mailboxes is not asked about 10,000.
LONG, TOO_LONG = 5, 20
REFERENCE = "bare reqwest (1 thread)"
YES, NO, INBOX = "control-yes@bench.example", "control-no@bench.example", "inbox@bench.example"
TENANT, CLIENT = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"
RAOP = '{"error":{"code":"ErrorAccessDenied","message":"Access to OData is disabled: [RAOP] : Blocked by tenant configured AppOnly AccessPolicy settings."}}'
EMPTY = '{"error":{"code":"ErrorInvalidRecipients","message":"At least one recipient is not valid., A message cannot be sent because it contains no recipients."}}'


def graph_error(code, message="x"):
    return json.dumps({"error": {"code": code, "message": message}})


# name, status, content type, body (or where a redirect leads), what may be said of such a mailbox
FAULT_SET = [
    ("refused", 403, "application/json", RAOP, "refused"),
    ("reached", 400, "application/json", EMPTY, "reachable"),
    ("plain", 403, "application/json", graph_error("ErrorAccessDenied", "Access is denied. Check credentials and try again."), "refused"),
    ("unknown", 404, "application/json", graph_error("ErrorInvalidUser"), "not_provable"),
    ("nomailbox", 404, "application/json", graph_error("MailboxNotEnabledForRESTAPI"), "not_provable"),
    ("blockpage", 403, "text/html", "<html><h1>403 Forbidden</h1>Blocked by web filter</html>", "not_provable"),
    ("badpage", 400, "text/html", "<html><h1>400 Bad Request</h1></html>", "not_provable"),
    ("portal", 200, "text/html", "<html>Please log in to the network</html>", "not_provable"),
    ("redirect", 302, "text/html", "http://127.0.0.1:18082/portal", "not_provable"),
    ("nobody403", 403, "application/json", "", "not_provable"),
    ("sendas", 403, "application/json", graph_error("ErrorSendAsDenied"), "not_provable"),
    ("suspended", 403, "application/json", graph_error("ErrorAccountSuspend"), "not_provable"),
    ("directory", 403, "application/json", graph_error("Authorization_RequestDenied"), "not_provable"),
    ("malformed", 400, "application/json", graph_error("BadRequest"), "not_provable"),
    ("unresolved", 400, "application/json", graph_error("ErrorInvalidRecipients", "Recipient x is not resolved."), "not_provable"),
    ("expired", 401, "application/json", graph_error("InvalidAuthenticationToken"), "not_provable"),
    ("outage", 503, "application/json", graph_error("serviceNotAvailable"), "not_provable"),
    ("gateway", 504, "text/html", "<html>Gateway timeout</html>", "not_provable"),
    ("accepted", 202, "application/json", "", "not_provable"),
    ("cut", 444, "text/plain", "", "not_provable"),
]


def sh(*command, **options):
    return subprocess.run([str(part) for part in command], check=True, **options)


def token():
    part = lambda value: base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")
    claims = {"aud": "https://graph.microsoft.com", "appid": CLIENT, "tid": TENANT, "roles": ["Mail.Send"], "exp": 4102444800}
    return f"{part({'typ': 'JWT', 'alg': 'RS256'})}.{part(claims)}.c2lnbmF0dXJl" + "A" * 300


# ---- the server ----


def nginx_binary():
    found = shutil.which("nginx") or next(iter((SCRATCH / "nginx").glob("root/usr/sbin/nginx")), None)
    if not found:
        place = SCRATCH / "nginx"
        place.mkdir(parents=True, exist_ok=True)
        sh("apt-get", "download", "nginx", cwd=place)
        sh("dpkg", "-x", next(place.glob("nginx_*.deb")), place / "root")
        found = place / "root/usr/sbin/nginx"
    return str(found)


def quoted(text):
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'").replace("$", "${dollar}") + "'"


def canned(status, kind, body):
    if status == 444:
        return "return 444;"
    shown = f"return {status} {body};" if status == 302 else f"return {status} {quoted(body)};"
    return f"default_type {kind}; add_header request-id $request_id always; add_header Retry-After $wait always; {shown}"


def nginx_conf():
    # A real mail is longer than a probe: that is what nginx can see of a body it does not read.
    users = "/v1.0/users/"
    def controls():
        return f"""
            location ~ ^{users}control-yes@ {{ if ($is_mail) {{ return 202 ''; }} {canned(400, 'application/json', EMPTY)} }}
            location ~ ^{users}control-no@ {{ {canned(403, 'application/json', RAOP)} }}
            location ~ /oauth2/v2.0/token$ {{ {canned(200, 'application/json', json.dumps({'token_type': 'Bearer', 'expires_in': 3599, 'access_token': token()}))} }}"""
    def everybody(before=""):
        return f"""
            location ~ ^{users}yes- {{ {before} {canned(400, 'application/json', EMPTY)} }}
            location {users} {{ {before} {canned(403, 'application/json', RAOP)} }}"""
    busy = "if ($is_busy) { return 429 " + quoted(graph_error("ApplicationThrottled", "Too many requests.")) + "; }"
    faults = "".join(f"location ~ ^{users}{name}- {{ {canned(status, kind, body)} }}\n" for name, status, kind, body, _ in FAULT_SET)
    server = lambda port, inside: f"server {{ listen 127.0.0.1:{port}; {inside} }}\n"
    return f"""
worker_processes 1; daemon off; pid nginx.pid; error_log error.log crit;
events {{ worker_connections 2048; }}
http {{
  access_log off; keepalive_requests 100000000; keepalive_timeout 60s; tcp_nodelay on;
  client_body_temp_path tmp; proxy_temp_path tmp; fastcgi_temp_path tmp; uwsgi_temp_path tmp; scgi_temp_path tmp;
  geo $dollar {{ default "$"; }}
  map $content_length $is_mail {{ default 0; "~^[4-9][0-9][0-9]$" 1; "~^[0-9]{{4,}}$" 1; }}
  split_clients $request_id $is_busy {{ 10% 1; * 0; }}
  map $status $wait {{ default ''; 429 1; }}
  {server(CLEAN, controls() + everybody())}
  {server(BUSY, controls() + everybody(busy))}
  {server(FAULTS, controls() + faults)}
}}
"""


class Nginx:
    def __enter__(self):
        place = SCRATCH / "serve"
        (place / "tmp").mkdir(parents=True, exist_ok=True)
        (place / "nginx.conf").write_text(nginx_conf())
        self.process = subprocess.Popen([nginx_binary(), "-p", str(place), "-c", "nginx.conf", "-e", "error.log"], cwd=place)
        for _ in range(100):
            if subprocess.run(["curl", "-s", "-o", "/dev/null", f"http://127.0.0.1:{CLEAN}/"]).returncode == 0:
                return self
            time.sleep(0.05)
        raise SystemExit("nginx does not answer")

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait()


# ---- who is measured ----


def cli():
    return ROOT / "target/release/exchange365-cli"


def own(port, names, concurrency, results):
    url = f"http://127.0.0.1:{port}"
    command = [cli(), "sweep", "--tenant-id", TENANT, "--client-id", CLIENT, "--login-url", url, "--graph-url", url]
    command += ["--permitted", YES, "--forbidden", NO, "--to", INBOX, "--mailboxes", names]
    return command + ["--concurrency", str(concurrency), "--format", "csv"]


def peer(*start):
    return lambda port, names, concurrency, results: [*start, f"http://127.0.0.1:{port}", names, str(concurrency)]


def bare(flavour):
    start = SCRATCH / "rust/release/bare-reqwest"
    return lambda port, names, concurrency, results: [start, f"http://127.0.0.1:{port}", names, str(concurrency), flavour]


def programs():
    python = SCRATCH / "py/bin/python"
    made = {
        "exchange365-cli sweep": own,
        "bare reqwest (1 thread)": bare("single"),
        "bare reqwest (2 threads)": bare("multi"),
        "graph-rs-sdk": peer(SCRATCH / "rust/release/graph-rs"),
        "@microsoft/microsoft-graph-client": peer("node", HERE / "peers/node/probe.mjs"),
        "msgraph-sdk (Python)": peer(python, HERE / "peers/python/msgraph_probe.py"),
        "O365 (Python)": peer(python, HERE / "peers/python/o365_probe.py"),
    }
    if not (SCRATCH / "rust/release/graph-rs").exists():
        del made["graph-rs-sdk"]
    return made


def set_up():
    SCRATCH.mkdir(parents=True, exist_ok=True)
    sh("cargo", "build", "--release", "--bin", "exchange365-cli", cwd=ROOT)
    environment = {**os.environ, "CARGO_TARGET_DIR": str(SCRATCH / "rust")}
    rust = HERE / "peers/rust"
    sh("cargo", "build", "--release", "--bin", "bare-reqwest", cwd=rust, env=environment)
    built = subprocess.run(["cargo", "build", "--release", "--features", "graph-rs"], cwd=rust, env=environment)
    if built.returncode:
        print("graph-rs-sdk does not build here and is left out", file=sys.stderr)
    if not (SCRATCH / "py/bin/python").exists():
        sh(sys.executable, "-m", "venv", SCRATCH / "py")
    sh(SCRATCH / "py/bin/pip", "-q", "install", "-r", HERE / "peers/python/requirements.txt")
    node = SCRATCH / "node"
    node.mkdir(exist_ok=True)
    shutil.copy(HERE / "peers/node/package.json", node)
    sh("npm", "install", "--silent", "--no-fund", "--no-audit", cwd=node)


# ---- measuring ----

Measured = collections.namedtuple("Measured", "wall cpu rss text code")


class Watch(threading.Thread):
    """The peak of resident memory, MiB. What the operating system tells afterwards includes what the starting process
    held before the program was in its place."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.status, self.over, self.peak = pathlib.Path(f"/proc/{pid}/status"), threading.Event(), 0
        self.start()

    def run(self):
        while True:
            try:
                text = self.status.read_text()
            except OSError:
                return
            if "VmHWM:" in text:
                self.peak = int(text.split("VmHWM:")[1].split()[0]) / 1024
            if self.over.wait(0.004):
                return

    def end(self):
        self.over.set()
        self.join()
        return self.peak


def measure(command):
    environment = {**os.environ, "BENCH_TOKEN": token(), "BENCH_MODULES": str(SCRATCH / "node/node_modules")}
    environment["EXCHANGE365_CLIENT_SECRET"] = "bench~no-secret-at-all"
    environment["EXCHANGE365_DATA_DIR"] = "none"
    environment = {name: value for name, value in environment.items() if "proxy" not in name.lower()}
    output = SCRATCH / "output.txt"
    with open(output, "wb") as out, open(SCRATCH / "errors.txt", "wb") as err:
        begin = time.monotonic()
        process = subprocess.Popen([str(part) for part in command], stdout=out, stderr=err, env=environment)
        watch = Watch(process.pid)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - begin
    peak = watch.end()
    process.returncode = os.waitstatus_to_exitcode(status)
    return Measured(wall, usage.ru_utime + usage.ru_stime, peak, output.read_text(errors="replace"), process.returncode)


def verdicts(name, text, by):
    """address → reachable, refused, not_provable. Ours says so itself; peers' answers are read in two ways:
    by status, as most scripts do, or by the error code, as a careful one would."""
    found = {}
    if name.startswith("exchange365"):
        for line in text.splitlines()[1:]:
            cells = line.strip('"').split('","')
            found[cells[0]] = cells[2]
        return found
    for line in text.splitlines():
        address, status, code = (line.split("\t") + ["", ""])[:3]
        if by == "status":
            found[address] = {"400": "reachable", "202": "reachable", "403": "refused"}.get(status, "not_provable")
        else:
            found[address] = {"ErrorInvalidRecipients": "reachable", "ErrorAccessDenied": "refused"}.get(code, "not_provable")
    return found


def wrong(found, expected):
    """(wrongly said to be reachable or refused, not answered for at all)"""
    false = sum(1 for name, truth in expected.items() if found.get(name, "not_provable") not in (truth, "not_provable"))
    lost = sum(1 for name, truth in expected.items() if truth != "not_provable" and found.get(name, "not_provable") == "not_provable")
    return false, lost


def company(count):
    names = {f"user-{number:05}@bench.example": "refused" for number in range(count - count // 100)}
    return {**names, **{f"yes-{number:05}@bench.example": "reachable" for number in range(count // 100)}}


def write_list(names):
    path = SCRATCH / f"list-{len(names)}.txt"
    path.write_text("\n".join(names) + "\n")
    return path


def rounds(runs, chosen, command_of):
    """All programs in turn, again and again, so that whatever else the machine does meets all of them alike; each round
    begins with another one, because the first after a slow program finds a server that has gone cold. One that takes long
    is not asked again: what the others differ by would be lost in it."""
    measured = {name: [] for name in chosen}
    for turn in range(runs):
        order = list(chosen)
        for name in order[turn % len(order) :] + order[: turn % len(order)]:
            if turn == 0 or measured[name][0].wall < LONG:
                measured[name].append(measure(command_of(chosen[name])))
    return measured


def sweep_table(title, port, count, concurrency, runs, chosen):
    expected = company(count)
    names = write_list(expected)
    rows = []
    measured = rounds(runs, chosen, lambda command: command(port, names, concurrency, None))
    for name, results in measured.items():
        middle = lambda pick: statistics.median(pick(result) for result in results)
        found = verdicts(name, results[-1].text, "code")
        answered = sum(1 for address in expected if found.get(address) == expected[address])
        rows.append((name, middle(lambda r: r.wall), middle(lambda r: r.cpu), max(r.rss for r in results), answered))
        print(f"  {title}: {name}: {rows[-1][1]:.2f} s", file=sys.stderr)
    reference = next((wall for name, wall, *_ in rows if name == REFERENCE), rows[0][1])
    lines = [f"\n**{title}**\n", "| program | wall s | mailboxes/s | against bare reqwest | CPU s | peak RSS MiB | right answers |", "|---|---:|---:|---:|---:|---:|---:|"]
    for name, wall, cpu, rss, answered in rows:
        lines.append(f"| {name} | {wall:.2f} | {count / wall:,.0f} | {reference / wall:.2f} | {cpu:.2f} | {rss:.0f} | {answered:,} of {count:,} |")
    return lines, rows


def cold_start(runs, chosen):
    """From nothing to the answers about one mailbox that must be reachable and one that must be refused."""
    names = write_list([YES, NO])
    rows = []
    url = f"http://127.0.0.1:{CLEAN}"
    verify = [cli(), "verify", "--tenant-id", TENANT, "--client-id", CLIENT, "--login-url", url, "--graph-url", url, "--permitted", YES, "--forbidden", NO, "--to", INBOX]
    todo = {"exchange365-cli verify (signs in, sends two real mails)": lambda *_: verify, **chosen}
    for name, results in rounds(runs, todo, lambda command: command(CLEAN, names, 2, None)).items():
        rows.append((name, statistics.median(r.wall for r in results), statistics.median(r.cpu for r in results), max(r.rss for r in results)))
    lines = ["\n**Cold start to the answers about two mailboxes**\n", "| program | wall ms | CPU ms | peak RSS MiB |", "|---|---:|---:|---:|"]
    lines += [f"| {name} | {wall * 1000:.0f} | {cpu * 1000:.0f} | {rss:.0f} |" for name, wall, cpu, rss in rows]
    return lines, rows


def fault_table(chosen, each):
    expected = {f"{name}-{number:02}@bench.example": truth for name, *_, truth in FAULT_SET for number in range(each)}
    names = write_list(expected)
    lines = [
        f"\n**Wrong verdicts on {len(FAULT_SET)} kinds of answers, {len(expected)} mailboxes**\n",
        "| program | false verdicts, answers read by status | false verdicts, read by error code | right ones lost | wall s |",
        "|---|---:|---:|---:|---:|",
    ]
    false = {}
    for name, command in chosen.items():
        result = measure(command(FAULTS, names, 8, None))
        by_status, by_code = (wrong(verdicts(name, result.text, by), expected) for by in ("status", "code"))
        own_words = name.startswith("exchange365")
        status = f"{by_code[0]} (its own)" if own_words else by_status[0]
        lines.append(f"| {name} | {status} | {by_code[0]} | {by_code[1]} | {result.wall:.1f} |")
        false[name] = (by_code[0],) if own_words else (by_status[0], by_code[0])
        print(f"  faults: {name}: {by_status}, {by_code}", file=sys.stderr)
    return lines, false


def cpu():
    try:
        lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())


def short_table(rows, faults, starts):
    """The figures that the README shows."""
    rows = {name: rest for name, *rest in rows}
    reference = rows[REFERENCE][0] if REFERENCE in rows else next(iter(rows.values()))[0]
    starts = {name: wall for name, wall, *_ in starts}
    lines = [
        "| program | 10,000 mailboxes, 16 at a time | against bare reqwest | CPU | peak RSS | cold start, 2 mailboxes | false verdicts¹ |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for name in faults:
        false = " or ".join(str(number) for number in sorted(set(faults[name])))
        swept = "— | — | — | —"
        if name in rows:
            wall, cpu_time, rss, _ = rows[name]
            swept = f"{wall:.2f} s | {reference / wall:.2f} | {cpu_time:.2f} s | {rss:.0f} MiB"
        lines.append(f"| {name} | {swept} | {starts[name] * 1000:.0f} ms | {false} |")
    return lines


def into_readme(lines):
    readme = ROOT / "README.md"
    text = readme.read_text()
    begin, end = "<!-- benches/run.py writes this table -->\n", "<!-- to here -->"
    if begin in text and end in text:
        before, rest = text.split(begin, 1)
        readme.write_text(before + begin + "\n".join(lines) + "\n" + end + rest.split(end, 1)[1])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--no-set-up", action="store_true", help="everything is there already")
    parser.add_argument("--only", help="programs whose name contains this")
    machine = f"{cpu()}, {os.cpu_count()} cores, {os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB"
    parser.add_argument("--machine", default=f"{machine}, {platform.freedesktop_os_release().get('PRETTY_NAME', platform.system())}")
    options = parser.parse_args()
    if not options.no_set_up:
        set_up()
    chosen = {name: command for name, command in programs().items() if not options.only or options.only in name or name.startswith("exchange365")}
    runs = 1 if options.quick else 5
    version = subprocess.run([nginx_binary(), "-v"], capture_output=True, text=True).stderr.strip().split("/")[-1]
    lines = [
        f"Measured on: {options.machine}; nginx {version} with canned answers on the same machine. Medians of {runs} runs of the "
        f"whole process, its start included, all programs in turn; what takes longer than {LONG} seconds once, and what takes "
        f"{TOO_LONG} seconds for 1,000 mailboxes is not asked about 10,000. O365 pauses 200 ms before each request by itself."
    ]
    slow = set()
    with Nginx():
        for concurrency in (16,) if options.quick else (4, 16, 64):
            table, rows = sweep_table(f"1,000 mailboxes, {concurrency} at a time", CLEAN, 1000, concurrency, runs, chosen)
            lines += table
            slow |= {name for name, wall, *_ in rows if wall >= TOO_LONG}
        fast = {name: command for name, command in chosen.items() if name not in slow}
        for concurrency in () if options.quick else (64, 16):
            table, rows = sweep_table(f"10,000 mailboxes, {concurrency} at a time", CLEAN, 10000, concurrency, runs, fast)
            lines += table
        for count, concurrency in ((1000, 16),) if options.quick else ((1000, 16), (1000, 64), (10000, 64)):
            title = f"{count:,} mailboxes, {concurrency} at a time, every tenth answer a 429 with Retry-After 1"
            some = {name: command for name, command in chosen.items() if count < 10000 or "Python" not in name}
            table, _ = sweep_table(title, BUSY, count, concurrency, min(runs, 3), some)
            lines += table
        table, starts = cold_start(runs, chosen)
        lines += table
        table, faults = fault_table(chosen, 2 if options.quick else 5)
        lines += table
    print("\n".join(lines))
    if not options.quick and not options.only:
        short = short_table(rows, faults, starts)
        (HERE / "RESULTS.md").write_text("# Results of `python3 benches/run.py`\n\n" + "\n".join(lines[:1] + [""] + short + lines[1:]) + "\n")
        into_readme([f"{lines[0]}", "", *short])


if __name__ == "__main__":
    main()
