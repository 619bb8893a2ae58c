//! Starts the fakes and says how to reach them, until it is ended: for the app, rclone or any other client.

use legible_cloud_fakes::{Clouds, Grant};

fn main() -> std::io::Result<()> {
    let clouds = Clouds::start()?;
    println!("export HTTPS_PROXY={0} https_proxy={0}", clouds.proxy());
    println!("export SSL_CERT_FILE={}   # rclone: --ca-cert", clouds.ca_file().display());
    tell("drive", &clouds.drive.grant());
    tell("dropbox", &clouds.dropbox.grant());
    tell("onedrive", &clouds.onedrive.grant());
    loop {
        std::thread::park();
    }
}

fn tell(name: &str, grant: &Grant) {
    println!("# {name}: access token {}, refresh token {}", grant.access, grant.refresh);
}
