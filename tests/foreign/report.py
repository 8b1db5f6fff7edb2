"""The checks of report.sh: what Chromium makes of reports about hostile and about ordinary tenants.

    report.py CLI SCRATCH BROWSER
"""

import base64
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import threading
from html.parser import HTMLParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

CLI, SCRATCH, BROWSER = os.path.abspath(sys.argv[1]), pathlib.Path(sys.argv[2]).resolve(), sys.argv[3]
SECRET = "abc8Q~canaryCanaryCanaryCanary.Canary-_9"
# Each would be seen if it came to life: as a title, as an element, as a request to `seen`.
HOSTILE = (
    "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\"><svg onload=alert(1)>"
    "<b id=owned>bold</b> \"quoted\" 'single' & &lt;b&gt; </pre></td></table><style>body{display:none}</style>"
    "<a href=\"javascript:document.title='owned'\">x</a> http://127.0.0.1:{port}/beacon \u202etxt.exe\u202c \u0007 end-of-text"
)
tally = {True: 0, False: 0}
beacons = []


def check(name, is_right, detail=""):
    tally[bool(is_right)] += 1
    if not is_right:
        print(f"FAILED  {name}: {str(detail)[:1500]}", flush=True)


class Server(BaseHTTPRequestHandler):
    """Entra and Graph in one, as hostile as their texts allow."""

    protocol_version = "HTTP/1.1"
    hostile = True

    def log_message(self, *_):
        pass

    def text(self):
        return HOSTILE.replace("{port}", str(self.server.server_address[1])) if Server.hostile else "An ordinary text"

    def do_GET(self):
        if "beacon" in self.path or "favicon" in self.path:
            beacons.append(self.path)
        self.answer(200, {"issuer": "x", "token_endpoint": "x", "tenant_region_scope": self.text()})

    def do_POST(self):
        self.rfile.read(int(self.headers.get("content-length") or 0))
        if self.path.endswith("/token"):
            part = lambda value: base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()
            claims = {"app_displayname": self.text(), "appid": "11111111-2222-3333-4444-555555555555", "oid": self.text(),
                      "tid": "22222222-2222-3333-4444-555555555555", "roles": ["Mail.Send", self.text()], "exp": 4102444800}
            token = f"{part({'alg': 'none'})}.{part(claims)}.c2ln"
            return self.answer(200, {"token_type": "Bearer", "expires_in": 3599, "access_token": token})
        if "/in" in self.path:
            return self.answer(202, None)
        code = "ErrorAccessDenied" if "/fenced" in self.path else self.text()
        return self.answer(403, {"error": {"code": code, "message": self.text(), "innerError": {"request-id": self.text()}}})

    def answer(self, status, body):
        told = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)


