#!/bin/sh
# The HTML report in a browser nobody here wrote: a hostile tenant (markup, scripts, right-to-left tricks in every text a
# server can send) is tested, and Chromium shows and prints what came of it. Nothing but loopback is called. The last
# line is `N passed, N failed`; a line beginning with SKIPPED says what is missing.
#
#   tests/foreign/report.sh            builds the command line first
#   EXCHANGE365_CLI=… report.sh        takes this program instead
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
target=${CARGO_TARGET_DIR:-$root/target}

skip() {
    echo "SKIPPED: $1"
    echo "0 passed, 0 failed"
    exit 0
}

command -v python3 >/dev/null 2>&1 || skip "python3 is needed to run the checks"
browser=
for name in chromium chromium-browser google-chrome; do
    [ -n "$browser" ] || browser=$(command -v "$name" || true)
done
[ -n "$browser" ] || skip "Chromium is needed to show the report"

if [ -z "${EXCHANGE365_CLI:-}" ]; then
    (cd "$root" && cargo build --quiet --locked --bin exchange365-cli)
    EXCHANGE365_CLI=$target/debug/exchange365-cli
fi
rm -rf "$target/report-in-browser"
mkdir -p "$target/report-in-browser"
exec python3 "$here/report.py" "$EXCHANGE365_CLI" "$target/report-in-browser" "$browser"
