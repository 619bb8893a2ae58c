//! Prints the TypeScript bindings of the service; `cargo xtask bindings` puts them into `ui/`.

fn main() {
    print!("{}", legible_service::api::typescript::bindings());
}
