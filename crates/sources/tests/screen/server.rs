//! An X server of a test's own, and something to see on it.

use legible_sources::screen::limits::Patience;
use legible_sources::screen::{Picture, Rect, Screen, Session};
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use x11rb::connection::Connection;
use x11rb::protocol::randr::{ConnectionExt as _, MonitorInfo};
use x11rb::protocol::xproto::{
    Atom, AtomEnum, ChangeGCAux, ConnectionExt as _, CreateGCAux, CreateWindowAux, PropMode, Rectangle, Window,
    WindowClass,
};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

pub type Colour = [u8; 3];

pub const RED: Colour = [255, 0, 0];
pub const GREEN: Colour = [0, 255, 0];
pub const BLUE: Colour = [0, 0, 255];
pub const ODD: Colour = [1, 130, 254];
pub const GREY: Colour = [90, 90, 90];

/// Nobody listens there, whatever bus this machine has.
pub const NO_BUS: &str = "unix:path=/nonexistent/bus";

/// Long enough for a busy machine.
pub const PATIENCE: Patience = Patience {
    server: Duration::from_secs(30),
    call: Duration::from_secs(30),
    picture: Duration::from_secs(30),
    person: Duration::from_secs(30),
};

/// An X server; it ends with this.
pub struct Server {
    process: Child,
    pub display: String,
    pub wire: RustConnection,
}

impl Server {
    /// A server with one screen of this size and depth, such as `640x480x24`. `None`, said loudly, where there is no Xvfb.
    pub fn start(screen: &str) -> Option<Self> {
        Self::with(&["-screen", "0", screen])
    }

