//! P5: bytes an entry, of 1M entries `u64` to `u64`, each cache in a process of its own.

use serde_json::{Value, json};

use crate::bars::Bar;
use crate::peers::{self, named, policies};
use crate::report::Section;
use crate::table::Table;
use crate::weigh::{CHURN, ENTRIES, Scene, Weight, weigh};

/// # Errors
/// A process that weighs a cache failed.
pub fn run() -> Result<Section, String> {
    let plain = peers::timed().into_iter().map(|kind| (kind.name, Scene::Plain));
    let timed = peers::timed().into_iter().filter(|kind| kind.with_ttl.is_some());
    let timed = timed.filter(|kind| !kind.name.starts_with("cachefn") || is_default(&kind.name));
    let timed = timed.map(|kind| (kind.name, Scene::Ttl));
    let tagged = [(peers::default_name(), Scene::TtlAndTags)];
    let mut weights = Vec::new();
    for (name, scene) in plain.chain(timed).chain(tagged) {
        let weight = weigh(&name, scene)?;
        weights.push((name, scene, weight));
    }
    let figures = weights.iter().map(figures);
    let mut section = Section::new(figures.collect::<Value>());
    section.tables = vec![table(&weights)];
    section.bars = bars(&weights);
    Ok(section)
}

type Weighed = (String, Scene, Weight);

fn table(weights: &[Weighed]) -> Table {
    let title = format!(
        "P5  bytes an entry, room for {}M; key and value are 16 of them; asked for, and resident",
        ENTRIES / 1_000_000
    );
    let [soon, later] = CHURN.map(|count| format!("after {}M others", count / 1_000_000));
    let mut table = Table::new(
        title,
        ["", "entries", "filled", &*soon, &*later, "by its own account", "resident"],
    );
    for (name, scene, weight) in weights {
        let [soon, later] = weight.churned;
        let figures = [weight.filled, soon, later, weight.claimed, weight.resident];
        let figure =
            |figure: f64| if figure.is_nan() { "-".into() } else { format!("{figure:.1}") };
        let names = [described(name, *scene), weight.entries.to_string()];
        table.row(names.into_iter().chain(figures.map(figure)));
    }
    table
}

fn bars(weights: &[Weighed]) -> Vec<Bar> {
    let of = |name: &str, scene: Scene| {
        let found = weights.iter().find(|(own, its, _)| own == name && *its == scene);
        found.map(|(name, scene, weight)| (described(name, *scene), weight))
    };
    let mut bars = Vec::new();
    let mut promise = |found: Option<(String, &Weight)>, most: f64| {
        let Some((name, weight)) = found else { return };
        bars.push(Bar::at_most("P5", format!("bytes an entry, {name}"), weight.filled, most));
        let what = format!("bytes an entry after churn, {name}");
        bars.push(Bar::at_most("P5", what, weight.churned[1], most));
    };
    let default = peers::default_name();
    promise(of(&default, Scene::Plain), 52.0);
    for policy in policies() {
        let name = named(policy, "");
        if ["sieve", "s3-fifo"].contains(&policy.as_str()) && name != default {
            promise(of(&name, Scene::Plain), 48.0);
        }
    }
    promise(of(&default, Scene::TtlAndTags), 76.0);
    bars
}

fn figures((name, scene, weight): &Weighed) -> Value {
    json!({
        "name": described(name, *scene), "entries": weight.entries, "filled": weight.filled,
        "churned": weight.churned, "claimed": weight.claimed,
        "resident": weight.resident,
    })
}

fn described(name: &str, scene: Scene) -> String {
    match scene {
        Scene::Plain => name.to_string(),
        Scene::Ttl => format!("{name}, TTL"),
        Scene::TtlAndTags => format!("{name}, TTL + 2 tags"),
        Scene::OwnTags => format!("{name}, a tag of its own"),
    }
}

fn is_default(name: &str) -> bool {
    name == peers::default_name()
}
