#!/usr/bin/env python3
"""RustSec's advisories about the crates of Cargo.lock, kept in this repository for machines that cannot fetch the database.

    .ci/advisories.py --lay FOLDER          lays them out in FOLDER as cargo-deny reads a fetched database
    .ci/advisories.py --take CLONE [DATE]   takes them anew out of a clone of github.com/rustsec/advisory-db

.ci/advisories.jsonl holds in its first line which crates were looked for and up to when, and then one advisory a line: its
facts, not its text. A crate that Cargo.lock gained since then is named, and ends this with code 1: nobody has looked for it.
"""

import datetime, glob, json, os, re, subprocess, sys, tomllib

KEPT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "advisories.jsonl")
# As in .deny.toml.
TARGETS = ("x86_64-unknown-linux-gnu", "x86_64-pc-windows-msvc", "x86_64-pc-windows-gnu")
# What cargo-deny calls the folder of the database at its usual address.
DATABASE = "advisory-db-3157b0e258782691"
# Days after which kept advisories are called old; cargo-deny's own measure.
OLD = 90


def crates():
    """Every crate from the registry that a build for one of our targets takes, tests and build scripts included."""
    names = set()
    for target in TARGETS:
        command = ["cargo", "tree", "--locked", "--target", target, "--edges", "normal,build,dev", "--prefix", "none", "--format", "{p}"]
        for line in subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines():
            # Our own package says where it lies.
            if line.strip() and "(/" not in line:
                names.add(line.split()[0])
    return names


def take(clone, day):
    kept = []
    names = crates()
    for path in glob.glob(os.path.join(glob.escape(clone), "crates", "*", "RUSTSEC-*.md")):
        if os.path.basename(os.path.dirname(path)) not in names:
            continue
        with open(path, encoding="utf-8") as file:
            found = re.match(r"\s*```toml\n(.*?)\n```", file.read(), re.DOTALL)
        advisory = tomllib.loads(found.group(1))
        facts = advisory["advisory"]
        if facts["id"] == "RUSTSEC-0000-0000":
            continue
        line = {name: facts[name] for name in ("id", "package", "date", "url", "informational", "withdrawn") if name in facts}
        for name in ("patched", "unaffected"):
            line[name] = advisory.get("versions", {}).get(name, [])
        kept.append(line)
    kept.sort(key=lambda line: (line["package"], line["id"]))
    head = {"database": "https://github.com/rustsec/advisory-db (CC0-1.0)", "as_of": day, "crates": sorted(names)}
    with open(KEPT + ".new", "w", encoding="utf-8") as file:
        for line in (head, *kept):
            file.write(json.dumps(line, ensure_ascii=False, default=str) + "\n")
    os.replace(KEPT + ".new", KEPT)
    print(f"{len(kept)} advisories about {len(names)} crates, as of {day}")


def lay(folder):
    with open(KEPT, encoding="utf-8") as file:
        head, *kept = (json.loads(line) for line in file)
    new = crates() - set(head["crates"])
    if new:
        print(f"nobody has looked for advisories about {', '.join(sorted(new))}: .ci/advisories.py --take CLONE")
        return 1
    database = os.path.join(folder, DATABASE)
    for line in kept:
        place = os.path.join(database, "crates", line["package"])
        os.makedirs(place, exist_ok=True)
        versions = {name: line.pop(name) for name in ("patched", "unaffected")}
        with open(os.path.join(place, line["id"] + ".md"), "w", encoding="utf-8") as file:
            file.write("```toml\n[advisory]\n")
            # JSON's strings and lists of them are TOML's as well.
            file.writelines(f"{name} = {json.dumps(value)}\n" for name, value in line.items())
            file.write("\n[versions]\n")
            file.writelines(f"{name} = {json.dumps(value)}\n" for name, value in versions.items())
            file.write(f"```\n\n# {line['id']}\n\nSee https://rustsec.org/advisories/{line['id']}.html\n")
    # Where cargo-deny looks when a database was fetched. It would refuse an old one altogether; an old one is better than
    # none, so its age is said here.
    fetched = os.path.join(database, ".git", "FETCH_HEAD")
    os.makedirs(os.path.dirname(fetched), exist_ok=True)
    open(fetched, "w").close()
    age = (datetime.date.today() - datetime.date.fromisoformat(head["as_of"])).days
    if age > OLD:
        print(f"SKIPPED: advisories of the last {age} days were not looked for (.ci/advisories.py --take CLONE)")
    print(f"{len(kept)} advisories about {len(head['crates'])} crates, as of {head['as_of']}")
    return 0


if __name__ == "__main__":
    if len(sys.argv) == 3 and sys.argv[1] == "--lay":
        sys.exit(lay(sys.argv[2]))
    elif len(sys.argv) in (3, 4) and sys.argv[1] == "--take":
        take(sys.argv[2], sys.argv[3] if len(sys.argv) == 4 else datetime.date.today().isoformat())
    else:
        sys.exit(__doc__)
