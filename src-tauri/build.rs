//! Embeds configuration, icons, permissions and capabilities. The package lies at the root of the repository, so their
//! folders are named.

fn main() {
    let commands = tauri_build::AppManifest::new().permissions_path_pattern("src-tauri/permissions/*.toml");
    let attributes = tauri_build::Attributes::new()
        .capabilities_path_pattern("src-tauri/capabilities/*.json")
        .app_manifest(commands);
    println!("cargo::rerun-if-changed=src-tauri/permissions");
    if let Err(error) = tauri_build::try_build(attributes) {
        println!("cargo::error={error:#}");
    }
}
