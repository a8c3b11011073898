//! A master, two replicas, and three Sentinels that watch over them.

use crate::server::{Server, field_of};
use crate::wait;

/// One master, two replicas and three Sentinels, all on ports of their own; they end with this value.
///
/// ```no_run
/// use cachefn_servers::Sentinels;
///
/// let fleet = Sentinels::start();
/// let old = fleet.master().port();
/// fleet.kill_master();
/// fleet.wait_for_failover(old);
/// assert_ne!(fleet.master().port(), old);
/// ```
#[derive(Debug)]
pub struct Sentinels {
    servers: Vec<Server>,
    sentinels: Vec<Server>,
}

impl Sentinels {
    /// Starts all six and waits until each Sentinel knows the others and both replicas. A master that is
    /// silent for a second is down for them.
    ///
    /// # Panics
    /// A program is missing, or they do not find each other.
    #[must_use = "the servers end when this value is dropped"]
    pub fn start() -> Self {
        Self::with_conf("")
    }

    /// The same, with lines for the configuration of the master and the replicas.
    ///
    /// # Panics
    /// As [`start`](Self::start).
    #[must_use = "the servers end when this value is dropped"]
    pub fn with_conf(lines: &str) -> Self {
        let mut servers = vec![Server::builder().conf(lines).start()];
        let port = servers[0].port();
        for _ in 0..2 {
            let of = format!("replicaof 127.0.0.1 {port}");
            servers.push(Server::builder().conf(&of).conf(lines).start());
        }
        let are_replicas =
            || servers[1..].iter().all(|server| server.info("master_link_status") == "up");
        assert!(wait::until_true(are_replicas), "replicas of {port} do not reach it");
        let watch = format!(
            "sentinel monitor {MASTER} 127.0.0.1 {port} 2\nsentinel down-after-milliseconds {MASTER} 1000\nsentinel failover-timeout {MASTER} 3000\nsentinel parallel-syncs {MASTER} 1"
        );
        let sentinel = Server::builder().conf(&watch).sentinel();
        let sentinels: Vec<Server> = (0..3).map(|_| sentinel.clone().start()).collect();
        for sentinel in &sentinels {
            // They would look around every ten seconds; older ones cannot be asked for more.
            let _ = sentinel.try_cli(&[
                "SENTINEL",
                "DEBUG",
                "INFO-PERIOD",
                "500",
                "PUBLISH-PERIOD",
                "500",
                "PING-PERIOD",
                "200",
            ]);
        }
        let fleet = Self { servers, sentinels };
        fleet.wait_until_complete();
        fleet
    }

    /// What a client asks for the master.
    pub fn urls(&self) -> Vec<String> {
        self.sentinels.iter().map(Server::url).collect()
    }

