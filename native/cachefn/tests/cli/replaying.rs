//! `replay`: hit ratios of a trace, as a table, as JSON and as a picture.

use crate::support::*;

/// A loop over 20 keys among keys that never come again.
fn trace(place: &Place) -> String {
    let lines = (0..4_000).map(|at| match at % 2 {
        0 => format!("loop:{}", at / 2 % 20),
        _ => format!("once:{at}"),
    });
    let path = place.path("trace.txt");
    std::fs::write(&path, lines.collect::<Vec<_>>().join("\n")).unwrap();
    path.to_str().unwrap().to_string()
}

#[test]
fn the_ratios_of_every_policy_are_below_the_optimum_and_the_same_in_every_run() {
    let place = Place::new();
    let trace = trace(&place);
    let words = ["replay", &*trace, "--sizes", "10,25,5%", "--json"];
    let first = ended(program(&words)).succeeds();
    assert_eq!(first.out, ended(program(&words)).succeeds().out);
    let objects = first.objects();
    assert_eq!(objects.len(), 8 * 3, "seven policies and the optimum at three sizes");
    let ratio = |policy: &str, entries: u64| {
        let fits = |own: &&serde_json::Value| own["policy"] == policy && own["entries"] == entries;
        objects.iter().find(fits).unwrap()["hit_ratio"].as_f64().unwrap()
    };
    // 1,980 of 4,000 hit where the loop fits, and the recent ones are enough only from 40 on.
    assert_eq!((ratio("optimum", 25), ratio("lru", 25)), (0.495, 0.0));
    assert_eq!(ratio("lru", 101), 0.495);
    for own in &objects {
        let best = ratio("optimum", own["entries"].as_u64().unwrap());
        assert!(own["hit_ratio"].as_f64().unwrap() <= best, "{own}");
    }
}

#[test]
fn the_table_has_a_row_for_each_policy_that_is_named_and_the_picture_a_line() {
    let place = Place::new();
    let (trace, plot) = (trace(&place), place.path("plot.svg"));
    let words = [
        "replay",
        &*trace,
        "--policies",
        "lru,sieve",
        "--sizes",
        "1%",
        "--plot",
        plot.to_str().unwrap(),
    ];
    let ended = ended(program(&words)).succeeds();
    let names: Vec<&str> =
        ended.lines().iter().skip(5).map(|line| line.split(' ').next().unwrap()).collect();
    assert_eq!(names, ["%", "optimum", "lru", "sieve"], "{ended:?}");
    let svg = text_of(&plot);
    assert!(svg.starts_with("<svg") && svg.ends_with("</svg>\n"));
    assert!(
        ["lru", "sieve", "optimum", "trace.txt: 4000 requests"].iter().all(|own| svg.contains(own))
    );
}

#[test]
fn lines_come_from_the_standard_input_and_numbers_from_files_called_so() {
    let place = Place::new();
    let ended =
        given(program(&["replay", "-", "--json", "--sizes", "2"]), "a\nb\na\nb\n").succeeds();
    assert_eq!(ended.objects()[0]["hit_ratio"], 0.5);
    let numbers = place.path("trace.u32");
    std::fs::write(&numbers, [7_u32, 7, 9, 7].map(u32::to_le_bytes).concat()).unwrap();
    let ended = crate::support::ended(program(&[
        "replay",
        numbers.to_str().unwrap(),
        "--json",
        "--sizes",
        "2",
    ]));
    assert_eq!(ended.succeeds().objects()[0]["hit_ratio"], 0.5);
}

#[test]
fn numbers_that_are_small_and_have_gaps_are_as_many_keys_as_there_are() {
    let place = Place::new();
    let numbers = place.path("five.u32");
    std::fs::write(&numbers, [5_u32; 6].map(u32::to_le_bytes).concat()).unwrap();
    let plot = place.path("plot.svg");
    let words = ["replay", numbers.to_str().unwrap(), "--json", "--sizes", "100%", "--plot"];
    let ended = ended(program(&[&words[..], &[plot.to_str().unwrap()]].concat())).succeeds();
    assert_eq!(ended.objects()[0]["entries"], 1);
    assert!(text_of(&plot).contains("6 requests, 1 different keys"), "{}", text_of(&plot));
}

#[test]
fn what_cannot_be_replayed_says_why() {
    let place = Place::new();
    let file = |name: &str, bytes: &[u8]| {
        std::fs::write(place.path(name), bytes).unwrap();
        place.path(name).to_str().unwrap().to_string()
    };
    for (file, told) in [
        (file("empty.txt", b"\n\n"), "there is no request in it"),
        (file("odd.u32", b"12345"), "5 bytes are no whole number"),
        (file("packed.txt", &[0x28, 0xB5, 0x2F, 0xFD, 0]), "zstd -dc"),
        ("no/such/trace".to_string(), "No such file"),
    ] {
        let ended = ended(program(&["replay", &*file])).fails(4);
        assert!(ended.told.contains(told), "{ended:?}");
    }
    let good = file("good.txt", b"a\n");
    let ended = ended(program(&["replay", &*good, "--sizes", "0"])).fails(2);
    assert!(ended.told.contains("neither like 1000 nor like 1%"), "{ended:?}");
    let ended = crate::support::ended(program(&["replay", &*good, "--policies", "mru"])).fails(2);
    assert!(ended.told.contains("s3-fifo"), "the known ones are named: {ended:?}");
}
