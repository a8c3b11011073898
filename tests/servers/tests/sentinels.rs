//! A master with replicas and Sentinels: who is killed is replaced.

use cachefn_servers::Sentinels;

#[test]
fn a_killed_master_is_replaced_and_comes_back_as_a_replica() {
    let fleet = Sentinels::start();
    assert_eq!((fleet.urls().len(), fleet.servers().len(), fleet.replicas().len()), (3, 3, 2));
    assert_eq!(fleet.master().info("role"), "master");
    fleet.master().cli(&["SET", "a", "1"]);
    assert_eq!(fleet.master().cli(&["WAIT", "2", "5000"]), "2");

    let old = fleet.kill_master();
    fleet.wait_for_failover(old.port());
    let new = fleet.master();
    assert_ne!(new.port(), old.port());
    assert_eq!(new.cli(&["GET", "a"]), "1");
    assert_eq!(new.cli(&["SET", "a", "2"]), "OK");

    old.restart();
    fleet.wait_until_complete();
    assert_eq!(old.info("role"), "slave");
    assert_eq!(old.cli(&["GET", "a"]), "2");

    // And by order, with all of them well.
    fleet.fail_over();
    assert_ne!(fleet.master().port(), new.port());
    fleet.wait_until_complete();
}

#[test]
fn lines_of_configuration_reach_master_and_replicas() {
    let fleet = Sentinels::with_conf("maxmemory 7mb");
    for server in fleet.servers() {
        assert_eq!(server.cli(&["CONFIG", "GET", "maxmemory"]), "maxmemory\n7340032");
    }
    assert_eq!(fleet.sentinels().len(), 3);
    assert_eq!(fleet.master_name(), "mymaster");
}
