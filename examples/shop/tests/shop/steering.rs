//! The program `cachefn` over the shop's own configuration, while both instances serve.

use example_shop::Steered;
use serde_json::Value;

use crate::support::Running;

impl Running {
    /// What the program does, which is to end with this code.
    async fn steer(&self, words: &[&str], code: i32) -> Steered {
        let steered = self.site.steer(words).await.unwrap();
        assert_eq!(steered.code, Some(code), "{words:?}: {steered:?}");
        steered
    }

    /// Product 8, whose price changes in the catalogue, which tells nobody.
    async fn with_an_old_price(&self) {
        assert_eq!(self.fleet.prices(TEA).await.unwrap(), [OLD; 2]);
        assert!(self.site.catalogue().reprice(TEA, NEW).await.unwrap());
        assert_eq!(self.fleet.prices(TEA).await.unwrap(), [OLD; 2], "nobody has told them");
    }
}

#[tokio::test]
async fn doctor_finds_the_configuration_and_its_redis_well() {
    let running = Running::start().await;
    running.fleet.prices(TEA).await.unwrap();
    let doctor = running.steer(&["doctor"], 0).await;
    assert!(doctor.out.ends_with("0 faults, 0 warnings\n"), "{doctor:?}");
    running.end().await;
}

#[tokio::test]
async fn stats_keys_tags_and_get_see_the_products() {
    let running = Running::start().await;
    running.fleet.prices(TEA).await.unwrap();
    running.fleet.prices(7).await.unwrap();
    let stats = running.steer(&["stats", "--json"], 0).await;
    let stats: Value = serde_json::from_str(&stats.out).unwrap();
    assert_eq!((&stats["namespace"], &stats["fresh"]), (&"products".into(), &2.into()), "{stats}");
    let keys = running.steer(&["keys"], 0).await;
    let mut keys: Vec<&str> = keys.out.lines().collect();
    keys.sort_unstable();
    assert_eq!(keys, ["product:7", "product:8"]);
    let tags = running.steer(&["tags"], 0).await;
    let mut tags: Vec<&str> = tags.out.lines().collect();
    tags.sort_unstable();
    assert_eq!(tags, ["category:pots", "category:tea"]);
    let tea: Value =
        serde_json::from_str(&running.steer(&["get", "product:8"], 0).await.out).unwrap();
    assert_eq!((&tea["category"], &tea["cents"]), (&"tea".into(), &OLD.into()), "{tea}");
    running.steer(&["get", "product:9"], 1).await;
    running.end().await;
}

#[tokio::test]
async fn s_35_both_instances_hear_of_the_removal_of_a_tag() {
    let running = Running::start().await;
    running.with_an_old_price().await;
    running.steer(&["invalidate", "--tag", "category:tea"], 0).await;
    running.fleet.wait_for_price(TEA, NEW).await.unwrap();
    running.end().await;
}

#[tokio::test]
async fn s_35_both_instances_hear_of_the_removal_of_everything() {
    let running = Running::start().await;
    running.with_an_old_price().await;
    running.steer(&["invalidate", "--all", "--yes"], 0).await;
    running.fleet.wait_for_price(TEA, NEW).await.unwrap();
    running.end().await;
}

#[tokio::test]
async fn s_35_both_instances_hear_of_the_removal_of_a_key() {
    let running = Running::start().await;
    running.with_an_old_price().await;
    running.steer(&["del", "product:8"], 0).await;
    running.fleet.wait_for_price(TEA, NEW).await.unwrap();
    running.end().await;
}

#[tokio::test]
async fn s_35_both_instances_hear_of_what_is_set() {
    let running = Running::start().await;
    assert_eq!(running.fleet.prices(TEA).await.unwrap(), [OLD; 2]);
    let tea = running.steer(&["get", "product:8"], 0).await.out;
    let cheaper = tea.replace(&format!("\"cents\":{OLD}"), "\"cents\":1");
    assert_ne!(tea, cheaper);
    let words = ["set", "product:8", cheaper.trim(), "--tag", "category:tea"];
    running.steer(&words, 0).await;
    running.fleet.wait_for_price(TEA, 1).await.unwrap();
    // Its tag is known to be its own.
    running.steer(&["invalidate", "--tag", "category:tea"], 0).await;
    running.fleet.wait_for_price(TEA, OLD).await.unwrap();
    running.end().await;
}

#[tokio::test]
async fn s_35_both_instances_hear_of_what_is_imported() {
    let running = Running::start().await;
    running.fleet.prices(TEA).await.unwrap();
    let file = running.folder.path().join("products.jsonl");
    let file = file.to_str().unwrap();
    running.steer(&["export", "-o", file], 0).await;
    running.with_an_old_price().await;
    running.steer(&["del", "product:8"], 0).await;
    running.fleet.wait_for_price(TEA, NEW).await.unwrap();
    running.steer(&["import", file, "--overwrite"], 0).await;
    running.fleet.wait_for_price(TEA, OLD).await.unwrap();
    running.end().await;
}

#[tokio::test]
async fn s_36_with_redis_stopped_the_program_says_so_and_the_instances_serve_on() {
    let running = Running::start().await;
    assert_eq!(running.fleet.prices(TEA).await.unwrap(), [OLD; 2]);
    running.redis.kill();
    let port = running.redis.port().to_string();
    for words in [&["stats"][..], &["invalidate", "--tag", "category:tea"], &["del", "product:8"]] {
        let refused = running.steer(words, 3).await;
        assert!(
            refused.told.starts_with("cachefn: ") && refused.told.contains(&port),
            "{refused:?}"
        );
    }
    let doctor = running.steer(&["doctor"], 1).await;
    assert!(doctor.out.contains("fault") && doctor.out.contains("products"), "{doctor:?}");
    assert_eq!(running.fleet.prices(TEA).await.unwrap(), [OLD; 2]);
    running.end().await;
}

/// A product of the category tea.
const TEA: u32 = 8;
const OLD: u32 = 156;
const NEW: u32 = 9_900;
