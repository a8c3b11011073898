//! N3: the file storage beside the bare engine under it.

use std::fs;
use std::future::Future;
use std::hint::black_box;
use std::path::Path;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Instant;

use cachefn_core::{Keep, Storage};
use cachefn_file::FileStorage;
use redb::{Database, ReadableDatabase, TableDefinition};
use serde_json::{Value, json};

use crate::bars::Bar;
use crate::folder::Folder;
use crate::measure::{Costs, interleaved, median, timed_in_all_threads};
use crate::random::Random;
use crate::report::Section;
use crate::table::Table;

/// # Errors
/// The disk refuses.
pub fn run(seed: u64, quick: bool) -> Result<Section, String> {
    let folder = Folder::new("n3")?;
    let (rounds, records, many) =
        if quick { (3, 20_000, 200_000) } else { (7, 100_000, 1_000_000) };
    let costs = [puts(&folder, seed, rounds, records), gets(&folder, seed, rounds, records)];
    let labels = ["put, durable at the end", "get"];
    let title =
        format!("N3  file storage, {records} records of {LENGTH} bytes; ratio to redb alone");
    let head = ["µs each", "redb: wall", "cpu", "cachefn-file: wall", "cpu", "ratio: wall", "cpu"];
    let mut table = Table::new(title, head);
    let mut section = Section::new(json!({}));
    for (label, [bare, own]) in labels.into_iter().zip(&costs) {
        let (ratio, cpu) = (own.wall_ratio(bare), own.ratio(bare));
        let micros = |costs: &Costs| [costs.median().wall / 1e3, costs.median().cpu / 1e3];
        let all = [micros(bare), micros(own), [ratio, cpu]];
        let cells = all.as_flattened().iter().map(|figure| format!("{figure:.2}"));
        table.row([label.to_string()].into_iter().chain(cells));
        section.bars.push(Bar::at_most("N3", format!("{label}, x redb"), ratio, 1.3));
        section.figures[label] = all.as_flattened().iter().copied().collect::<Value>();
    }
    section.tables.push(table);

    let (clean, killed) = openings(&folder, seed, rounds, many);
    let mut table = Table::new(format!("N3  opening a file with {many} records"), ["", "ms"]);
    for (label, figure) in [("closed before", clean), ("its process killed before", killed)] {
        table.row([label, &*format!("{figure:.1}")]);
        let what = format!("opening {many} records, {label}, ms");
        section.bars.push(Bar::at_most("N3", what, figure, 100.0));
        section.figures[label] = json!(figure);
    }
    section.tables.push(table);
    Ok(section)
}

#[derive(Clone, Copy)]
enum Contender {
    Bare,
    Own,
}

const BOTH: [Contender; 2] = [Contender::Bare, Contender::Own];

/// A new file for every contender and round.
fn puts(folder: &Folder, seed: u64, rounds: usize, records: usize) -> [Costs; 2] {
    let names = names(seed, records);
    let path = folder.file("put.db");
    let costs = interleaved(&mut BOTH.clone(), rounds, |contender, _| {
        let _ = fs::remove_file(&path);
        match contender {
            Contender::Bare => {
                let database = database(&path);
                timed_in_all_threads(records, || bare_puts(&database, &names)).0
            }
            Contender::Own => {
                let storage = FileStorage::open(&path).expect(WRITABLE);
                timed_in_all_threads(records, || own_puts(&storage, &names)).0
            }
        }
    });
    costs.try_into().expect("there are two")
}

/// Of files that were just opened, in another order than they were written.
fn gets(folder: &Folder, seed: u64, rounds: usize, records: usize) -> [Costs; 2] {
    let mut names = names(seed, records);
    let paths = [folder.file("bare.db"), folder.file("own.db")];
    bare_puts(&database(&paths[0]), &names);
    own_puts(&FileStorage::open(&paths[1]).expect(WRITABLE), &names);
    shuffle(&mut names, seed + 1);
    let costs = interleaved(&mut BOTH.clone(), rounds, |contender, _| match contender {
        Contender::Bare => {
            let database = database(&paths[0]);
            let table = database.begin_read().expect(WRITABLE).open_table(TABLE).expect(WRITABLE);
            let get = |name: &String| table.get(name.as_bytes()).expect(WRITABLE);
            let work = || {
                names.iter().map(|name| black_box(get(name).expect(THERE).value().to_vec()).len())
            };
            timed_in_all_threads(records, || assert_eq!(work().sum::<usize>(), records * LENGTH)).0
        }
        Contender::Own => {
            let storage = FileStorage::open(&paths[1]).expect(WRITABLE);
            let get = |name: &String| now(storage.get(name.as_bytes())).expect(WRITABLE);
            let work = || names.iter().map(|name| black_box(get(name).expect(THERE).record).len());
            timed_in_all_threads(records, || assert_eq!(work().sum::<usize>(), records * LENGTH)).0
        }
    });
    costs.try_into().expect("there are two")
}

/// Milliseconds to open a file that was closed, and one as a killed process leaves it.
fn openings(folder: &Folder, seed: u64, rounds: usize, records: usize) -> (f64, f64) {
    let (path, copy) = (folder.file("many.db"), folder.file("killed.db"));
    let storage = FileStorage::open(&path).expect(WRITABLE);
    own_puts(&storage, &names(seed, records));
    let open = |path: &Path| {
        let start = Instant::now();
        let storage = FileStorage::open(path).expect(WRITABLE);
        let taken = start.elapsed().as_secs_f64() * 1e3;
        assert!(storage.damaged().is_empty());
        taken
    };
    let killed = (0..rounds).map(|_| {
        fs::copy(&path, &copy).expect(WRITABLE);
        open(&copy)
    });
    let killed = median(killed.collect());
    drop(storage);
    (median((0..rounds).map(|_| open(&path)).collect()), killed)
}

fn bare_puts(database: &Database, names: &[String]) {
    // As many bytes as the storage commits at a time.
    for batch in names.chunks((8 << 20) / (LENGTH + 110)) {
        let writing = database.begin_write().expect(WRITABLE);
        let mut table = writing.open_table(TABLE).expect(WRITABLE);
        for name in batch {
            table.insert(name.as_bytes(), &[7; LENGTH][..]).expect(WRITABLE);
        }
        drop(table);
        writing.commit().expect(WRITABLE);
    }
}

fn own_puts(storage: &FileStorage, names: &[String]) {
    for name in names {
        let record = vec![7; LENGTH].into();
        now(storage.set(name.as_bytes(), record, Keep::default())).expect(WRITABLE);
    }
    now(storage.flush()).expect(WRITABLE);
}

fn database(path: &Path) -> Database {
    let mut builder = Database::builder();
    builder.set_cache_size(64 << 20).create(path).expect(WRITABLE)
}

fn names(seed: u64, records: usize) -> Vec<String> {
    let mut names: Vec<String> = (0..records).map(|id| format!("users:{id}")).collect();
    shuffle(&mut names, seed);
    names
}

fn shuffle(names: &mut [String], seed: u64) {
    let mut random = Random::new(seed);
    for at in (1..names.len()).rev() {
        names.swap(at, random.below(at as u32 + 1) as usize);
    }
}

/// The storage's futures never pend.
fn now<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => unreachable!("a future of the file storage pends"),
    }
}

const TABLE: TableDefinition<&[u8], &[u8]> = TableDefinition::new("records");
/// Bytes of a record.
const LENGTH: usize = 256;
const WRITABLE: &str = "the disk takes it";
const THERE: &str = "it was put";
