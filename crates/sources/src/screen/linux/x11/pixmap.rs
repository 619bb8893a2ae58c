//! Pixels of a window or pixmap of an X server.

use super::pixels::{Colours, Format};
use super::server::Server;
use crate::screen::{Error, Picture, Point, Rect, Result};
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{
    Colormap, ConnectionExt as _, Drawable, ImageFormat, ImageOrder, VisualClass, Visualid, Visualtype,
};

/// How much is fetched at once: no answer is so long that another program waits for it, or that it is late.
const STRIP_BYTES: usize = 4 << 20;

/// Something with pixels, and how to read them.
#[derive(Debug, Clone, Copy)]
pub struct Source {
    pub drawable: Drawable,
    pub depth: u8,
    pub visual: Visualid,
    pub colormap: Colormap,
}

impl Source {
    /// The screen, as a person sees it.
    pub fn root(server: &Server) -> Self {
        let screen = &server.wire.setup().roots[server.screen];
        Source {
            drawable: screen.root,
            depth: screen.root_depth,
            visual: screen.root_visual,
            colormap: screen.default_colormap,
        }
    }
}

/// Reads `part` of a source, which it must have, into a picture, with its corner at `at`.
pub fn read(server: &Server, source: Source, part: Rect, picture: &mut Picture, at: Point) -> Result<()> {
    let format = format(server, source)?;
    let row_bytes = format.row_bytes(part.width).ok_or_else(|| strange(source.depth))?;
    let strip = u32::try_from((STRIP_BYTES / row_bytes.max(1)).max(1)).unwrap_or(u32::MAX);
    let mut done = 0;
    while done < part.height {
        let height = strip.min(part.height - done);
        let rows = strip_of(server, source, Rect { y: below(part.y, done), height, ..part })?;
        let rgba = format.rgba(part.width, height, &rows).ok_or_else(|| strange(source.depth))?;
        picture.put(Point { x: at.x, y: below(at.y, done) }, part.width, &rgba);
        done += height;
    }
    Ok(())
}

fn below(y: i32, rows: u32) -> i32 {
    y.saturating_add_unsigned(rows)
}

fn strip_of(server: &Server, source: Source, part: Rect) -> Result<Vec<u8>> {
    let large = || Error::TooLarge { width: part.width, height: part.height };
    let (x, y) = (i16::try_from(part.x).map_err(|_| large())?, i16::try_from(part.y).map_err(|_| large())?);
    let width = u16::try_from(part.width).map_err(|_| large())?;
    let height = u16::try_from(part.height).map_err(|_| large())?;
    let wire = &server.wire;
    let all_planes = u32::MAX;
    Ok(wire.get_image(ImageFormat::Z_PIXMAP, source.drawable, x, y, width, height, all_planes)?.reply()?.data)
}

fn format(server: &Server, source: Source) -> Result<Format> {
    let setup = server.wire.setup();
    let layout = setup.pixmap_formats.iter().find(|format| format.depth == source.depth);
    let layout = layout.ok_or_else(|| strange(source.depth))?;
    let visuals = setup.roots[server.screen].allowed_depths.iter().flat_map(|depth| &depth.visuals);
    let visual = visuals.into_iter().find(|visual| visual.visual_id == source.visual);
    Ok(Format {
        bits_per_pixel: layout.bits_per_pixel,
        row_pad: layout.scanline_pad,
        big_endian: setup.image_byte_order == ImageOrder::MSB_FIRST,
        colours: colours(server, visual.ok_or_else(|| strange(source.depth))?, source.colormap)?,
    })
}

fn colours(server: &Server, visual: &Visualtype, colormap: Colormap) -> Result<Colours> {
    // A direct visual's colours could each be changed too; but then only for colour correction, which no reader needs.
    if [VisualClass::TRUE_COLOR, VisualClass::DIRECT_COLOR].contains(&visual.class) {
        return Ok(Colours::Masks([visual.red_mask, visual.green_mask, visual.blue_mask]));
    }
    let every: Vec<u32> = (0..u32::from(visual.colormap_entries)).collect();
    let told = server.wire.query_colors(colormap, &every)?.reply()?.colors;
    let high_byte = |channel: u16| channel.to_be_bytes()[0];
    Ok(Colours::Palette(told.iter().map(|c| [c.red, c.green, c.blue].map(high_byte)).collect()))
}

fn strange(depth: u8) -> Error {
    Error::Server(format!("its pixels are in a format that is not known (depth {depth})"))
}
