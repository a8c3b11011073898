//! One instance: routes over a cache of what the catalogue says.

use std::path::Path;
use std::time::Duration;

use axum::extract::{Path as Segment, State};
use axum::http::StatusCode;
use axum::routing::{get, put};
use axum::{Json, Router};
use cachefn::registry::Health;
use cachefn::telemetry::BUCKETS;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use crate::Failure;
use crate::caches::Caches;
use crate::catalogue::{Catalogue, Product};

/// What handlers share; clones are the same.
#[derive(Clone)]
pub struct Shop {
    caches: Caches,
    catalogue: Catalogue,
    prometheus: PrometheusHandle,
}

impl Shop {
    /// Opens the cache that this file describes, before this catalogue.
    ///
    /// # Errors
    /// The configuration cannot work, all its faults are told; or Redis cannot be reached at the beginning.
    pub async fn open(config: &Path, catalogue: &Path) -> Result<Self, Failure> {
        // First of all: what is told before somebody listens is lost.
        let duration = Matcher::Full("cache_operation_duration_seconds".into());
        let exporter = PrometheusBuilder::new().set_buckets_for_metric(duration, &BUCKETS)?;
        let prometheus = exporter.install_recorder()?;
        let caches = Caches::open(config).await?;
        Ok(Shop { caches, catalogue: Catalogue::open(catalogue), prometheus })
    }

    /// The routes.
    pub fn router(self) -> Router {
        Router::new()
            .route("/products/{id}", get(product))
            .route("/products/{id}/price", put(reprice))
            .route("/health", get(health))
            .route("/metrics", get(metrics))
            .with_state(self)
    }

    /// Writes out what waits, and ends.
    ///
    /// # Errors
    /// Something was left.
    pub async fn close(&self) -> Result<(), Failure> {
        let ended = self.caches.end(GRACE).await;
        if ended.is_clean() { Ok(()) } else { Err(ended.to_string().into()) }
    }
}

/// Less than what supervisors of programs leave them, which is often 30 s.
const GRACE: Duration = Duration::from_secs(20);

async fn product(
    State(shop): State<Shop>,
    Segment(id): Segment<u32>,
) -> Result<Json<Product>, StatusCode> {
    let Shop { caches, catalogue, .. } = shop;
    // What is not in the catalogue, and what could not be asked, is not stored.
    let load = move || async move {
        match catalogue.product(id).await {
            Ok(Some(product)) => Ok(product),
            Ok(None) => Err(StatusCode::NOT_FOUND),
            Err(_) => Err(StatusCode::INTERNAL_SERVER_ERROR),
        }
    };
    caches.products.get_or_fetch_shared(&format!("product:{id}"), load).await.map(Json)
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
