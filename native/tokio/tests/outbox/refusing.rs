//! A storage that refuses: everything for a while, or one change among others.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use cachefn_conformance::{LocalBus, MapStorage};
use cachefn_core::{
    Bus, Capabilities, Error, Found, Hearing, Invalidation, Keep, Message, Notice, Storage, Token,
};
use cachefn_tokio::{Outbox, OutboxBuilder, OutboxEvent, Pending};

use crate::support::{Manual, now};

const LONG: Duration = Duration::from_secs(60);

/// What a write of this name fails with; deletes are told by a lack of a record.
pub(crate) type Rule = fn(&[u8], Option<&[u8]>) -> Option<Error>;

#[derive(Clone)]
pub(crate) struct Server(MapStorage, Arc<Mutex<Rule>>);

impl Server {
    fn check(&self, name: &[u8], record: Option<&[u8]>) -> Result<(), Error> {
        let rule = *self.1.lock().unwrap();
        rule(name, record).map_or(Ok(()), Err)
    }
}

impl Storage for Server {
    async fn get(&self, name: &[u8]) -> Result<Option<Found>, Error> {
        self.0.get(name).await
    }
    async fn set(&self, name: &[u8], record: Bytes, keep: Keep<'_>) -> Result<(), Error> {
        self.check(name, Some(&record))?;
        self.0.set(name, record, keep).await
    }
    async fn delete(&self, name: &[u8]) -> Result<bool, Error> {
        self.check(name, None)?;
        self.0.delete(name).await
    }
    async fn delete_if(&self, name: &[u8], record: &[u8]) -> Result<bool, Error> {
        self.check(name, None)?;
        self.0.delete_if(name, record).await
    }
    fn capabilities(&self) -> Capabilities {
        self.0.capabilities()
    }
}

pub(crate) fn well(_: &[u8], _: Option<&[u8]>) -> Option<Error> {
    None
}

pub(crate) fn down(_: &[u8], _: Option<&[u8]>) -> Option<Error> {
    Some(Error::unavailable("call", "nobody answers"))
}

fn locked(_: &[u8], _: Option<&[u8]>) -> Option<Error> {
    Some(Error::config("call", "wrong password"))
}

pub(crate) struct Scene {
    map: MapStorage,
    rule: Arc<Mutex<Rule>>,
    pub(crate) runtime: Manual,
    outbox: Outbox<Server>,
    events: Arc<Mutex<Vec<OutboxEvent>>>,
}

impl Scene {
    pub(crate) fn new(set_up: impl FnOnce(OutboxBuilder<Server>) -> OutboxBuilder<Server>) -> Self {
        let (map, runtime, events) = (MapStorage::new(), Manual::new(), Arc::default());
        let rule = Arc::new(Mutex::new(well as Rule));
        let server = Server(map.clone(), Arc::clone(&rule));
        let heard: Arc<Mutex<Vec<OutboxEvent>>> = Arc::clone(&events);
        let builder = Outbox::new(server, runtime.clone()).clock(runtime.clock());
        let builder = builder.listener(move |event| heard.lock().unwrap().push(event.clone()));
        let outbox = now(set_up(builder).build()).unwrap();
        Scene { map, rule, runtime, outbox, events }
    }

    pub(crate) fn is(&self, rule: Rule) {
        *self.rule.lock().unwrap() = rule;
    }

    pub(crate) fn set(&self, name: &str, record: &'static str) {
        let record = Bytes::from_static(record.as_bytes());
        self.runtime.drive(self.outbox.set(name.as_bytes(), record, Keep::default())).unwrap();
    }

    fn delete(&self, name: &str) {
        self.runtime.drive(self.outbox.delete(name.as_bytes())).unwrap();
    }

    fn replace(&self, name: &str, token: u8) {
        let tokens = [(name.as_bytes(), Token([token; 16]))];
        self.runtime.drive(self.outbox.replace_tokens(&tokens)).unwrap();
    }

