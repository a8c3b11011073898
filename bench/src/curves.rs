//! Pictures of hit ratios over the size of the cache.

use crate::looks::look;
use crate::peers::{self, Kind};
use crate::plot::{Axis, Chart, Legend, Line, Panel};
use crate::ratios::{Ratios, mean};
use crate::workload::Workload;

/// Pictures of the means over these workloads, at sizes of their own.
pub fn plots(what: &str, workloads: Vec<Workload>, quick: bool) -> Vec<(String, String)> {
    let shares: &[f64] = if quick { &[0.3, 3.0, 30.0] } else { &SHARES };
    // A few entries are no cache: workloads whose smallest cache would be that are left out.
    let large = workloads.into_iter().filter(|own| own.unique() as f64 * shares[0] / 100.0 >= 8.0);
    let sized = large.map(|own| Workload { capacities: capacities(own.unique(), shares), ..own });
    let workloads: Vec<Workload> = sized.collect();
    let ratios = Ratios::measure(&workloads, &drawn(peers::bounded()));
    let mean_at = |row: &[f64], size: usize| {
        mean(&row.iter().skip(size).step_by(shares.len()).copied().collect::<Vec<_>>())
    };
    let means: Vec<(String, Vec<f64>)> = ratios
        .rows
        .into_iter()
        .map(|(name, row)| (name, (0..shares.len()).map(|size| mean_at(&row, size)).collect()))
        .collect();
    let data = format!("Mean of {} {what}traces, entries of equal weight; ", workloads.len());
    vec![
        (
            "hit-ratio.svg".into(),
            hit_ratio(&format!("{data}the optimum knows the future"), shares, &means),
        ),
        (
            "below-optimum.svg".into(),
            below_optimum(&format!("{data}lower is better"), shares, &means),
        ),
    ]
}

/// Hit ratios over sizes, each in percent, the optimum first among the caches.
pub fn hit_ratio(subtitle: &str, shares: &[f64], rows: &[(String, Vec<f64>)]) -> String {
    let all = || rows.iter().flat_map(|(_, row)| row).copied();
    let least = (all().fold(100.0, f64::min) / 10.0).floor() * 10.0;
    let axis = Axis::linear("hit ratio, %", least, all().fold(0.0, f64::max));
    chart("Hit ratio over cache size", subtitle, axis, shares, rows)
}

/// How many points each cache is below the optimum.
fn below_optimum(subtitle: &str, shares: &[f64], rows: &[(String, Vec<f64>)]) -> String {
    let best = &rows[0].1;
    let below = |row: &[f64]| best.iter().zip(row).map(|(best, own)| best - own).collect();
    let rows: Vec<(String, Vec<f64>)> =
        rows.iter().skip(1).map(|(name, row)| (name.clone(), below(row))).collect();
    let most = rows.iter().flat_map(|(_, row)| row).fold(0.0_f64, |most, value| most.max(*value));
    let axis = Axis::linear("points below the optimum", 0.0, most);
    chart("Distance to the best possible hit ratio", subtitle, axis, shares, &rows)
}

fn chart(
    title: &str,
    subtitle: &str,
    y: Axis,
    shares: &[f64],
    rows: &[(String, Vec<f64>)],
) -> String {
    let line = |(name, row): &(String, Vec<f64>)| Line {
        name: name.trim_end_matches(" unsync").to_string(),
        points: shares.iter().copied().zip(row.iter().copied()).collect(),
        look: look(name),
    };
    let mut lines: Vec<Line> = rows.iter().map(line).collect();
    lines.sort_by_key(|line| line.look.width < 2.5);
    let x = Axis::shares("cache size, % of the different keys", shares);
    let panel = Panel { title: String::new(), x, y, lines };
    let (title, subtitle) = (title.to_string(), subtitle.to_string());
    Chart { title, subtitle, panels: vec![panel], legend: Legend::AtTheEnds }.draw()
}

/// A cache for one thread has the policy's own hit ratio; of the libraries those that are asked for
/// most, so that the lines can be told apart.
fn drawn(kinds: Vec<Kind>) -> Vec<Kind> {
    let drawn = |kind: &Kind| {
        let own = kind.name.starts_with("cachefn") && kind.name.ends_with(" unsync");
        own || ["quick_cache", "moka", "foyer s3-fifo"].contains(&kind.name.as_str())
    };
    kinds.into_iter().filter(drawn).collect()
}

fn capacities(unique: usize, shares: &[f64]) -> Vec<usize> {
    let capacity = |share: &f64| ((unique as f64 * share / 100.0) as usize).max(1);
    shares.iter().map(capacity).collect()
}

const SHARES: [f64; 6] = [0.1, 0.3, 1.0, 3.0, 10.0, 30.0];
