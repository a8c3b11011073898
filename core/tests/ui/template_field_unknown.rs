use cachefn_core::cachefn;

struct User {
    id: u64,
}

#[cachefn(key = "user:{usr.id}", tags = ["area:{are}", "{colour}"])]
fn names(user: User, area: &str) -> u64 {
    user.id + area.len() as u64
}

#[cachefn(key = "all:{id}")]
fn no_arguments() -> u64 {
    7
}

#[cachefn(tags = ["{x}:{y}"])]
fn in_a_pattern((x, y): (u64, u64), z: u64) -> u64 {
    x + y + z
}

#[cachefn(key = (x, z))]
fn in_a_pattern_of_an_expression((x, y): (u64, u64), z: u64) -> u64 {
    x + y + z
}

fn main() {}
