//! Real servers on this machine, each on a port of its own with a folder of its own, gone with the test.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// How long a server may take to begin; Python is slow on a machine that does much else.
const STARTS_WITHIN: Duration = Duration::from_secs(60);

/// Who signs in, and with what.
pub const USER: &str = "legible";
pub const PASSWORD: &str = "not so secret 1";
pub const BUCKET: &str = "legible-test";

/// A server that runs.
pub struct Server {
    child: Child,
    pub port: u16,
    /// Where it keeps what it needs; its files lie in `files` there.
    pub home: TempDir,
}

impl Server {
    /// `http://127.0.0.1:PORT`
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Where its files lie, if it keeps them in files.
    pub fn files(&self) -> PathBuf {
        self.home.path().join("files")
    }

    fn start(make: impl FnOnce(&Path, u16) -> Command) -> Self {
        let home = tempfile::tempdir().unwrap();
        fs::create_dir(home.path().join("files")).unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let log = File::create(home.path().join("log")).unwrap();
        let mut command = make(home.path(), port);
        command.stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log);
        let child = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let mut server = Server { child, port, home };
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            let is_gone = server.child.try_wait().unwrap().is_some();
            assert!(!is_gone && begun.elapsed() < STARTS_WITHIN, "{command:?} did not start: {}", server.log());
            std::thread::sleep(Duration::from_millis(50));
        }
        server
    }

    /// Whether somebody listens there.
    pub fn is_up(&self) -> bool {
        TcpStream::connect(("127.0.0.1", self.port)).is_ok()
    }

    /// What it said.
    pub fn log(&self) -> String {
        fs::read_to_string(self.home.path().join("log")).unwrap_or_default()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            let log = self.log();
            let lines: Vec<&str> = log.lines().collect();
            eprintln!("the server said last:\n{}", lines[lines.len().saturating_sub(30)..].join("\n"));
        }
    }
}

/// The folder with the programs that `cargo xtask test` sets up.
pub fn programs() -> Option<PathBuf> {
    let venv = PathBuf::from(std::env::var_os("LEGIBLE_TEST_SERVERS").filter(|dir| !dir.is_empty())?);
    Some(venv.join(if cfg!(windows) { "Scripts" } else { "bin" })).filter(|programs| programs.is_dir())
}

/// S3 by moto, with a bucket.
pub fn moto(programs: &Path) -> Server {
    let server = Server::start(|_, port| {
        let mut command = Command::new(programs.join("moto_server"));
        command.args(["-H", "127.0.0.1", "-p", &port.to_string()]);
        command
    });
    let mut stream = TcpStream::connect(("127.0.0.1", server.port)).unwrap();
    let request =
        format!("PUT /{BUCKET} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    server
}

/// WebDAV by wsgidav.
pub fn wsgidav(programs: &Path) -> Server {
    Server::start(|home, port| {
        let config = home.join("wsgidav.json");
        let text = format!(
            r#"{{"host": "127.0.0.1", "port": {port}, "provider_mapping": {{"/dav": {:?}}}, "verbose": 1,
                "simple_dc": {{"user_mapping": {{"*": {{"{USER}": {{"password": "{PASSWORD}"}}}}}}}},
                "http_authenticator": {{"accept_basic": true, "accept_digest": false, "default_to_digest": false}}}}"#,
            home.join("files")
        );
        fs::write(&config, text).unwrap();
        let mut command = Command::new(programs.join("wsgidav"));
        command.arg("-c").arg(config);
        command
    })
}