    fn create(&self, name: &str, token: u8) {
        let tokens = [(name.as_bytes(), Token([token; 16]))];
        let created = self.runtime.drive(self.outbox.create_tokens(&tokens)).unwrap();
        assert_eq!(created, [Token([token; 16])]);
    }

    pub(crate) fn stored(&self, name: &str) -> Option<String> {
        let found = now(self.map.get(name.as_bytes())).unwrap();
        found.map(|found| String::from_utf8(found.record.to_vec()).unwrap())
    }

    /// The token that the storage has.
    fn token(&self, name: &str) -> Option<Token> {
        now(self.map.tokens(&[name.as_bytes()])).unwrap()[0]
    }

    pub(crate) fn pending(&self) -> Pending {
        self.outbox.pending()
    }

    /// What was told since the last time, by its kind; what was told again and again stands there once.
    fn told(&self) -> Vec<String> {
        let kind = |event: &OutboxEvent| match event {
            OutboxEvent::Waiting(_) => "waiting".into(),
            OutboxEvent::Caught => "caught".into(),
            OutboxEvent::Refused { name, .. } => format!("refused {name}"),
            other => other.to_string(),
        };
        let events = std::mem::take(&mut *self.events.lock().unwrap());
        let mut told: Vec<String> = events.iter().map(kind).collect();
        told.dedup();
        told
    }
}

#[test]
fn h_35_what_waits_is_kept_while_the_storage_refuses_everything() {
    for builder in [(|builder| builder) as fn(_) -> _, OutboxBuilder::write_behind] {
        let scene = Scene::new(builder);
        scene.create("%n:n", 1);
        for number in 0..20 {
            scene.set(&format!("n:gone {number}"), "old");
        }
        scene.runtime.advance(LONG);
        scene.is(down);
        scene.set("n:first", "new");
        (0..20).for_each(|number| scene.delete(&format!("n:gone {number}")));
        scene.runtime.drive(scene.outbox.delete_if(b"n:taken", b"old")).unwrap();
        scene.replace("%n:n", 2);
        (0..20).for_each(|number| scene.set(&format!("n:set {number}"), "new"));
        scene.runtime.advance(LONG);
        let waiting = scene.pending().entries;
        assert_eq!((waiting, scene.told()), (43, vec!["waiting".to_string()]));
        scene.is(locked);
        scene.runtime.advance(10 * LONG);
        let pending = scene.pending();
        assert_eq!((pending.entries, pending.sets, pending.refused), (waiting, 21, 0));
        assert!(pending.is_down && scene.told().is_empty(), "{pending:?}");
        let error = scene.runtime.drive(scene.outbox.flush()).unwrap_err();
        assert!(error.to_string().contains("43 changes") && error.is_retryable(), "{error}");
        scene.is(well);
        scene.runtime.advance(LONG);
        assert_eq!((scene.pending().entries, scene.pending().is_down), (0, false));
        assert_eq!(scene.told(), ["caught"]);
        assert_eq!((scene.map.len(), scene.token("%n:n")), (22, Some(Token([2; 16]))));
        assert_eq!(scene.stored("n:set 19"), Some("new".into()));
        assert_eq!(scene.runtime.tasks(), 0);
    }
}

#[test]
fn s_27_a_token_that_fails_where_deletes_do_not_lets_them_go_first_and_is_replaced_later() {
    let scene = Scene::new(|builder| builder);
    scene.create("%n:n", 1);
    (0..30).for_each(|number| scene.set(&format!("n:{number}"), "old"));
    scene.is(down);
    scene.replace("%n:n", 2);
    (0..30).for_each(|number| scene.delete(&format!("n:{number}")));
    // No memory is left in the server: it deletes and keeps nothing.
    scene.is(|_, record| record.map(|_| Error::unavailable("set", "out of memory")));
    scene.runtime.advance(20 * LONG);
    assert_eq!((scene.pending().entries, scene.stored("n:7")), (1, None));
    assert_eq!(scene.told(), ["waiting", "refused %n:n"]);
    assert_eq!(scene.pending().refused, 1);
    scene.is(well);
    scene.runtime.advance(LONG);
    assert_eq!((scene.pending().entries, scene.runtime.tasks()), (0, 0));
    assert!(scene.token("%n:n").is_some_and(|token| token != Token([1; 16])));
    assert_eq!(scene.told(), ["caught"]);
}

