"""A tray for tests: watches for status notifier items, lists an item's menu and clicks in it.

tray.py serve          be the StatusNotifierWatcher until killed
tray.py menu           print the labels of the menu of the first item, one a line (submenus indented)
tray.py click LABEL    choose the entry of that label
"""
import sys
import time

import dbus
import dbus.mainloop.glib
import dbus.service
from gi.repository import GLib

WATCHER = "org.kde.StatusNotifierWatcher"
PROPERTIES = "org.freedesktop.DBus.Properties"


class Watcher(dbus.service.Object):
    def __init__(self, bus):
        self.items = []
        self.name = dbus.service.BusName(WATCHER, bus, do_not_queue=True)
        super().__init__(bus, "/StatusNotifierWatcher")

    @dbus.service.method(WATCHER, in_signature="s", sender_keyword="sender")
    def RegisterStatusNotifierItem(self, service, sender=None):
        item = sender + service if service.startswith("/") else service + "/StatusNotifierItem"
        self.items.append(item)
        self.StatusNotifierItemRegistered(item)

    @dbus.service.method(WATCHER, in_signature="s")
    def RegisterStatusNotifierHost(self, service):
        pass

    @dbus.service.signal(WATCHER, signature="s")
    def StatusNotifierItemRegistered(self, item):
        pass

    def properties(self):
        return {
            "RegisteredStatusNotifierItems": dbus.Array(self.items, signature="s"),
            "IsStatusNotifierHostRegistered": True,
            "ProtocolVersion": dbus.Int32(0),
        }

    @dbus.service.method(PROPERTIES, in_signature="ss", out_signature="v")
    def Get(self, _interface, name):
        return self.properties()[name]

    @dbus.service.method(PROPERTIES, in_signature="s", out_signature="a{sv}")
    def GetAll(self, _interface):
        return self.properties()


def serve():
    dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)
    watcher = Watcher(dbus.SessionBus())
    print("ready", flush=True)
    GLib.MainLoop().run()
    del watcher


def menu_of_first_item():
    bus = dbus.SessionBus()
    watcher = bus.get_object(WATCHER, "/StatusNotifierWatcher")
    items = watcher.Get(WATCHER, "RegisteredStatusNotifierItems", dbus_interface=PROPERTIES)
    name, path = str(items[-1]).split("/", 1)
    path = bus.get_object(name, "/" + path).Get("org.kde.StatusNotifierItem", "Menu", dbus_interface=PROPERTIES)
    return dbus.Interface(bus.get_object(name, path), "com.canonical.dbusmenu")


def entries(menu):
    """Number, depth and label of every entry."""

    def walk(node, depth):
        number, properties, children = node
        if "label" in properties:
            yield int(number), depth, str(properties["label"]).replace("_", "")
        for child in children:
            yield from walk(child, depth + 1)

    return list(walk(menu.GetLayout(0, -1, [])[1], -1))


def main():
    if sys.argv[1] == "serve":
        serve()
    menu = menu_of_first_item()
    if sys.argv[1] == "menu":
        for _number, depth, label in entries(menu):
            print("  " * depth + label)
    elif sys.argv[1] == "click":
        number = next(number for number, _depth, label in entries(menu) if label == sys.argv[2])
        now = dbus.UInt32(int(time.time()) & 0xFFFFFFFF)
        menu.Event(number, "clicked", dbus.String("", variant_level=1), now)


if __name__ == "__main__":
    main()
