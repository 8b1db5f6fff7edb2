"""Runs the demo's test in the real window as a screen reader would: by roles and names, over AT-SPI."""

import sys
import time

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi  # noqa: E402

PATIENCE = 30.0


def nodes(node):
    """The node and everything in it."""
    yield node
    for at in range(node.get_child_count()):
        child = node.get_child_at_index(at)
        if child is not None:
            yield from nodes(child)


def program(pid):
    desktop = Atspi.get_desktop(0)
    for at in range(desktop.get_child_count()):
        found = desktop.get_child_at_index(at)
        if found is not None and found.get_process_id() == pid:
            return found
    return None


def wait(what, look):
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            found = look()
        except gi.repository.GLib.Error:
            found = None  # the window changed while it was read
        if found:
            return found
        time.sleep(0.1)
    sys.exit(f"{what} did not come")


def named(app, role, name):
    for node in nodes(app):
        if node.get_role_name() == role and node.get_name() == name:
            return node
    return None


def press(app, name):
    button = wait(f"the button {name}", lambda: named(app, "push button", name))
    button.get_action_iface().do_action(0)


def verdict(app):
    for node in nodes(app):
        name = node.get_name() or ""
        if name.startswith(("PASS", "FAIL", "UNPROVEN")) and ":" in name:
            return name
    return None


def main():
    pid = int(sys.argv[1])
    app = wait("the program", lambda: program(pid))
    press(app, "Run the test")
    press(app, "Send the test mails")
    said = wait("the verdict", lambda: verdict(app))
    everything = list(nodes(app))
    nameless = [
        node.get_role_name()
        for node in everything
        if node.get_role_name() in ("push button", "entry", "text", "check box", "combo box", "page tab")
        and not node.get_name()
    ]
    print(f"{len(everything)} nodes; {said}")
    if nameless:
        sys.exit(f"without a name: {nameless}")
    if not said.startswith("PASS"):
        sys.exit("the fenced demo tenant did not pass")


main()
