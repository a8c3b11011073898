//! Somebody who hears what passes on a bus, and remembers it.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Waker};

use cachefn_core::{Bus, Hearing, Invalidation, Message, Notice};

/// Hears until it is dropped.
pub(super) struct Ear {
    heard: Arc<Mutex<Heard>>,
    hearing: Option<Hearing>,
}

#[derive(Default)]
struct Heard {
    notices: Vec<Notice>,
    waker: Option<Waker>,
}

impl Ear {
    pub(super) fn open(bus: &dyn Bus) -> Self {
        let heard = Arc::<Mutex<Heard>>::default();
        let told = Arc::clone(&heard);
        let hearing = bus.subscribe(Arc::new(move |notice| {
            let mut heard = lock(&told);
            heard.notices.push(notice);
            let waker = heard.waker.take();
            drop(heard);
            waker.into_iter().for_each(Waker::wake);
        }));
        Ear { heard, hearing: Some(hearing) }
    }

    /// Hears no more, and keeps what it has heard.
    pub(super) fn leave(&mut self) {
        self.hearing = None;
    }

    /// Wakes whoever polls this when it hears something.
    pub(super) fn wakes(&self, context: &Context<'_>) {
        let before = lock(&self.heard).waker.replace(context.waker().clone());
        drop(before);
    }

    pub(super) fn forget(&self) {
        lock(&self.heard).notices.clear();
    }

    pub(super) fn notices(&self) -> Vec<Notice> {
        lock(&self.heard).notices.clone()
    }

    pub(super) fn messages(&self) -> Vec<Message> {
        let messages = self.notices().into_iter().filter_map(|notice| match notice {
            Notice::Message(message) => Some(message),
            _ => None,
        });
        messages.collect()
    }

    /// Whether it was told at last that messages may be missed.
    pub(super) fn is_lost(&self) -> bool {
        let notices = self.notices();
        let mut states = notices.iter().filter(|notice| !matches!(notice, Notice::Message(_)));
        states.next_back() == Some(&Notice::Lost)
    }

    pub(super) fn was_told(&self, notice: &Notice) -> bool {
        self.notices().contains(notice)
    }

    /// Whether it has heard all that a message says, in one piece or in several.
    pub(super) fn heard(&self, message: &Message) -> bool {
        let Message { namespace, origin, what, .. } = message;
        let (heard, mut said) = (lock(&self.heard), HashSet::new());
        let mut is_there = false;
        for notice in &heard.notices {
            let Notice::Message(piece) = notice else { continue };
            let is_piece = piece.namespace == *namespace && piece.origin == *origin;
            if is_piece && is_like(&piece.what, what) {
                is_there = true;
                said.extend(texts(&piece.what));
            }
        }
        is_there && texts(what).iter().all(|text| said.contains(text))
    }

    pub(super) fn shown(&self) -> String {
        let notices = self.notices();
        let text = |notice: &Notice| match notice {
            Notice::Message(message) => shown(message),
            state => format!("{state:?}"),
        };
        let first: Vec<String> = notices.iter().take(SHOWN).map(text).collect();
        format!("{} notices: {}", notices.len(), first.join(", "))
    }
}

/// The texts that an invalidation names.
pub(super) fn texts(what: &Invalidation) -> &[String] {
    match what {
        Invalidation::Keys(texts)
        | Invalidation::Tags(texts, _)
        | Invalidation::Patterns(texts, _) => texts,
        _ => &[],
    }
}

/// Whether both mean the same but for their texts.
fn is_like(one: &Invalidation, other: &Invalidation) -> bool {
    use Invalidation::{Everything, Keys, Patterns, Tags};
    match (one, other) {
        (Keys(_), Keys(_)) | (Everything, Everything) => true,
        (Tags(_, one), Tags(_, other)) | (Patterns(_, one), Patterns(_, other)) => one == other,
        _ => false,
    }
}

fn lock(heard: &Mutex<Heard>) -> MutexGuard<'_, Heard> {
    heard.lock().unwrap_or_else(PoisonError::into_inner)
}

const SHOWN: usize = 8;

/// A message in a line.
pub(super) fn shown(message: &Message) -> String {
    let text = format!("{message:?}");
    match text.char_indices().nth(LETTERS) {
        Some((end, _)) => format!("{}… ({} bytes)", &text[..end], text.len()),
        None => text,
    }
}

const LETTERS: usize = 160;
