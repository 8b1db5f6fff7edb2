"""The checks of clients.sh: our demo tenant as Microsoft's clients see it, and our requests as prism judges them.

    checks.py CLI SCRATCH NODE-FOLDER-OR-EMPTY VENV-PYTHON-OR-EMPTY JUDGE-OR-EMPTY
"""

import contextlib
import json
import os
import pathlib
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import front
import fronts

CLI, SCRATCH = os.path.abspath(sys.argv[1]), pathlib.Path(sys.argv[2]).resolve()
NODE, VENV, JUDGE = sys.argv[3:6]
RAOP = "Access to OData is disabled: [RAOP] : Blocked by tenant configured AppOnly AccessPolicy settings."
PLAIN = "Access is denied. Check credentials and try again."
tally = {True: 0, False: 0}


def check(name, is_right, detail=""):
    tally[bool(is_right)] += 1
    if not is_right:
        print(f"FAILED  {name}: {detail}", flush=True)


def same(name, found, wanted):
    check(name, found == wanted, f"found {found!r}, wanted {wanted!r}")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def demo(scenario):
    """Serves a scenario; gives what the program prints about it, with its port."""
    server = subprocess.Popen([CLI, "demo", scenario], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        text = ""
        while not text.rstrip().endswith("}"):
            line = server.stdout.readline()
            if not line:
                sys.exit(f"the demo tenant {scenario} did not start")
            text += line
        access = json.loads(text)
        yield access | {"port": int(access["login_url"].rsplit(":", 1)[1])}
    finally:
        server.terminate()
        server.wait()
        server.stdout.close()


def state(access):
    with urllib.request.urlopen(f"{access['login_url']}/demo/state", timeout=5) as reply:
        return reply.read().decode()


# What a foreign client says, whichever language it is written in.


def options(access, url, certificates, read):
    return json.dumps(
        {
            "url": url,
            "tenant": access["tenant_id"],
            "client": access["client_id"],
            "secret": access["client_secret"],
            "authority_file": certificates.authority,
            "permitted": access["permitted"],
            "forbidden": access["forbidden"],
            "unknown": "nobody@" + access["recipient"].split("@")[1],
            "recipient": access["recipient"],
            "read": read,
        }
    )


def clean_environment(**more):
    ours = lambda key: key.startswith(("EXCHANGE365_", "SSL_CERT_", "AZURE_")) or key.lower().endswith("_proxy")
    return {key: value for key, value in os.environ.items() if not ours(key)} | more


def ask(name, command, environment, folder):
    done = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, timeout=300)
    try:
        return json.loads(done.stdout.splitlines()[-1])
    except (ValueError, IndexError):
        check(f"{name}: ran to its end", False, done.stdout[-500:] + done.stderr[-2500:])
        return None


def mails_are(name, told, access, refusal):
    """Every sender got what the fence says, as an error of the client's own type."""
    sent = told["sent"]
    for address in access["permitted"]:
        same(f"{name}: {address}", sent[address], {"status": 202})
    for address in access["forbidden"]:
        got = sent[address]
        same(f"{name}: {address}", [got["status"], got["code"], got["message"]], [403, "ErrorAccessDenied", refusal])
        check(f"{name}: {address} has a request-id", got["request_id"] and len(got["request_id"]) == 36, got)
    unknown = [got for address, got in sent.items() if address.startswith("nobody@")]
    same(f"{name}: nobody", [[got["status"], got["code"]] for got in unknown], [[404, "ErrorInvalidUser"]])


def python_says(name, told):
    right = told["msal"]["right"]
    same(f"{name}, token type and life", [right.get("token_type"), right.get("expires_in")], ["Bearer", 3599])
    check(f"{name}, MSAL keeps the token", right["has_token"] and right["from_cache"], right)
    for case, error, number in (("wrong secret", "invalid_client", 7000215), ("unknown client", "unauthorized_client", 700016)):
        got = told["msal"][case]
        same(f"{name}, {case}", [got.get("error"), got.get("error_codes"), got["has_token"]], [error, [number], False])
        check(f"{name}, {case} in words", got["described"].startswith(f"AADSTS{number}: "), got)
        check(f"{name}, {case} has a correlation id", len(got.get("correlation_id", "")) == 36, got)
    check(f"{name}, unknown tenant", "Unable to get authority" in told["msal"]["unknown tenant"], told["msal"])


