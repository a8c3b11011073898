//! What begins while tokens wait, are on their way, or are unknown.

use std::time::Duration;

use cachefn_conformance::Faults;
use cachefn_core::{Storage, Token};

use crate::support::{Scene, now};

const LONG: Duration = Duration::from_secs(60);

#[test]
fn s_34_what_begins_while_a_new_token_is_on_its_way_begins_with_that_one() {
    for is_frozen in [true, false] {
        let scene = Scene::through();
        let (runtime, outbox) = (&scene.runtime, &scene.outbox);
        let [first, second, other] = [1, 2, 3].map(|byte| Token([byte; 16]));
        runtime.drive(outbox.create_tokens(&[(b"%n:n", first)])).unwrap();
        scene.server.inject(Faults::down());
        runtime.drive(outbox.replace_tokens(&[(b"%n:n", second)])).unwrap();
        // The call is under way for as long as nothing answers, and then it fails, or not.
        scene.server.inject(Faults::frozen());
        runtime.advance(LONG);
        let begun = runtime.drive(outbox.create_tokens(&[(b"%n:n", other)])).unwrap();
        assert_eq!(begun, [second], "the first is not valid any more");
        scene.server.inject(if is_frozen { Faults::none() } else { Faults::down() });
        runtime.advance(LONG);
        let begun = runtime.drive(outbox.create_tokens(&[(b"%n:n", other)])).unwrap();
        assert_eq!(begun, [second]);
        scene.server.inject(Faults::none());
        runtime.advance(LONG);
        assert_eq!(now(scene.map.tokens(&[b"%n:n"])).unwrap(), [Some(second)]);
    }
}
