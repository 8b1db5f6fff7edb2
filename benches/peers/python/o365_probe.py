"""O365: one message.send() per mailbox. Usage: o365_probe.py GRAPH-URL LIST CONCURRENCY."""

import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import requests
from O365 import Account, MSGraphProtocol

URL, NAMES, CONCURRENCY = sys.argv[1], open(sys.argv[2]).read().split(), int(sys.argv[3])
PLACE = threading.local()


def account():
    """One account per thread: its session is not made to be shared."""
    if not hasattr(PLACE, "account"):
        protocol = MSGraphProtocol()
        protocol.service_url = URL + "/v1.0/"
        made = Account(("client", "secret"), auth_flow_type="credentials", tenant_id="tenant", protocol=protocol)
        made.con.session = made.con.get_session(load_token=False)
        made.con.session.headers["Authorization"] = "Bearer " + os.environ["BENCH_TOKEN"]
        # The sign-in is not what is measured, and only https is taken for it.
        made.con.refresh_token = lambda: True
        PLACE.account = made
    return PLACE.account


def ask(name):
    try:
        message = account().mailbox(resource=name).new_message()
        message.subject = "Access probe, never sent"
        message.body_type = "Text"
        message.body = "probe"
        sent = message.send(save_to_sent_folder=False)
        return name, 202 if sent else 0, ""
    except requests.exceptions.HTTPError as err:
        reply = err.response
        try:
            code = reply.json()["error"]["code"]
        except Exception:
            code = ""
        return name, reply.status_code, code
    except Exception as err:
        return name, 0, type(err).__name__


with ThreadPoolExecutor(CONCURRENCY) as pool:
    for line in pool.map(ask, NAMES):
        print("\t".join(map(str, line)))