def node_says(name, told):
    right = told["msal"]["right"]
    check(f"{name}, token", right.get("has_token") and right.get("token_type") == "Bearer", right)
    check(f"{name}, its life", 55 <= (right.get("lives") or 0) <= 60, right)
    check(f"{name}, MSAL keeps the token", right.get("from_cache"), right)
    for case, error, number in (("wrong secret", "invalid_client", 7000215), ("unknown client", "unauthorized_client", 700016)):
        got = told["msal"][case]
        same(f"{name}, {case}", [got.get("type"), got.get("code"), str(got.get("number"))], ["ServerError", error, str(number)])


def directory_is(name, told, url):
    read = told["read"]
    check(f"{name}, people of all pages", len(read["people"]) == len(set(read["people"])) >= 5, read)
    check(f"{name}, more than one page", len(read["links"]) >= 2, read)
    check(f"{name}, pages stay at the address the client knows", all(link.startswith(url) for link in read["links"]), read["links"])


def foreign_clients(certificates):
    clients = []
    if VENV:
        clients.append(("Python", lambda made: [VENV, str(HERE / "python_client.py"), made], python_says, SCRATCH))
    if NODE:
        clients.append(("Node", lambda made: ["node", str(HERE / "node_client.mjs"), made], node_says, NODE))
    environment = clean_environment(NODE_EXTRA_CA_CERTS=certificates.authority)
    for language, command, says, folder in clients:
        for scenario, refusal, read in (("restricted-aap", RAOP, False), ("restricted-rbac", PLAIN, False), ("unfenced-trainee", None, True)):
            name, seen = f"{language}, {scenario}", []
            with demo(scenario) as access, front.https(certificates.good, access["port"], seen) as port:
                url = f"https://localhost:{port}"
                told = ask(name, command(options(access, url, certificates, read)), environment, folder)
                if not told:
                    continue
                says(name, told)
                if refusal:
                    mails_are(name, told, access, refusal)
                else:
                    wanted = {address: {"status": 202} for address in access["permitted"] + access["forbidden"]}
                    same(f"{name}, all are accepted", {key: told["sent"].get(key) for key in wanted}, wanted)
                    directory_is(name, told, url)
                accepted = sum(got == {"status": 202} for got in told["sent"].values())
                same(f"{name}, mails in the tenant", state(access).count("From a foreign client"), accepted)
                agents = {headers.get("SdkVersion") or headers.get("x-client-SKU") or headers.get("User-Agent") for _, _, headers in seen}
                check(f"{name}, it was the SDKs who asked", len(agents) >= 2, agents)


# prism between our client and the tenant.


@contextlib.contextmanager
def prism(access):
    """Judges what goes to the tenant (422) and what comes from it (500) by Microsoft's model; gives its address."""
    with open(JUDGE, encoding="utf-8") as file:
        model = json.load(file)
    # The model's paths begin below the version, prism matches whole ones.
    model["paths"] = {"/v1.0" + path: item for path, item in model["paths"].items()}
    model.pop("servers", None)
    (SCRATCH / "judge.json").write_text(json.dumps(model))
    port = free_port()
    program = pathlib.Path(NODE) / "node_modules/@stoplight/prism-cli/dist/index.js"
    log = open(SCRATCH / "prism.log", "wb")
    server = subprocess.Popen(
        ["node", str(program), "proxy", str(SCRATCH / "judge.json"), access["graph_url"], "-p", str(port), "--errors"],
        stdout=log, stderr=log, env=clean_environment(), cwd=NODE,
    )
    try:
        for _ in range(300):
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            time.sleep(0.2)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()
        log.close()


