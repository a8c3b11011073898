//! The catalogue: a database whose question takes some milliseconds, because no index answers it.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};
use tracing::{Instrument, Span};

use crate::Failure;

/// What the shop shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Product {
    pub id: u32,
    pub name: String,
    pub category: String,
    pub cents: u32,
    /// The mean of all reviews, from 1 to 5.
    pub stars: f64,
}

/// A file of SQLite. Clones are the same.
#[derive(Clone)]
pub struct Catalogue {
    file: Arc<PathBuf>,
    /// Connections that nobody uses at the moment.
    idle: Arc<Mutex<Vec<Connection>>>,
}

impl Catalogue {
    /// Makes a new one.
    ///
    /// # Errors
    /// There is a file already, or it cannot be written.
    pub fn create(file: &Path) -> Result<(), Failure> {
        let mut connection = Connection::open(file)?;
        // Instances read while one of them writes.
        connection.pragma_update(None, "journal_mode", "wal")?;
        connection.execute_batch(
            "CREATE TABLE products (id INTEGER PRIMARY KEY, name TEXT NOT NULL,
                 category TEXT NOT NULL, cents INTEGER NOT NULL);
             CREATE TABLE reviews (product INTEGER NOT NULL, stars INTEGER NOT NULL);",
        )?;
        let all = connection.transaction()?;
        {
            let mut product = all.prepare("INSERT INTO products VALUES (?1, ?2, ?3, ?4)")?;
            let mut review = all.prepare("INSERT INTO reviews VALUES (?1, ?2)")?;
            for id in 0..PRODUCTS {
                let category = CATEGORIES[id as usize % CATEGORIES.len()];
                let cents = 100 + id * 7 % 9_900;
                product.execute(params![id, format!("product {id}"), category, cents])?;
                for number in 0..REVIEWS {
                    review.execute(params![id, 1 + (id + number * number) % 5])?;
                }
            }
        }
        all.commit()?;
        Ok(())
    }

    /// Opens the one that is there, when it is first asked.
    pub fn open(file: impl Into<PathBuf>) -> Self {
        Catalogue { file: Arc::new(file.into()), idle: Arc::default() }
    }

    /// The product with the mean of its reviews, for which all reviews are read.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn product(&self, id: u32) -> Result<Option<Product>, Failure> {
        let asked = self.with(move |connection| {
            let mut question = connection.prepare_cached(
                "SELECT name, category, cents, (SELECT avg(stars) FROM reviews WHERE product = id) \
                 FROM products WHERE id = ?1",
            )?;
            let product = question.query_row([id], |row| {
                let (name, category) = (row.get(0)?, row.get(1)?);
                Ok(Product { id, name, category, cents: row.get(2)?, stars: row.get(3)? })
            });
            Ok(product.optional()?)
        });
        asked.instrument(span("SELECT")).await
    }

    /// Changes a price; whether there is such a product.
    ///
    /// # Errors
    /// The database cannot be written.
    pub async fn reprice(&self, id: u32, cents: u32) -> Result<bool, Failure> {
        let changed = self.with(move |connection| {
            let change = "UPDATE products SET cents = ?2 WHERE id = ?1";
            Ok(connection.execute(change, params![id, cents])? == 1)
        });
        changed.instrument(span("UPDATE")).await
    }

    /// Runs a question where it may block.
    async fn with<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&Connection) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let (file, idle) = (self.file.clone(), self.idle.clone());
        let asked = tokio::task::spawn_blocking(move || {
            let known = idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let connection = match known {
                Some(connection) => connection,
                None => {
                    let connection = Connection::open(&*file)?;
                    connection.busy_timeout(std::time::Duration::from_secs(30))?;
                    connection
                }
            };
            let answer = ask(&connection);
            idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
            answer
        });
        asked.await?
    }
}

/// The span of one question, in the words of OpenTelemetry's conventions for databases.
fn span(operation: &str) -> Span {
    tracing::info_span!(
        "catalogue",
        otel.name = format!("{operation} products"),
        otel.kind = "client",
        db.system.name = "sqlite",
        db.operation.name = operation,
        db.collection.name = "products",
    )
}

/// So many products have the ids from 0 on.
pub const PRODUCTS: u32 = 2_000;
/// The products take turns: `product:7` is of the last one.
pub const CATEGORIES: [&str; 4] = ["tea", "coffee", "cups", "pots"];
const REVIEWS: u32 = 30;
