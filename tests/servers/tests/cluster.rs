//! A Cluster: it is whole, and a node that goes is replaced.

use cachefn_servers::Cluster;

#[test]
fn a_killed_master_is_replaced_by_its_replica_and_follows_it_later() {
    let cluster = Cluster::start();
    assert_eq!(cluster.urls().len(), 6);
    assert_eq!((cluster.masters().len(), cluster.replicas().len()), (3, 3));

    let owner = cluster.owner("user:7").expect("every slot has an owner");
    let master = &cluster.nodes()[owner];
    assert!(owner < 3);
    master.cli(&["SET", "user:7", "Ada"]);
    assert_eq!(master.cli(&["WAIT", "1", "5000"]), "1");
    let other = &cluster.nodes()[(owner + 1) % 3];
    let moved = other.try_cli(&["GET", "user:7"]).expect_err("another node has it");
    assert!(moved.starts_with("MOVED "), "{moved}");

    cluster.kill(owner);
    cluster.wait_until_ok();
    assert_eq!(cluster.owner("user:7"), Some(owner + 3));
    assert_eq!(cluster.nodes()[owner + 3].cli(&["GET", "user:7"]), "Ada");

    let id = cluster.id(owner + 3);
    cluster.restart(owner);
    cluster.wait_until_ok();
    assert_eq!(cluster.nodes()[owner].info("role"), "slave");
    assert_eq!((cluster.masters().len(), cluster.replicas().len()), (3, 3));
    assert_eq!(cluster.id(owner + 3), id);
}

#[test]
fn lines_of_configuration_reach_every_node() {
    let cluster = Cluster::with_conf("cluster-require-full-coverage no");
    for node in cluster.nodes() {
        let line = node.cli(&["CONFIG", "GET", "cluster-require-full-coverage"]);
        assert_eq!(line, "cluster-require-full-coverage\nno");
    }
    assert_eq!(cluster.owner_of_slot(16_383), Some(2));
}
