//! A program that copies as others do not: with a hint that it is secret, as files, or without ever handing anything over.

use crate::program::wait_for;
use std::sync::{Arc, Mutex};
use x11rb::connection::Connection;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{
    Atom, AtomEnum, ConnectionExt as _, CreateWindowAux, EventMask, PropMode, SELECTION_NOTIFY_EVENT,
    SelectionNotifyEvent, SelectionRequestEvent, Window, WindowClass,
};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

/// What was copied; it is offered until another program copies.
pub struct Copied {
    asked: Arc<Mutex<Vec<String>>>,
}

impl Copied {
    /// Waits until somebody asks for this; returns all that was asked for.
    pub fn asked(&self, kind: &str) -> Vec<String> {
        let asked = || self.asked.lock().unwrap().clone();
        wait_for(&format!("somebody asks for {kind}"), || asked().contains(&kind.to_owned()).then_some(()));
        asked()
    }
}

/// Puts bytes on the clipboard, offered as these types. A program that is mute never answers.
pub fn copy(display: &str, types: &[&str], bytes: Vec<u8>, mute: bool) -> Copied {
    let (server, screen) = x11rb::connect(Some(display)).unwrap();
    let root = server.setup().roots[screen].root;
    let window = server.generate_id().unwrap();
    let none = CreateWindowAux::new();
    server.create_window(0, window, root, 0, 0, 1, 1, 0, WindowClass::INPUT_ONLY, 0, &none).unwrap();
    let atom = |name: &str| server.intern_atom(false, name.as_bytes()).unwrap().reply().unwrap().atom;
    let offered: Vec<Atom> = types.iter().map(|name| atom(name)).collect();
    let asked = Arc::default();
    let owner = Owner { targets: atom("TARGETS"), offered, bytes, mute, asked: Arc::clone(&asked) };
    server.set_selection_owner(window, atom("CLIPBOARD"), x11rb::CURRENT_TIME).unwrap().check().unwrap();
    std::thread::spawn(move || owner.serve(&server, window));
    Copied { asked }
}

struct Owner {
    targets: Atom,
    offered: Vec<Atom>,
    bytes: Vec<u8>,
    mute: bool,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Owner {
    /// Answers until another program copies, or the desktop is gone.
    fn serve(self, server: &RustConnection, window: Window) {
        while let Ok(event) = server.wait_for_event() {
            match event {
                Event::SelectionRequest(request) if request.owner == window => {
                    let name = server.get_atom_name(request.target).unwrap().reply().unwrap().name;
                    if !self.mute {
                        self.answer(server, &request);
                    }
                    self.asked.lock().unwrap().push(String::from_utf8(name).unwrap());
                }
                Event::SelectionClear(_) => return,
                _ => {}
            }
        }
    }

    fn answer(&self, server: &RustConnection, request: &SelectionRequestEvent) {
        let (to, property) = (request.requestor, request.property);
        let property = if request.target == self.targets {
            server.change_property32(PropMode::REPLACE, to, property, AtomEnum::ATOM, &self.offered).unwrap();
            property
        } else if self.offered.contains(&request.target) {
            server.change_property8(PropMode::REPLACE, to, property, request.target, &self.bytes).unwrap();
            property
        } else {
            x11rb::NONE
        };
        let answer = SelectionNotifyEvent {
            response_type: SELECTION_NOTIFY_EVENT,
            sequence: 0,
            time: request.time,
            requestor: to,
            selection: request.selection,
            target: request.target,
            property,
        };
        server.send_event(false, to, EventMask::NO_EVENT, answer).unwrap();
        server.flush().unwrap();
    }
}
