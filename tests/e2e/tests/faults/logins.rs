//! Who may do what: passwords that change, users that lose rights.

use cachefn_e2e::suite::Case;
use cachefn_e2e::table::Row;
use cachefn_servers::Server;

use crate::caches::{Caches, run};

pub(crate) const CASES: &[Case] = &[
    ("h_35_s_19_a_password_that_changes_and_comes_back", rotated),
    ("h_35_s_19_a_user_that_may_not_write_any_more", denied),
];

fn rotated() -> Row {
    let redis = Server::builder().password("first").start();
    run(async {
        let caches = Caches::at(&redis.url()).await;
        redis.cli(&["CONFIG", "SET", "requirepass", "second"]);
        // Connections that are open stay logged in.
        caches.live().await.all_succeeded();
        redis.cli(&["CLIENT", "KILL", "TYPE", "normal"]);
        let seen = caches.live().await;
        seen.failed_as(&["config", "unavailable"]);
        assert!(seen.kinds.contains("config"), "{seen:?}");
        assert_eq!(seen.succeeded, 0);
        redis.cli(&["CONFIG", "SET", "requirepass", "first"]);
        let lost = caches.recover().await;
        assert_eq!(lost, 0);
        seen.row("another password, and connections closed", lost)
    })
}

fn denied() -> Row {
    let redis = Server::builder().acl("user app on >pw ~* &* +@all").start();
    run(async {
        let caches = Caches::at(&redis.url_for("app", "pw")).await;
        redis.cli(&["ACL", "SETUSER", "app", "-@write", "-@scripting"]);
        let seen = caches.live().await;
        seen.failed_as(&["config"]);
        redis.cli(&["ACL", "SETUSER", "app", "+@all"]);
        let lost = caches.recover().await;
        assert_eq!(lost, 0);
        seen.row("a user that may not write (NOPERM)", lost)
    })
}
