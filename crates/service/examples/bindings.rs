//! Prints the TypeScript bindings; `cargo xtask bindings` writes them into the UI.

fn main() {
    print!("{}", legible_service::api::typescript::bindings());
}