class Page(HTMLParser):
    """What an independent reader finds in the page the browser has made."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.elements, self.handlers, self.links, self.words, self.title, self.inside = [], [], [], [], "", []

    def handle_starttag(self, tag, attributes):
        self.elements.append(tag)
        self.inside.append(tag)
        self.handlers += [name for name, _ in attributes if name.startswith("on")]
        self.links += [value for name, value in attributes if name in ("href", "src", "action", "data", "xlink:href") and value]
        if dict(attributes).get("id") == "owned":
            self.elements.append("owned")

    def handle_endtag(self, tag):
        while self.inside and self.inside.pop() != tag:
            pass

    def handle_data(self, data):
        if "title" in self.inside and "svg" not in self.inside:
            self.title += data
        elif "style" not in self.inside:
            self.words.append(data)


def browse(*arguments):
    profile = SCRATCH / "profile"
    command = [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
               "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-pings",
               f"--user-data-dir={profile}", "--virtual-time-budget=3000", *arguments]
    home = SCRATCH / "home"
    home.mkdir(exist_ok=True)
    return subprocess.run(command, capture_output=True, timeout=180, env={"PATH": os.environ["PATH"], "HOME": str(home)})


def report(name, url, extra=()):
    page = SCRATCH / f"{name}.html"
    command = [CLI, "verify", "--report", str(page), "--format", "json", *extra]
    if url:
        command += ["--tenant-id", "contoso.example", "--client-id", "11111111-2222-3333-4444-555555555555", "--login-url", url,
                    "--graph-url", url, "--proxy", "none", "--permitted", "in@x.example", "--forbidden", "fenced@x.example",
                    "--forbidden", "odd@x.example", "--to", "in@x.example"]
    done = subprocess.run(command, env={"PATH": os.environ["PATH"], "HOME": str(SCRATCH), "EXCHANGE365_CLIENT_SECRET": SECRET},
                          capture_output=True, text=True, timeout=120)
    check(f"{name}: a report was written", page.exists(), done.stderr)
    return page, json.loads(done.stdout)


def shows(name, page, result, hostile):
    dumped = browse("--dump-dom", page.as_uri())
    dom = dumped.stdout.decode("utf-8", "replace")
    check(f"{name}: Chromium shows it", len(dom) > 2000, dumped.stderr[-800:])
    seen = Page()
    seen.feed(dom)
    check(f"{name}: no script", not {"script", "iframe", "object", "embed", "owned", "base", "form"} & set(seen.elements), seen.elements)
    check(f"{name}: no handler", not seen.handlers, seen.handlers)
    check(f"{name}: one style, our own", seen.elements.count("style") <= 1, seen.elements.count("style"))
    dead = [link for link in seen.links if link.lower().startswith(("javascript:", "data:text", "http://127"))]
    check(f"{name}: no link leads to what a server wrote", not dead, dead)
    check(f"{name}: nobody has taken the title over", "owned" not in seen.title, seen.title)
    words = " ".join(" ".join(seen.words).split())
    check(f"{name}: the verdict stands there", result["verdict"].upper() in words, words[:800])
    for sender in result["senders"]:
        check(f"{name}: {sender['address']}", sender["address"] in words, words[:800])
        check(f"{name}: its test id", sender["test_id"] in words, words[:800])
    if hostile:
        check(f"{name}: the hostile text is shown as text", "<script>document.title='owned'</script>" in words, words[:3000])
        check(f"{name}: to its end", "end-of-text" in words, words[:3000])
        check(f"{name}: no text runs backwards", "\u202e" not in words and "\u0007" not in words, "a control character")
    check(f"{name}: no secret", SECRET not in dom and "canary" not in dom.lower(), "the secret")
    return words


def prints(name, page, result):
    pdf = SCRATCH / f"{name}.pdf"
    done = browse("--no-pdf-header-footer", f"--print-to-pdf={pdf}", page.as_uri())
    content = pdf.read_bytes() if pdf.exists() else b""
    check(f"{name}: printed as PDF", content.startswith(b"%PDF-") and len(content) > 5000, done.stderr[-800:])
    pages = len(re.findall(rb"/Type\s*/Page\b", content))
    check(f"{name}: on a few pages", 1 <= pages <= 8, pages)
    if not shutil.which("pdftotext"):
        print("SKIPPED: the words of the printed page (pdftotext is needed)")
        return
    text = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], capture_output=True, text=True).stdout
    check(f"{name}: the verdict is printed", result["verdict"].upper() in text, text[:800])
    for sender in result["senders"]:
        check(f"{name}: {sender['address']} is printed", sender["address"] in "".join(text.split()), text[:1500])


def main():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_address[1]}"
    for name, hostile in (("hostile", True), ("ordinary", False)):
        Server.hostile = hostile
        page, result = report(name, url)
        check(f"{name}: unproven", result["verdict"] == "unproven", result["verdict"])
        shows(name, page, result, hostile)
        prints(name, page, result)
    for scenario, verdict in (("restricted-aap", "pass"), ("union-mistake", "fail")):
        page, result = report(scenario, None, ("--demo", scenario))
        check(f"{scenario}: verdict", result["verdict"] == verdict, result["verdict"])
        shows(scenario, page, result, False)
        prints(scenario, page, result)
    check("the browser asked nobody", not beacons, beacons)
    server.shutdown()
    print(f"{tally[True]} passed, {tally[False]} failed")
    return 1 if tally[False] else 0


if __name__ == "__main__":
    sys.exit(main())
