//! A chapter for each problem; what surprises comes first, and every block is a test.

// Chapters link to each other as files. `guide_links.txt` says what is meant here: of two meanings the first one holds.

#[doc = include_str!("../guide/functions.md")]
pub mod functions {}

#[doc = include_str!("../guide/stampedes.md")]
pub mod stampedes {}

#[doc = include_str!("../guide/staleness.md")]
pub mod staleness {}

#[doc = include_str!("guide_links.txt")]
#[doc = include_str!("../guide/invalidation.md")]
pub mod invalidation {}

#[doc = include_str!("guide_links.txt")]
#[doc = include_str!("../guide/tiers.md")]
pub mod tiers {}

#[doc = include_str!("../guide/keys.md")]
pub mod keys {}

#[doc = include_str!("guide_links.txt")]
#[doc = include_str!("../guide/errors.md")]
pub mod errors {}

#[doc = include_str!("guide_links.txt")]
#[doc = include_str!("../guide/http.md")]
pub mod http {}

#[doc = include_str!("guide_links.txt")]
#[doc = include_str!("../guide/redis.md")]
pub mod redis {}

#[doc = include_str!("guide_links.txt")]
#[doc = include_str!("../guide/testing.md")]
pub mod testing {}

#[doc = include_str!("../guide/writing-a-storage.md")]
pub mod writing_a_storage {}
