"""Drags files from a window of its own onto a point of the screen, as a file browser would (XDND).

drag.py SOURCE_X SOURCE_Y TARGET_X TARGET_Y FILE...
"""
import pathlib
import subprocess
import sys

import gi

gi.require_version("Gtk", "3.0")
gi.require_version("Gdk", "3.0")
from gi.repository import Gdk, GLib, Gtk  # noqa: E402

STEPS = 25


def main():
    source_x, source_y, target_x, target_y = map(int, sys.argv[1:5])
    uris = [pathlib.Path(path).resolve().as_uri() for path in sys.argv[5:]]
    window = Gtk.Window(title="source of a drag")
    window.set_default_size(120, 80)
    window.set_keep_above(True)
    area = Gtk.EventBox()
    area.add(Gtk.Label(label="drag"))
    window.add(area)
    area.drag_source_set(Gdk.ModifierType.BUTTON1_MASK, [], Gdk.DragAction.COPY)
    area.drag_source_add_uri_targets()
    area.connect("drag-data-get", lambda _w, _c, data, _i, _t: data.set_uris(uris))
    area.connect("drag-end", lambda _w, _c: Gtk.main_quit())
    window.connect("map-event", lambda _w, _e: GLib.timeout_add(300, start, source_x, source_y, target_x, target_y))
    window.show_all()
    window.move(source_x, source_y)
    GLib.timeout_add_seconds(60, Gtk.main_quit)
    Gtk.main()


def start(source_x, source_y, target_x, target_y):
    """Moves the pointer from another process: GTK must answer the X server while the drag goes on."""
    at_x, at_y = source_x + 60, source_y + 40
    moves = ["mousemove", at_x, at_y, "sleep", "0.2", "mousedown", 1, "sleep", "0.1"]
    for step in range(1, STEPS + 1):
        x = at_x + (target_x - at_x) * step // STEPS
        y = at_y + (target_y - at_y) * step // STEPS
        moves += ["mousemove", x, y, "sleep", "0.03"]
    # The target answers a motion, so the last one is made twice before the button goes up.
    moves += ["sleep", "0.3", "mousemove", target_x + 3, target_y, "sleep", "0.3", "mouseup", 1]
    subprocess.Popen(["xdotool", *map(str, moves)])
    return False


if __name__ == "__main__":
    main()
