//! One instance: routes over a cache of what the catalogue says.

use std::path::Path;
use std::time::Duration;

use axum::extract::{Path as Segment, State};
use axum::http::StatusCode;
use axum::routing::{get, put};
use axum::{Json, Router, middleware};
use cachefn::registry::Health;
use cachefn::telemetry::{BUCKETS, Telemetry};
use cachefn::tokio::Ends;
use cachefn::{EntryOptions, LoadContext};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use crate::Failure;
use crate::caches::Caches;
use crate::catalogue::{Catalogue, Product};
use crate::traces;

/// What handlers share; clones are the same.
#[derive(Clone)]
pub struct Shop {
    caches: Caches,
    catalogue: Catalogue,
    prometheus: PrometheusHandle,
    telemetry: Option<Telemetry>,
}

impl Shop {
    /// Opens the cache that this file describes, before this catalogue.
    ///
    /// # Errors
    /// The configuration cannot work, all its faults are told; or spans cannot go where the environment says.
    pub async fn open(config: &Path, catalogue: &Path) -> Result<Self, Failure> {
        // First of all: what is told before somebody listens is lost.
        let duration = Matcher::Full("cache_operation_duration_seconds".into());
        let exporter = PrometheusBuilder::new().set_buckets_for_metric(duration, &BUCKETS)?;
        let prometheus = exporter.install_recorder()?;
        let telemetry = traces::begin()?;
        let caches = Caches::open(config).await?;
        Ok(Shop { caches, catalogue: Catalogue::open(catalogue), prometheus, telemetry })
    }

    /// The routes. What machines ask again and again has no spans.
    pub fn router(self) -> Router {
        Router::new()
            .route("/products/{id}", get(product))
            .route("/products/{id}/price", put(reprice))
            .route_layer(middleware::from_fn(traces::traced))
            .route("/health", get(health))
            .route("/metrics", get(metrics))
            .with_state(self)
    }

    /// Writes out what waits, and ends; the spans of that are the last to be sent.
    ///
    /// # Errors
    /// Something was left.
    pub async fn close(&self) -> Result<(), Failure> {
        let ended = self.caches.end(GRACE).await;
        if let Some(telemetry) = &self.telemetry {
            // A collector that is away is no reason to call this a failure.
            for lost in telemetry.end(GRACE_OF_SPANS).await {
                eprintln!("shop: spans are lost: {lost}");
            }
        }
        if ended.is_clean() { Ok(()) } else { Err(ended.to_string().into()) }
    }
}

/// Less than what supervisors of programs leave them, which is often 30 s.
const GRACE: Duration = Duration::from_secs(20);
const GRACE_OF_SPANS: Duration = Duration::from_secs(5);

async fn product(
    State(shop): State<Shop>,
    Segment(id): Segment<u32>,
) -> Result<Json<Product>, StatusCode> {
    let Shop { caches, catalogue, .. } = shop;
    // What is not in the catalogue, and what could not be asked, is not stored.
    let load = async |context: LoadContext<Product>| match catalogue.product(id).await {
        Ok(Some(product)) => {
            context.tags([format!("category:{}", product.category)]);
            Ok(product)
        }
        Ok(None) => Err(StatusCode::NOT_FOUND),
        Err(_) => Err(StatusCode::INTERNAL_SERVER_ERROR),
    };
    let (products, key) = (caches.products, format!("product:{id}"));
    products.get_or_fetch_with(&key, EntryOptions::new(), load).await.map(Json)
}

async fn reprice(
    State(shop): State<Shop>,
    Segment(id): Segment<u32>,
    cents: String,
) -> Result<StatusCode, StatusCode> {
    let cents = cents.trim().parse().map_err(|_| StatusCode::BAD_REQUEST)?;
    match shop.catalogue.reprice(id, cents).await {
        Ok(true) => {}
        Ok(false) => return Err(StatusCode::NOT_FOUND),
        Err(_) => return Err(StatusCode::INTERNAL_SERVER_ERROR),
    }
    // Memory forgets it at once. While Redis is away, its copy is deleted when it is back.
    let deleted = shop.caches.products.delete(&format!("product:{id}")).await;
    deleted.map(|_| StatusCode::NO_CONTENT).map_err(|_| StatusCode::SERVICE_UNAVAILABLE)
}

async fn health(State(shop): State<Shop>) -> Json<Health> {
    Json(shop.caches.health().await)
}

async fn metrics(State(shop): State<Shop>) -> String {
    shop.caches.report();
    shop.prometheus.render()
}