#[test]
fn h_36_a_token_that_is_refused_loses_no_other_of_its_batch() {
    let scene = Scene::new(|builder| builder);
    let names = ["%n:a", "%n:b", "%n:bad", "%n:c", "%n:d"];
    names.iter().for_each(|name| scene.create(name, 1));
    scene.is(down);
    names.iter().for_each(|name| scene.replace(name, 2));
    scene.is(|name, _| (name == b"%n:bad").then(|| Error::config("set", "not this one")));
    scene.runtime.advance(LONG);
    let others = names.iter().filter(|name| **name != "%n:bad");
    let is_replaced = |name: &str| scene.token(name).is_some_and(|token| token != Token([1; 16]));
    others.for_each(|name| assert!(is_replaced(name), "{name}"));
    assert_eq!(scene.pending().entries, 1);
    assert_eq!(scene.told(), ["waiting", "refused %n:bad"]);
    // Others go at once, however long the one is refused.
    scene.set("n:a", "new");
    scene.runtime.run();
    assert_eq!((scene.stored("n:a"), scene.pending().is_down), (Some("new".into()), false));
    let error = scene.runtime.drive(scene.outbox.flush()).unwrap_err().to_string();
    assert!(error.contains("1 changes") && error.contains("not this one"), "{error}");
    scene.is(well);
    scene.runtime.advance(LONG);
    assert_eq!((scene.pending().entries, scene.told()), (0, vec!["caught".to_string()]));
    assert!(is_replaced("%n:bad"));
}

#[test]
fn h_36_a_record_that_is_refused_alone_is_given_up_when_others_were_taken_around_that() {
    let scene = Scene::new(OutboxBuilder::write_behind);
    now(scene.map.set(b"n:bad", Bytes::from_static(b"older"), Keep::default())).unwrap();
    scene.is(|_, record| {
        record.filter(|record| *record == b"bad").map(|_| Error::config("set", "no such thing"))
    });
    (0..12).for_each(|number| scene.set(&format!("n:bad {number}"), "bad"));
    scene.set("n:bad", "bad");
    scene.runtime.advance(10 * LONG);
    let pending = scene.pending();
    assert_eq!((pending.entries, pending.refused), (13, 0), "nobody knows whose fault it is");
    assert_eq!(scene.told(), ["waiting"]);
    (0..3).for_each(|number| {
        scene.set(&format!("n:good {number}"), "good");
        scene.runtime.advance(LONG);
    });
    let told = scene.told();
    assert_eq!((scene.pending().entries, scene.pending().refused), (0, 13), "{told:?}");
    assert_eq!((scene.stored("n:bad"), scene.map.len()), (None, 3));
    assert_eq!(told.last().map(String::as_str), Some("caught"));
    assert_eq!(scene.runtime.tasks(), 0);
}

#[test]
fn s_34_a_message_waits_for_what_is_refused_in_its_own_scope_and_for_nothing_else() {
    let refusals: [(&str, Rule); 2] = [("a/in:bad", no_bad), ("%t:a:bad", no_bad)];
    for (name, rule) in refusals {
        let scene = Scene::new(|builder| builder);
        let peer = Peer::of(&scene);
        scene.create("%t:a:bad", 1);
        scene.is(down);
        scene.set("b:1", "new");
        match name.starts_with('%') {
            true => {
                scene.replace(name, 2);
                // It waits for its token.
                let keep = Keep::new(None, &[b"%t:a:bad"]);
                scene.runtime.drive(scene.outbox.set(b"a:1", b"new"[..].into(), keep)).unwrap();
            }
            false => scene.delete(name),
        }
        ["a/in", "b", "a", "b/in"].into_iter().for_each(|namespace| peer.tell(namespace));
        scene.is(rule);
        scene.runtime.advance(LONG);
        scene.set("b:1", "newer");
        peer.tell("b");
        scene.runtime.advance(LONG);
        assert_eq!(peer.heard(), ["b", "b/in", "b"], "{name}");
        assert_eq!(scene.pending().messages, 2);
        scene.is(well);
        scene.runtime.advance(LONG);
        assert_eq!(peer.heard(), ["a/in", "a"], "{name}");
        assert_eq!((scene.pending().entries, scene.runtime.tasks()), (0, 0));
    }
}

