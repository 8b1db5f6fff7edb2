#!/bin/sh
# Runs exchange365-cli against servers that are not ours: oidc-provider (npm) for the token, a scripted Graph in
# Python for the mail. Everything is installed below target/foreign; nothing but loopback is called by the check
# itself. The last line is `N passed, N failed`; a line beginning with SKIPPED says what is missing.
#
#   tests/foreign/run.sh            builds the command line first
#   EXCHANGE365_CLI=… run.sh        takes this program instead
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
target=${CARGO_TARGET_DIR:-$root/target}
scratch=$target/foreign

skip() {
    echo "SKIPPED: $1"
    echo "0 passed, 0 failed"
    exit 0
}

command -v node >/dev/null 2>&1 && command -v npm >/dev/null 2>&1 || skip "node and npm are needed for the token server"
[ "$(node -p 'process.versions.node.split(".")[0]')" -ge 20 ] || skip "node 20 or newer is needed, this is $(node --version)"
command -v python3 >/dev/null 2>&1 || skip "python3 is needed for the Graph server"

mkdir -p "$scratch"
if ! cmp -s "$here/package-lock.json" "$scratch/package-lock.json" || [ ! -f "$scratch/installed" ]; then
    rm -f "$scratch/installed"
    cp "$here/package.json" "$here/package-lock.json" "$scratch/"
    (cd "$scratch" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >npm.log 2>&1) ||
        skip "npm ci did not succeed, see $scratch/npm.log"
    touch "$scratch/installed"
fi

# Microsoft's model of a sendMail body lies beside the project, and needs one package from PyPI to be asked.
python=python3
schema=
for folder in "$root/../shared/data" "$root/../../shared/data"; do
    [ -n "$schema" ] || [ ! -f "$folder/sendmail-body.schema.json" ] || schema=$folder/sendmail-body.schema.json
done
if [ -n "$schema" ]; then
    if ! cmp -s "$here/requirements.txt" "$scratch/venv/requirements.txt"; then
        rm -rf "$scratch/venv"
        if python3 -m venv "$scratch/venv" >"$scratch/venv.log" 2>&1 &&
            "$scratch/venv/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt" >>"$scratch/venv.log" 2>&1; then
            cp "$here/requirements.txt" "$scratch/venv/"
        fi
    fi
    if [ -f "$scratch/venv/requirements.txt" ]; then
        python=$scratch/venv/bin/python
    else
        schema=
    fi
fi

if [ -z "${EXCHANGE365_CLI:-}" ]; then
    (cd "$root" && cargo build --quiet --bin exchange365-cli)
    EXCHANGE365_CLI=$target/debug/exchange365-cli
fi

exec "$python" "$here/checks.py" "$EXCHANGE365_CLI" "$scratch" "$schema"
