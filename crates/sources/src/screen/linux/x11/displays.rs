//! The displays of an X server.

use super::server::Server;
use crate::screen::{Display, Rect, Result};
use x11rb::protocol::randr::{self, ConnectionExt as _};
use x11rb::protocol::xproto::{AtomEnum, ConnectionExt as _};

/// The dots per inch that are a scale of 1.
const DPI_OF_ONE: f64 = 96.0;

/// The displays, or the whole screen as one where the server tells no more. Of several that show the same, the first.
pub fn all(server: &Server) -> Result<Vec<Display>> {
    let mut found = monitors(server)?;
    found.retain(|(_, bounds, _)| !bounds.is_empty());
    if found.is_empty() {
        found.push(("screen".to_owned(), whole(server)?, true));
    }
    let scale = scale(server)?;
    let mut displays: Vec<Display> = Vec::new();
    for (name, bounds, primary) in found {
        match displays.iter_mut().find(|display| display.bounds == bounds) {
            Some(same) => same.primary |= primary,
            None => displays.push(Display { name, bounds, scale, primary }),
        }
    }
    Ok(displays)
}

/// The whole screen.
pub fn whole(server: &Server) -> Result<Rect> {
    // Not from the setup: the screen may have grown since.
    let root = server.wire.get_geometry(server.root())?.reply()?;
    Ok(Rect::new(0, 0, root.width.into(), root.height.into()))
}

type Found = (String, Rect, bool);

/// As RandR 1.5 tells them: that is what the person set up, and large displays of several panels are one.
fn monitors(server: &Server) -> Result<Vec<Found>> {
    if !server.has(randr::X11_EXTENSION_NAME)? {
        return Ok(Vec::new());
    }
    let version = server.wire.randr_query_version(1, 5)?.reply()?;
    if (version.major_version, version.minor_version) < (1, 5) {
        return Ok(Vec::new());
    }
    let told = server.wire.randr_get_monitors(server.root(), true)?.reply()?;
    let named = |monitor: &randr::MonitorInfo| -> Result<Found> {
        let name = server.wire.get_atom_name(monitor.name)?.reply()?.name;
        let bounds = Rect::new(monitor.x.into(), monitor.y.into(), monitor.width.into(), monitor.height.into());
        Ok((String::from_utf8_lossy(&name).into_owned(), bounds, monitor.primary))
    };
    told.monitors.iter().map(named).collect()
}

/// What the person or the desktop set for all displays: X11 knows no scale of a single one.
fn scale(server: &Server) -> Result<f64> {
    let resources = server.bytes(server.root(), AtomEnum::RESOURCE_MANAGER.into())?;
    Ok(scale_in(&String::from_utf8_lossy(&resources)))
}

fn scale_in(resources: &str) -> f64 {
    let named = resources.lines().filter_map(|line| line.split_once(':')).find(|(name, _)| name.trim() == "Xft.dpi");
    let dpi = named.and_then(|(_, value)| value.trim().parse::<f64>().ok());
    // What is far off says nothing of a display.
    dpi.filter(|dpi| (48.0..=960.0).contains(dpi)).map_or(1.0, |dpi| dpi / DPI_OF_ONE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scale_is_what_the_fonts_are_set_to() {
        let check = |resources: &str, expected: f64| {
            assert!((scale_in(resources) - expected).abs() < f64::EPSILON, "{resources:?}");
        };
        check("", 1.0);
        check("Xft.antialias:\t1\nXft.dpi:\t192\n", 2.0);
        check("Xft.dpi: 144", 1.5);
        check("*Xft.dpi: 144", 1.0);
        check("Xft.dpi: much", 1.0);
        check("Xft.dpi: 0", 1.0);
        check("Xft.dpi: inf", 1.0);
    }
}
