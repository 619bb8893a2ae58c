//! Writes the TypeScript bindings: the wire types and a typed client over one `call`.

use super::{COMMANDS, Event, HOST_COMMANDS, HostEvent, RegionChoice};
use std::any::TypeId;
use std::collections::{BTreeMap, HashSet};
use ts_rs::{Config, TS, TypeVisitor};

/// Declarations by name, each type once.
#[derive(Default)]
pub struct Types {
    seen: HashSet<TypeId>,
    declarations: BTreeMap<String, String>,
}

impl Types {
    /// Adds a type and all that it mentions.
    pub fn add<T: TS + 'static + ?Sized>(&mut self) {
        if !self.seen.insert(TypeId::of::<T>()) {
            return;
        }
        // Only types of our own have a file to go to; strings and numbers have none.
        if T::output_path().is_some() {
            let docs = T::docs().unwrap_or_default();
            self.declarations.insert(T::ident(&config()), format!("{docs}export {}\n", T::decl(&config())));
        }
        T::visit_dependencies(self);
    }
}

impl TypeVisitor for Types {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        self.add::<T>();
    }
}

/// The TypeScript name of a type.
pub fn type_name<T: TS>() -> String {
    T::name(&config())
}

/// The whole of `ui/src/lib/bindings.ts`.
pub fn bindings() -> String {
    let mut types = Types::default();
    types.add::<Event>();
    types.add::<HostEvent>();
    types.add::<RegionChoice>();
    for command in COMMANDS.iter().chain(HOST_COMMANDS) {
        (command.declare)(&mut types);
    }
    let mut out = String::from(
        "// Made by `cargo xtask bindings` from crates/service/src/api. Change it there.\n\nimport { invoke } from \"@tauri-apps/api/core\";\n\n",
    );
    out.extend(types.declarations.into_values().map(|declaration| declaration + "\n"));
    out.push_str("/** Every command of the service and of the desktop around the window. A failed call throws a `WireError`. */\nexport const commands = {\n");
    for command in COMMANDS.iter().chain(HOST_COMMANDS) {
        let (name, args, result) = (command.name, (command.args)(), (command.result)());
        let call = format!("invoke<{result}>(\"call\", {{ name: \"{name}\", args }})");
        let parameter = if args == "NoArgs" { format!("args: {args} = {{}}") } else { format!("args: {args}") };
        out.push_str(&format!(
            "    /** {} */\n    {name}: ({parameter}): Promise<{result}> => {call},\n",
            command.doc.trim()
        ));
    }
    out.push_str("};\n");
    out
}

/// Whole numbers are `number`: none of ours passes 2^53.
fn config() -> Config {
    Config::new().with_large_int("number")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bindings_declare_what_they_use() {
        let text = bindings();
        for wanted in
            ["export type Event =", "export type WireError =", "items: (args: ItemsQuery): Promise<ItemsPage>"]
        {
            assert!(text.contains(wanted), "{wanted} is missing in:\n{text}");
        }
        assert!(!text.contains("bigint"));
    }
}
