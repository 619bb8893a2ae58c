//! Displays of an X server that has but one screen: RandR lets it be split.

use x11rb::connection::Connection;
use x11rb::protocol::randr::{ConnectionExt as _, MonitorInfo};
use x11rb::protocol::xproto::ConnectionExt as _;

/// How wide the left one of two displays is, in pixels.
pub const LEFT: u16 = 700;

/// Makes two displays of the one.
pub fn split(display: &str) {
    let (server, screen) = x11rb::connect(Some(display)).unwrap();
    let screen = &server.setup().roots[screen];
    let (width, height) = (screen.width_in_pixels, screen.height_in_pixels);
    let output = server.randr_get_screen_resources_current(screen.root).unwrap().reply().unwrap().outputs[0];
    for (name, x, width, outputs) in [("left", 0, LEFT, vec![output]), ("right", LEFT, width - LEFT, vec![])] {
        let monitor = MonitorInfo {
            name: server.intern_atom(false, name.as_bytes()).unwrap().reply().unwrap().atom,
            primary: x == 0,
            automatic: false,
            x: i16::try_from(x).unwrap(),
            y: 0,
            width,
            height,
            width_in_millimeters: u32::from(width) / 4,
            height_in_millimeters: u32::from(height) / 4,
            outputs,
        };
        server.randr_set_monitor(screen.root, monitor).unwrap().check().unwrap();
    }
}
