use cachefn_core::cachefn;

#[cachefn(tll = "5m", max_entires = 10, tag = ["users"])]
fn slips(id: u64) -> u64 {
    id
}

#[cachefn(size = 10, time = 60)]
fn words_of_other_caches(id: u64) -> u64 {
    id
}

#[cachefn(colour = "red", shiny)]
fn foreign_words(id: u64) -> u64 {
    id
}

fn main() {
    slips::cache().clear();
}