/// What rclone serves: `s3`, `webdav` or `sftp`.
pub fn rclone(programs: &Path, what: &str) -> Server {
    let program = programs.join("rclone");
    let obscured = |home: &Path| home.join("rclone.conf");
    Server::start(|home, port| {
        fs::create_dir(home.join("files").join(BUCKET)).unwrap();
        File::create(obscured(home)).unwrap();
        let mut command = Command::new(program);
        command.args(["serve", what]).arg(home.join("files"));
        command.args(["--addr", &format!("127.0.0.1:{port}")]).arg("--config").arg(obscured(home));
        match what {
            "s3" => command.args(["--auth-key", &format!("{USER},{PASSWORD}")]),
            "webdav" => command.args(["--user", USER, "--pass", PASSWORD]),
            _ => command.arg("--key").arg(key(home, "host")).arg("--authorized-keys").arg(client_key(home, "pub")),
        };
        command
    })
}

/// An rclone that is told what to do, with a configuration. It hands out files only if it `serves`.
pub fn rclone_rcd(programs: &Path, config: &str, serves: bool) -> Server {
    let program = programs.join("rclone");
    Server::start(|home, port| {
        let file = home.join("rclone.conf");
        fs::write(&file, config).unwrap();
        let mut command = Command::new(program);
        command.arg("rcd").arg("--config").arg(file).args(["--rc-addr", &format!("127.0.0.1:{port}")]);
        command.args(["--rc-user", USER, "--rc-pass", PASSWORD, &format!("--rc-serve={serves}")]);
        // What a person may have set for what they do with it themselves.
        command.args([
            "--exclude",
            "*.txt",
            "--max-size",
            "1b",
            "--min-age",
            "1h",
            "--max-depth",
            "1",
            "--ignore-existing",
        ]);
        command
    })
}

/// SFTP by OpenSSH, for whoever runs the test.
pub fn sshd(program: &Path) -> Server {
    // Root's needs it, and it is made when the system starts, which a container does not do. Others may not make it, nor need it.
    let _ = fs::create_dir("/run/sshd");
    Server::start(|home, port| {
        let (host, client) = (key(home, "host"), client_key(home, "pub"));
        let config = home.join("sshd_config");
        let text = format!(
            "Port {port}\nListenAddress 127.0.0.1\nHostKey {}\nAuthorizedKeysFile {}\nPidFile none\nStrictModes no\n\
             UsePAM no\nPasswordAuthentication no\nKbdInteractiveAuthentication no\nSubsystem sftp internal-sftp\n",
            host.display(),
            client.display()
        );
        fs::write(&config, text).unwrap();
        let mut command = Command::new(program);
        command.args(["-D", "-e", "-f"]).arg(config);
        command
    })
}

/// Makes a key.
fn key(home: &Path, name: &str) -> PathBuf {
    let file = home.join(name);
    let made = Command::new("ssh-keygen").args(["-q", "-t", "ed25519", "-N", "", "-f"]).arg(&file).status().unwrap();
    assert!(made.success());
    file
}

fn client_key(home: &Path, ending: &str) -> PathBuf {
    key(home, "client").with_extension(ending)
}

/// A folder with an `ssh` that has settings of its own: it knows only the server of this test, and nothing of who runs it.
pub fn ssh_for(server: &Server) -> PathBuf {
    let home = server.home.path();
    let host = fs::read_to_string(home.join("host.pub")).unwrap();
    fs::write(home.join("known_hosts"), format!("[127.0.0.1]:{} {host}", server.port)).unwrap();
    let config =
        format!("UserKnownHostsFile {0}/known_hosts\nGlobalKnownHostsFile none\nIdentityAgent none\n", home.display());
    fs::write(home.join("ssh_config"), config).unwrap();
    let folder = home.join("bin");
    fs::create_dir_all(&folder).unwrap();
    let script =
        format!("#!/bin/sh\nexec {} -F {}/ssh_config \"$@\"\n", which("ssh").unwrap().display(), home.display());
    fs::write(folder.join("ssh"), script).unwrap();
    #[cfg(unix)]
    fs::set_permissions(folder.join("ssh"), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    folder
}

/// A program on the search path, or where those of the system's keeper lie.
pub fn which(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let dirs = std::env::split_paths(&path).chain([PathBuf::from("/usr/sbin")]);
    dirs.map(|dir| dir.join(program)).find(|file| file.is_file())
}
