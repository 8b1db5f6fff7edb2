#!/bin/sh
# Counterparts that are not ours on the other side: Microsoft's Python and Node clients (MSAL, Graph SDKs) use our demo
# tenant over TLS, and prism judges our requests and the tenant's answers by Microsoft's own model of Graph.
# Everything is installed below target/foreign-clients; nothing but loopback is called by the check itself. The last
# line is `N passed, N failed`; a line beginning with SKIPPED says what is missing.
#
#   tests/foreign/clients.sh        builds the command line first
#   EXCHANGE365_CLI=… clients.sh    takes this program instead
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
target=${CARGO_TARGET_DIR:-$root/target}
scratch=$target/foreign-clients

skip() {
    echo "SKIPPED: $1"
    echo "0 passed, 0 failed"
    exit 0
}

command -v python3 >/dev/null 2>&1 || skip "python3 is needed to run the checks"
command -v openssl >/dev/null 2>&1 || skip "openssl is needed: MSAL takes no plain http"
mkdir -p "$scratch"

node=
if command -v node >/dev/null 2>&1 && command -v npm >/dev/null 2>&1 && [ "$(node -p 'process.versions.node.split(".")[0]')" -ge 20 ]; then
    if ! cmp -s "$here/clients/package-lock.json" "$scratch/package-lock.json" || [ ! -f "$scratch/installed" ]; then
        rm -f "$scratch/installed"
        cp "$here/clients/package.json" "$here/clients/package-lock.json" "$scratch/"
        if (cd "$scratch" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >npm.log 2>&1); then
            touch "$scratch/installed"
        fi
    fi
    [ ! -f "$scratch/installed" ] || node=$scratch
fi
[ -n "$node" ] || echo "SKIPPED: msal-node, microsoft-graph-client and prism (node 20, npm and its registry are needed)"

venv=
if ! cmp -s "$here/clients/requirements.txt" "$scratch/venv/requirements.txt"; then
    rm -rf "$scratch/venv"
    if python3 -m venv "$scratch/venv" >"$scratch/venv.log" 2>&1 &&
        "$scratch/venv/bin/pip" install --quiet --disable-pip-version-check -r "$here/clients/requirements.txt" >>"$scratch/venv.log" 2>&1; then
        cp "$here/clients/requirements.txt" "$scratch/venv/"
    fi
fi
[ ! -f "$scratch/venv/requirements.txt" ] || venv=$scratch/venv/bin/python
[ -n "$venv" ] || echo "SKIPPED: msal and msgraph-sdk for Python (venv, pip and its registry are needed)"

judge=
for folder in "$root/../shared/data" "$root/../../shared/data"; do
    [ -n "$judge" ] || [ ! -f "$folder/graph-judge.openapi.json" ] || judge=$folder/graph-judge.openapi.json
done
[ -n "$judge" ] || echo "SKIPPED: prism (Microsoft's model of Graph, graph-judge.openapi.json, is not beside the project)"

if [ -z "${EXCHANGE365_CLI:-}" ]; then
    (cd "$root" && cargo build --quiet --locked --bin exchange365-cli)
    EXCHANGE365_CLI=$target/debug/exchange365-cli
fi

exec python3 "$here/clients/checks.py" "$EXCHANGE365_CLI" "$scratch" "$node" "$venv" "$judge"