    /// A server with these arguments.
    pub fn with(arguments: &[&str]) -> Option<Self> {
        let mut command = Command::new("Xvfb");
        command.args(["-displayfd", "1", "-nolisten", "tcp"]).args(arguments);
        let started = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
        let Ok(mut process) = started else {
            eprintln!("SKIPPED: needs Xvfb; `cargo xtask test` installs it");
            return None;
        };
        // It says its number once it listens.
        let mut number = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut number).unwrap();
        let display = format!(":{}", number.trim());
        let (wire, _) = RustConnection::connect(Some(&display)).unwrap();
        Some(Server { process, display, wire })
    }

    /// Its screen, as Legible sees it.
    pub fn screen(&self) -> Screen {
        Screen::of(self.session())
    }

    pub fn session(&self) -> Session {
        Session {
            display: Some(self.display.clone()),
            bus: Some(NO_BUS.to_owned()),
            patience: PATIENCE,
            ..Session::default()
        }
    }

    pub fn root(&self) -> Window {
        self.wire.setup().roots[0].root
    }

    /// Draws a rectangle. The colour must be one that the depth of the screen has.
    pub fn draw(&self, on: Window, rect: Rect, colour: Colour) {
        let gc = self.wire.generate_id().unwrap();
        self.wire.create_gc(gc, on, &CreateGCAux::new()).unwrap();
        self.wire.change_gc(gc, &ChangeGCAux::new().foreground(self.pixel(colour))).unwrap();
        let (x, y) = (rect.x.try_into().unwrap(), rect.y.try_into().unwrap());
        let (width, height) = (rect.width.try_into().unwrap(), rect.height.try_into().unwrap());
        self.wire.poly_fill_rectangle(on, gc, &[Rectangle { x, y, width, height }]).unwrap();
        self.wire.free_gc(gc).unwrap();
        self.done();
    }

    /// Opens a window of one colour, of the program `Paper` by this title.
    pub fn open(&self, bounds: Rect, title: &str, colour: Colour) -> Window {
        let window = self.wire.generate_id().unwrap();
        let (x, y) = (bounds.x.try_into().unwrap(), bounds.y.try_into().unwrap());
        let (width, height) = (bounds.width.try_into().unwrap(), bounds.height.try_into().unwrap());
        let look = CreateWindowAux::new().background_pixel(self.pixel(colour));
        let class = WindowClass::INPUT_OUTPUT;
        let wire = &self.wire;
        wire.create_window(0, window, self.root(), x, y, width, height, 0, class, 0, &look).unwrap().check().unwrap();
        self.tell_text(window, AtomEnum::WM_CLASS.into(), b"paper\0Paper\0");
        self.tell_text(window, self.atom("_NET_WM_NAME"), title.as_bytes());
        wire.map_window(window).unwrap();
        self.done();
        window
    }

    /// Tells numbers in a property, as a window manager does.
    pub fn tell(&self, on: Window, property: &str, kind: AtomEnum, numbers: &[u32]) {
        let property = self.atom(property);
        self.wire.change_property32(PropMode::REPLACE, on, property, kind, numbers).unwrap();
        self.done();
    }

    pub fn tell_text(&self, on: Window, property: Atom, text: &[u8]) {
        self.wire.change_property8(PropMode::REPLACE, on, property, AtomEnum::STRING, text).unwrap();
        self.done();
    }

    pub fn atom(&self, name: &str) -> Atom {
        self.wire.intern_atom(false, name.as_bytes()).unwrap().reply().unwrap().atom
    }

    /// Divides the screen into displays.
    pub fn divide(&self, displays: &[(&str, Rect)]) {
        let outputs = self.wire.randr_get_screen_resources_current(self.root()).unwrap().reply().unwrap().outputs;
        for (index, (name, bounds)) in displays.iter().enumerate() {
            let monitor = MonitorInfo {
                name: self.atom(name),
                primary: index == 0,
                automatic: false,
                x: bounds.x.try_into().unwrap(),
                y: bounds.y.try_into().unwrap(),
                width: bounds.width.try_into().unwrap(),
                height: bounds.height.try_into().unwrap(),
                width_in_millimeters: 300,
                height_in_millimeters: 200,
                // The display that has the output takes the place of the one that the server makes of it.
                outputs: if index == 0 { outputs.clone() } else { Vec::new() },
            };
            self.wire.randr_set_monitor(self.root(), monitor).unwrap().check().unwrap();
        }
    }

    /// Moves the pointer.
    pub fn point_at(&self, x: i16, y: i16) {
        self.wire.warp_pointer(x11rb::NONE, self.root(), 0, 0, 0, 0, x, y).unwrap();
        self.done();
    }

    /// Waits until the server has done all that was asked.
    pub fn done(&self) {
        self.wire.get_input_focus().unwrap().reply().unwrap();
    }

    fn pixel(&self, [red, green, blue]: Colour) -> u32 {
        let [red, green, blue] = [red, green, blue].map(u32::from);
        match self.wire.setup().roots[0].root_depth {
            16 => red >> 3 << 11 | green >> 2 << 5 | blue >> 3,
            24 => red << 16 | green << 8 | blue,
            depth => panic!("no colours are known for depth {depth}"),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Fails only when it has ended.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The pixel of a picture at this place of the desktop; `None` where it is transparent.
pub fn at(picture: &Picture, x: i32, y: i32) -> Option<Colour> {
    let bounds = picture.bounds.unwrap_or(Rect::new(0, 0, picture.width, picture.height));
    let (column, row) = (usize::try_from(x - bounds.x).unwrap(), usize::try_from(y - bounds.y).unwrap());
    let from = (row * picture.width as usize + column) * 4;
    let pixel = &picture.rgba[from..from + 4];
    (pixel[3] != 0).then(|| [pixel[0], pixel[1], pixel[2]])
}

/// All pixels of this part of the desktop are of one colour, and those around it within the picture are not.
#[track_caller]
pub fn assert_exactly(picture: &Picture, part: Rect, colour: Colour) {
    let bounds = picture.bounds.unwrap_or(Rect::new(0, 0, picture.width, picture.height));
    let (right, lower) = (part.x + part.width as i32, part.y + part.height as i32);
    for y in part.y - 1..=lower {
        for x in part.x - 1..=right {
            let inside = (part.x..right).contains(&x) && (part.y..lower).contains(&y);
            let shown = bounds.contains(legible_sources::screen::Point { x, y });
            assert!(shown || !inside, "{part} is not all in the picture of {bounds}");
            if shown {
                assert_eq!(at(picture, x, y) == Some(colour), inside, "{x},{y}: {:?}", at(picture, x, y));
            }
        }
    }
}
