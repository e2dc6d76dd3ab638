//! `mainstay serve`: opens the house, listens, and ends politely when told to.

use std::process::ExitCode;
use std::sync::Arc;

use base::{Env, Result};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use trust::House;
use web::{ListenSettings, TrustedProxies};

use crate::app::App;
use crate::beats;
use crate::boot::Opened;
use crate::finder::Finder;
use crate::lock::DataLock;
use crate::settings::Place;
use crate::{admin, archive, logs, sealing};

/// Seconds that running requests have at shutdown.
const SHUTDOWN_SECONDS: u64 = 10;

pub(super) fn run(place: &Place) -> Result<ExitCode> {
    logs::start(&place.settings.log)?;
    let _lock = DataLock::take(&place.data)?;
    let opened = Opened::open(place, Env::system())?;
    archive::refuse_half(&opened.house)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| web::INTERNAL.error().caused_by(error))?;
    let served = runtime.block_on(serve(place, &opened));
    opened.close();
    served.map(|()| ExitCode::SUCCESS)
}

async fn serve(place: &Place, opened: &Opened) -> Result<()> {
    let house = &opened.house;
    let finder = Finder::open(place, opened)?;
    let app = App::new(house, &place.settings, finder.rooms())?;
    let stop = told_to_stop()?;
    let listener = bind(&place.settings.http.listen).await?;
    let address = listener.local_addr().map(|address| address.to_string());
    tracing::info!(
        address = address.unwrap_or_default(),
        database = house.db.describe(),
        version = env!("CARGO_PKG_VERSION"),
        "listening"
    );
    let beats = tokio::spawn(beats::run(
        house.clone(),
        opened.folds.clone(),
        app.limits.clone(),
        (finder.sweeper.clone(), finder.library.clone()),
    ));
    let socket = place.admin_socket();
    let admin = tokio::spawn(admin::serve(admin::open(&socket)?, house.clone()));
    let work = tokio::spawn(opened.worker.clone().run());
    let finding = tokio::spawn(Finder::run(finder.indexer.clone()));
    let articles = tokio::spawn(Finder::run_articles(finder.articles.clone(), house.clone(), finder.library.clone()));
    let sweeper = finder.sweeper.clone();
    let sweeping = tokio::spawn(async move { sweeper.run().await });
    let bounds = ListenSettings {
        connections: place.settings.http.connections,
        connections_per_address: place.settings.http.connections_per_address,
        proxies: TrustedProxies::parse(&place.settings.http.trusted_proxies)?,
        header_seconds: place.settings.http.header_seconds,
        shutdown_seconds: SHUTDOWN_SECONDS,
    };
    let ending = house.clone();
    let stop = async move {
        stop.await;
        tracing::info!("shutting down");
        // Streams end with their listeners, so that they do not hold up the shutdown.
        ending.bus.close();
    };
    web::listen(listener, app.router, bounds, stop).await;
    beats.abort();
    admin.abort();
    drop(std::fs::remove_file(socket));
    // What it was doing is claimed again when its lease ends.
    work.abort();
    finding.abort();
    finder.library.meaning().stop();
    articles.abort();
    sweeping.abort();
    settle(house).await;
    Ok(())
}

/// Writes down what is still in memory.
async fn settle(house: &Arc<House>) {
    for outcome in [house.access_log.flush(&house.db).await, sealing::sign_heads(house).await] {
        if let Err(error) = outcome {
            tracing::error!(cause = ?error, "something was not written down at shutdown");
        }
    }
    tracing::info!("stopped");
}

async fn bind(address: &str) -> Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| {
        base::config::BAD_SETTING.because(format!("`http.listen` = {address} cannot be used: {error}."))
    })
}

/// Ends when the process is asked to stop.
fn told_to_stop() -> Result<impl Future<Output = ()>> {
    let wanted = |kind| signal(kind).map_err(|error| web::INTERNAL.error().caused_by(error));
    let mut terminate = wanted(SignalKind::terminate())?;
    let mut interrupt = wanted(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}
