//! What the app holds while it runs: the service, its background task, and where the next window starts.

use anyhow::Context;
use legible_service::api::Place;
use legible_service::chance::SystemChance;
use legible_service::clock::SystemClock;
use legible_service::places::Places;
use legible_service::secrets::Keychain;
use legible_service::{Config, Service};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tauri::async_runtime::JoinHandle;
use tauri::{AppHandle, Manager};
use tokio::sync::watch;

/// How long after the background service could not go on it is started again.
const START_AGAIN: Duration = Duration::from_secs(30);

/// The state of the app.
pub struct Shell {
    app: AppHandle,
    service: Service,
    stop: watch::Sender<bool>,
    running: Mutex<Option<JoinHandle<()>>>,
    landing: Mutex<Place>,
}

impl Shell {
    /// Opens the service and starts the background work.
    ///
    /// # Errors
    /// When the database cannot be opened.
    pub fn open(app: &AppHandle) -> anyhow::Result<Self> {
        let bundled = app.path().resource_dir().ok().map(|dir| dir.join("models")).filter(|dir| dir.is_dir());
        let places = Places::of_this_user(bundled.as_deref()).context("there is no home directory")?;
        let worker = (sidecar()?, vec!["vision-worker".to_owned()]);
        let service = Service::open(Config {
            places,
            worker,
            clock: Arc::new(SystemClock),
            chance: Arc::new(SystemChance),
            runs: true,
            keychain: Arc::new(Keychain),
            machine: None,
        })?;
        let (stop, mut stopped) = watch::channel(false);
        let running = tauri::async_runtime::spawn({
            let service = service.clone();
            async move {
                while let Err(error) = service.run(stopped.clone()).await {
                    tracing::error!(%error, "the background service ended; it is started again in a while");
                    if tokio::time::timeout(START_AGAIN, stopped.wait_for(|stop| *stop)).await.is_ok() {
                        return;
                    }
                }
            }
        });
        Ok(Shell {
            app: app.clone(),
            service,
            stop,
            running: Mutex::new(Some(running)),
            landing: Mutex::new(Place::Library),
        })
    }

    /// The app.
    pub fn app(&self) -> &AppHandle {
        &self.app
    }

    /// The service.
    pub fn service(&self) -> &Service {
        &self.service
    }

    /// Says where the next window starts.
    pub fn set_landing(&self, place: Place) {
        *self.landing.lock().unwrap_or_else(PoisonError::into_inner) = place;
    }

    /// Where this window starts; the one after it starts in the library.
    pub fn take_landing(&self) -> Place {
        std::mem::replace(&mut *self.landing.lock().unwrap_or_else(PoisonError::into_inner), Place::Library)
    }

    /// Stops the background work; running jobs come to a safe point first. Doing it twice is no error.
    pub async fn stop(&self) {
        // Nobody listens when the service has ended by itself.
        let _ = self.stop.send(true);
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(running) = running {
            let _ = running.await;
        }
    }
}

/// Quits the app: stops the work first, then ends the process.
pub async fn quit(app: AppHandle) {
    app.state::<Shell>().stop().await;
    app.exit(0);
}

/// Quits on the signals by which a session ends programs.
#[cfg(unix)]
pub async fn quit_on_signal(app: AppHandle) {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut terminate), Ok(mut interrupt)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        return;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    quit(app).await;
}

/// Quits when the console is interrupted; sessions end programs by closing their windows here.
#[cfg(not(unix))]
pub async fn quit_on_signal(app: AppHandle) {
    if tokio::signal::ctrl_c().await.is_ok() {
        quit(app).await;
    }
}

/// The `legible` command, which lies beside the app and serves as vision worker.
fn sidecar() -> anyhow::Result<PathBuf> {
    let path = std::env::current_exe()?.with_file_name(format!("legible{}", std::env::consts::EXE_SUFFIX));
    if !path.is_file() {
        anyhow::bail!("{} is missing, and without it no image can be read. Install Legible again", path.display());
    }
    Ok(path)
}
