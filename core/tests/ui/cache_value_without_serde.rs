use cachefn_core::cachefn;

#[derive(Clone)]
struct User;

#[cachefn(cache = "users")]
async fn asynchronous(id: u64) -> User {
    User
}

#[cachefn(cache = "users")]
fn blocking(id: u64) -> Result<User, String> {
    Ok(User)
}

fn main() {}