#[test]
fn s_34_a_message_that_follows_a_refused_record_waits_for_the_delete_in_its_place() {
    let scene = Scene::new(|builder| builder);
    let peer = Peer::of(&scene);
    now(scene.map.set(b"a:bad", Bytes::from_static(b"older"), Keep::default())).unwrap();
    scene.is(down);
    scene.set("a:bad", "newer");
    peer.tell("a");
    (0..4).for_each(|number| scene.set(&format!("b:{number}"), "new"));
    scene.is(no_bad);
    (0..4).for_each(|_| scene.runtime.advance(LONG));
    let (told, pending) = (scene.told(), scene.pending());
    assert!(told.contains(&"refused a:bad".into()), "{told:?}");
    assert_eq!((peer.heard().len(), pending.messages, pending.sets), (0, 1, 0));
    scene.is(well);
    scene.runtime.advance(LONG);
    assert_eq!((peer.heard(), scene.stored("a:bad")), (vec!["a".into()], None));
}

#[test]
fn s_34_however_many_records_wait_for_a_refused_token_other_scopes_are_told() {
    let scene = Scene::new(|builder| builder);
    let peer = Peer::of(&scene);
    scene.create("%t:a:bad", 1);
    scene.is(down);
    scene.replace("%t:a:bad", 2);
    let keep = Keep::new(None, &[b"%t:a:bad"]);
    for number in 0..2_000 {
        let name = format!("a:{number}");
        let set = scene.outbox.set(name.as_bytes(), b"new"[..].into(), keep);
        scene.runtime.drive(set).unwrap();
    }
    scene.set("b:1", "new");
    ["a", "b"].into_iter().for_each(|namespace| peer.tell(namespace));
    scene.is(no_bad);
    (0..4).for_each(|_| scene.runtime.advance(LONG));
    assert_eq!((peer.heard(), scene.pending().sets), (vec!["b".into()], 2_000));
    scene.is(well);
    scene.runtime.advance(10 * LONG);
    assert_eq!((peer.heard(), scene.pending().entries), (vec!["a".into()], 0));
}

/// A bus that follows an outbox, and what another one hears.
struct Peer<'s> {
    scene: &'s Scene,
    bus: LocalBus,
    following: Arc<dyn Bus>,
    heard: Arc<Mutex<Vec<String>>>,
    _hearing: Hearing,
}

impl<'s> Peer<'s> {
    fn of(scene: &'s Scene) -> Self {
        let (bus, heard) = (LocalBus::new(), Arc::new(Mutex::new(Vec::new())));
        let (following, told) = (Arc::new(scene.outbox.bus(bus.connect())), heard.clone());
        let hearing = bus.connect().subscribe(Arc::new(move |notice| {
            if let Notice::Message(message) = notice {
                told.lock().unwrap().push(message.namespace.to_string());
            }
        }));
        Peer { scene, bus, following, heard, _hearing: hearing }
    }

    fn tell(&self, namespace: &str) {
        let message = Message::new(namespace, 7, Invalidation::Keys(vec!["1".into()]));
        self.scene.runtime.drive(self.following.publish(&message)).unwrap();
    }

    /// The namespaces that were told since the last time.
    fn heard(&self) -> Vec<String> {
        self.bus.settle();
        std::mem::take(&mut *self.heard.lock().unwrap())
    }
}

fn no_bad(name: &[u8], _: Option<&[u8]>) -> Option<Error> {
    name.ends_with(b":bad").then(|| Error::config("call", "not this one"))
}
