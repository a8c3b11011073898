use cachefn_core::cachefn;

#[cachefn(tll = "5m", policy = "lfu", tags = ["user:{idd}"], key = "{id}{area}", max_entries = 0)]
fn settings(id: u64, area: String) -> u64 {
    id + area.len() as u64
}

#[cachefn(polcy = "lru")]
async fn signature<T>(list: &mut Vec<T>, extra: f64) {
    let _ = (list, extra);
}

// The companions are there all the same, so that their uses are no mistakes too.
fn main() {
    settings::cache().invalidate_by_tag("user:7");
    let _ = settings::refresh(7, "eu".to_owned()) + settings::uncached(7, "eu".to_owned());
    let _: String = settings::key(7, "eu".to_owned());
}
