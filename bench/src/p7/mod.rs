//! P7: hits of functions that are cached by one line above them, and what they allocate.

mod functions;

use std::hint::black_box;

use serde_json::json;

use crate::allocator;
use crate::bars::Bar;
use crate::measure::{interleaved, timed};
use crate::random::Random;
use crate::report::{Comparison, Section};
use crate::table::Table;
use functions::{BY_HAND, NUMBERS, OURS, TEXTS};

pub fn run(seed: u64, quick: bool) -> Section {
    let (rounds, calls) = if quick { (3, 1 << 17) } else { (15, 1 << 20) };
    let mut random = Random::new(seed);
    let asked: Vec<u32> = (0..calls).map(|_| random.below(KEYS)).collect();
    let names: Vec<String> = (0..KEYS).map(|id| format!("somebody-{id}")).collect();

    let number = |function: fn(u64) -> u64, ids: &[u32]| {
        for id in ids {
            black_box(function(u64::from(*id)));
        }
    };
    let text = |function: fn(&str, u32) -> String, ids: &[u32]| {
        for id in ids {
            black_box(function(&names[*id as usize], id % 7));
        }
    };
    let mut numbers = measure("fn(u64) -> u64", &NUMBERS, &asked, rounds, number, 0.0);
    let texts = measure("fn(&str, u32) -> String", &TEXTS, &asked, rounds, text, 1.0);
    numbers.tables.extend(texts.tables);
    numbers.bars.extend(texts.bars);
    numbers.figures = json!([numbers.figures, texts.figures]);
    numbers
}

/// All functions of one signature, whose values themselves need `own` allocations.
fn measure<F: Copy>(
    signature: &str,
    functions: &[(&str, F)],
    asked: &[u32],
    rounds: usize,
    call: impl Fn(F, &[u32]),
    own: f64,
) -> Section {
    let all: Vec<u32> = (0..KEYS).collect();
    functions.iter().for_each(|(_, function)| call(*function, &all)); // from here on all are hits
    let mut contenders = functions.to_vec();
    let costs = interleaved(&mut contenders, rounds, |(_, function), _| {
        call(*function, &all);
        timed(asked.len(), || call(*function, asked)).0
    });
    let names: Vec<String> = functions.iter().map(|(name, _)| (*name).to_string()).collect();
    let situations = [(signature.to_string(), costs)];
    let comparison = Comparison { names: &names, base: BY_HAND, situations: &situations };
    let allocations: Vec<f64> =
        functions.iter().map(|(_, f)| allocations(|| call(*f, &all))).collect();

    let mut section = Section::new(json!({
        "costs": comparison.figures(),
        "allocations": allocations,
    }));
    let title = format!("P7  hit of a cached {signature}");
    section.tables = vec![comparison.table(&title), counted(signature, &names, &allocations)];
    section.bars = comparison.bars("P7", "hit", OURS, 1.0);
    let ours = names.iter().position(|name| name == OURS).map_or(f64::NAN, |at| allocations[at]);
    let what = format!("allocations of a hit beyond the value, {signature}");
    section.bars.push(Bar::at_most("P7", what, ours - own, 0.0));
    section
}

/// Allocations of each of the calls, one for every key.
fn allocations(calls: impl Fn()) -> f64 {
    allocator::start();
    calls();
    allocator::stop().calls as f64 / f64::from(KEYS)
}

fn counted(signature: &str, names: &[String], allocations: &[f64]) -> Table {
    let mut table =
        Table::new(format!("P7  allocations of a hit, {signature}"), ["", "allocations"]);
    for (name, count) in names.iter().zip(allocations) {
        table.row([name.clone(), format!("{count:.2}")]);
    }
    table
}

const KEYS: u32 = 1_000;