def command_line(access, graph, *arguments):
    command = [CLI, *arguments, "--tenant-id", access["tenant_id"], "--client-id", access["client_id"]]
    command += ["--login-url", access["login_url"], "--graph-url", graph, "--proxy", "none", "--timeout", "30"]
    environment = clean_environment(EXCHANGE365_CLIENT_SECRET=access["client_secret"])
    return subprocess.run(command, env=environment, cwd=SCRATCH, capture_output=True, text=True, timeout=300)


def judged(access, graph):
    """Status of a request that the model does not allow: the judge must be awake."""
    token = urllib.request.Request(
        f"{access['login_url']}/{access['tenant_id']}/oauth2/v2.0/token",
        data=urllib.parse.urlencode(
            {"grant_type": "client_credentials", "client_id": access["client_id"], "client_secret": access["client_secret"],
             "scope": "https://graph.microsoft.com/.default"}
        ).encode(),
    )
    with urllib.request.urlopen(token, timeout=10) as reply:
        bearer = json.load(reply)["access_token"]
    body = {"message": {"subject": 7, "toRecipients": "nobody"}}
    headers = {"Authorization": f"Bearer {bearer}", "Content-Type": "application/json"}
    url = f"{graph}/v1.0/users/{access['permitted'][0]}/sendMail"
    try:
        urllib.request.urlopen(urllib.request.Request(url, json.dumps(body).encode(), headers), timeout=20)
    except urllib.error.HTTPError as err:
        return err.code
    return 200


def requests_by_prism():
    for scenario, code in (("restricted-aap", 0), ("restricted-rbac", 0), ("unfenced-trainee", 1)):
        with demo(scenario) as access, prism(access) as graph:
            same(f"prism, {scenario}: it judges", judged(access, graph), 422)
            senders = [part for option, key in (("--permitted", "permitted"), ("--forbidden", "forbidden"))
                       for address in access[key] for part in (option, address)]
            done = command_line(access, graph, "verify", *senders, "--to", access["recipient"], "--format", "json")
            same(f"prism, {scenario}: verify", done.returncode, code)
            told = json.loads(done.stdout or "{}")
            statuses = {sender["address"]: sender["http_status"] for sender in told.get("senders", [])}
            same(f"prism, {scenario}: everybody was asked", sorted(statuses), sorted(access["permitted"] + access["forbidden"]))
            check(f"prism, {scenario}: no request and no answer was faulted", not {422, 500, 404} & set(statuses.values()), statuses)
            (SCRATCH / "mailboxes.txt").write_text("\n".join(access["permitted"] + access["forbidden"] + [access["recipient"]]))
            whom = ["--directory"] if scenario == "unfenced-trainee" else ["--mailboxes", str(SCRATCH / "mailboxes.txt")]
            done = command_line(access, graph, "sweep", *senders, "--to", access["recipient"], "--format", "json", *whom)
            rows = json.loads(done.stdout or "{}").get("mailboxes", [])
            statuses = {row.get("http_status") for row in rows}
            check(f"prism, {scenario}: sweep", done.returncode in (0, 1, 3) and rows and not {422, 500, 404} & statuses, done.stdout[-900:] + done.stderr[-900:])
        log = (SCRATCH / "prism.log").read_text()
        check(f"prism, {scenario}: mails went through it", log.count("sendMail has returned") >= 4, log[-400:])
        faults = [line for line in log.splitlines() if "violation" in line.lower() and "sendMail" not in line]
        same(f"prism, {scenario}: no violation but the planted one", faults, [])


def main():
    certificates = fronts.Certificates(SCRATCH / "certificates")
    if VENV or NODE:
        foreign_clients(certificates)
    if NODE and JUDGE:
        requests_by_prism()
    print(f"{tally[True]} passed, {tally[False]} failed")
    return 1 if tally[False] else 0


if __name__ == "__main__":
    sys.exit(main())
