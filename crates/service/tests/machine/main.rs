//! What the machine is like, against python-dbusmock's UPower, NetworkManager and logind on a bus of each test's own, and
//! against services that are slow, wrong or gone.
//!
//! Nothing here waits for luck: a test waits for the change it wants, and fails when it does not come in time. Where a
//! change has to come by a signal, polling is an hour away.
#![allow(clippy::unwrap_used, reason = "clippy knows test functions, not their helpers")]

#[cfg(target_os = "linux")]
mod bus;
#[cfg(target_os = "linux")]
mod desktop;
#[cfg(target_os = "linux")]
mod sleep;
#[cfg(target_os = "linux")]
mod system;

#[cfg(not(target_os = "linux"))]
fn main() {}

#[cfg(target_os = "linux")]
fn main() {
    let arguments = libtest_mimic::Arguments::from_args();
    let missing = bus::missing();
    if let Some(missing) = &missing {
        eprintln!("these tests are skipped, since {missing} is missing: apt-get install dbus python3-dbusmock");
    }
    let tests = system::TESTS.iter().chain(desktop::TESTS).chain(sleep::TESTS).map(|(name, test)| {
        let trial = libtest_mimic::Trial::test(*name, || {
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
            Ok(runtime.block_on(async { tokio::time::timeout(4 * bus::IN_TIME, test()).await })?)
        });
        trial.with_ignored_flag(missing.is_some())
    });
    libtest_mimic::run(&arguments, tests.collect()).exit();
}