    /// The name by which Sentinels know the master.
    pub fn master_name(&self) -> &'static str {
        MASTER
    }

    /// The server that most of the Sentinels that run call the master.
    ///
    /// # Panics
    /// They do not agree for two minutes.
    pub fn master(&self) -> &Server {
        let agreed = wait::until(|| {
            let running = self.sentinels.iter().filter(|sentinel| sentinel.is_running());
            let mut ports: Vec<u16> = running.filter_map(master_port).collect();
            ports.sort_unstable();
            // More than half say what the middle one says, or nobody does.
            let middle = *ports.get(ports.len() / 2)?;
            let votes = ports.iter().filter(|port| **port == middle).count();
            let is_agreed = votes * 2 > self.sentinels.len();
            is_agreed.then(|| self.servers.iter().find(|server| server.port() == middle))?
        });
        agreed.expect("the Sentinels do not agree on a master")
    }

    /// All but the master, be they running or not.
    ///
    /// # Panics
    /// As [`master`](Self::master).
    pub fn replicas(&self) -> Vec<&Server> {
        let master = self.master().port();
        self.servers.iter().filter(|server| server.port() != master).collect()
    }

    /// The master and the replicas, in the order in which they were started.
    pub fn servers(&self) -> &[Server] {
        &self.servers
    }

    /// The three Sentinels.
    pub fn sentinels(&self) -> &[Server] {
        &self.sentinels
    }

    /// Kills the master (`kill -9`) and says which it was. Who follows is decided some seconds later.
    ///
    /// # Panics
    /// As [`master`](Self::master).
    pub fn kill_master(&self) -> &Server {
        let master = self.master();
        master.kill();
        master
    }

    /// Asks for another master although this one is well, and waits for it; it loses what the new one
    /// does not have yet. Sentinels that take the chosen replica for a master who has come back undo the choice, and
    /// whom they asked gives up: then it is asked again.
    ///
    /// # Panics
    /// There is no other master after two minutes.
    pub fn fail_over(&self) {
        let (old, asked) = (self.master().port(), &self.sentinels[0]);
        let is_done = || {
            let is_idle = asked.try_cli(&["SENTINEL", "MASTER", MASTER]).is_ok_and(|known| {
                pair(&known, "flags") == "master" && pair(&known, "port") == old.to_string()
            });
            if is_idle {
                let _ = asked.try_cli(&["SENTINEL", "FAILOVER", MASTER]); // refused where no replica is good yet
            }
            self.is_replaced(old)
        };
        assert!(wait::until_true(is_done), "{}", self.not_replaced(old));
    }

    /// Waits until the Sentinels agree on another master than that at this port, and it knows that it is.
    ///
    /// # Panics
    /// Two minutes are not enough.
    pub fn wait_for_failover(&self, old: u16) {
        assert!(wait::until_true(|| self.is_replaced(old)), "{}", self.not_replaced(old));
    }

    fn is_replaced(&self, old: u16) -> bool {
        let master = self.master();
        master.port() != old && role(master).is_ok_and(|role| role == "master")
    }

    fn not_replaced(&self, old: u16) -> String {
        let last_words = |sentinel: &Server| {
            let log = sentinel.log();
            let lines: Vec<&str> = log.lines().collect();
            let last = lines[lines.len().saturating_sub(LAST)..].join("\n");
            format!("\nSentinel at {}:\n{last}", sentinel.port())
        };
        let told: String = self.sentinels.iter().map(last_words).collect();
        format!("there is no other master than that at {old}{told}")
    }

    /// Waits until every server that runs has its part and every Sentinel knows it: after a failover and
    /// the return of the old master this is when the next failover may begin.
    ///
    /// # Panics
    /// Two minutes are not enough.
    pub fn wait_until_complete(&self) {
        let is_complete = || {
            let master = self.master().port();
            let mut replicas =
                self.servers.iter().filter(|server| server.is_running() && server.port() != master);
            // Sentinels end the connections of whom they give a part.
            let is_linked = |replica: &Server| {
                replica.try_cli(&["INFO", "replication"]).is_ok_and(|info| {
                    let says = |field: &str, value: &str| field_of(&info, field) == Some(value);
                    says("role", "slave") && says("master_link_status", "up")
                })
            };
            let knows_all = |sentinel: &Server| {
                sentinel.try_cli(&["SENTINEL", "MASTER", MASTER]).is_ok_and(|known| {
                    let says = |field: &str, value: usize| pair(&known, field) == value.to_string();
                    says("num-slaves", self.servers.len() - 1)
                        && says("num-other-sentinels", self.sentinels.len() - 1)
                        && pair(&known, "flags") == "master"
                })
            };
            let mut sentinels = self.sentinels.iter().filter(|sentinel| sentinel.is_running());
            replicas.all(is_linked) && sentinels.all(knows_all)
        };
        assert!(
            wait::until_true(is_complete),
            "the Sentinels do not find the servers and each other"
        );
    }
}

fn master_port(sentinel: &Server) -> Option<u16> {
    let address = sentinel.try_cli(&["SENTINEL", "GET-MASTER-ADDR-BY-NAME", MASTER]).ok()?;
    address.lines().nth(1)?.parse().ok()
}

fn role(server: &Server) -> Result<String, String> {
    let info = server.try_cli(&["INFO", "replication"])?;
    Ok(field_of(&info, "role").unwrap_or_default().to_owned())
}

/// What follows a name in a list of names and values.
fn pair<'t>(list: &'t str, name: &str) -> &'t str {
    let index = list.lines().step_by(2).position(|line| line == name);
    index.and_then(|index| list.lines().nth(2 * index + 1)).unwrap_or_default()
}

const MASTER: &str = "mymaster";
/// So many lines of a log tell why there is no other master.
const LAST: usize = 40;
