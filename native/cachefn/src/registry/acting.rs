//! What operators do to a service, written down with who did it.

use cachefn_core::Error;

use super::service::ServiceHandle;
use crate::audit::{AuditEvent, What};

impl ServiceHandle {
    /// Invalidates tags in all functions of the service, and writes down who asked for it.
    ///
    /// # Errors
    /// As [`NamedCache::invalidate_by_tags`](crate::NamedCache::invalidate_by_tags); that it failed is written down, too.
    ///
    /// ```
    /// # use cachefn::{config::Config, registry::Registry};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let registry = Registry::open(Config::read("[services.users]\n")?).await?;
    /// let users = registry.service("users").expect("it is configured");
    /// users.invalidate_by_tags(["user:7"], "ada@support").await?;
    /// # Ok(()) }
    /// ```
    pub async fn invalidate_by_tags<T: AsRef<str>>(
        &self,
        tags: impl IntoIterator<Item = T>,
        who: &str,
    ) -> Result<(), Error> {
        let tags: Vec<String> = tags.into_iter().map(|tag| tag.as_ref().to_string()).collect();
        let done = self.named().quietly().invalidate_by_tags(&tags).await;
        self.tell(What::Invalidate, who, &format!("tags {}", tags.join(", ")), &done);
        done
    }

    /// Removes all entries of the service, and writes down who asked for it.
    ///
    /// # Errors
    /// As [`NamedCache::clear`](crate::NamedCache::clear); that it failed is written down, too.
    ///
    /// ```
    /// # use cachefn::{config::Config, registry::Registry};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let registry = Registry::open(Config::read("[services.users]\n")?).await?;
    /// registry.service("users").expect("it is configured").clear("ada@support").await?;
    /// # Ok(()) }
    /// ```
    pub async fn clear(&self, who: &str) -> Result<(), Error> {
        let done = self.named().quietly().clear().await;
        self.tell(What::Clear, who, "", &done);
        done
    }

    fn tell(&self, what: What, who: &str, detail: &str, done: &Result<(), Error>) {
        let failed = done.as_ref().err().map(|error| format!("failed: {error}"));
        let both: Vec<&str> = [detail, failed.as_deref().unwrap_or("")]
            .into_iter()
            .filter(|text| !text.is_empty())
            .collect();
        let event = AuditEvent::new(what, self.named().name(), who);
        self.audit().tell(event.detail(both.join("; ")));
    }
}
