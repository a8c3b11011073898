//! How far long work has come, on a terminal that shows the standard error.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A line that counts; nothing where nobody would see it.
pub(crate) struct Progress(ProgressBar);

impl Progress {
    /// Of work whose end is not known: `exported 1,234 entries, 5,000/s`.
    pub(crate) fn new(verb: &'static str, things: &str) -> Self {
        Self::styled(verb, None, &format!("{{prefix}} {{human_pos}} {things}, {{per_sec}}"))
    }

    /// Of work with so many steps.
    pub(crate) fn of(verb: &'static str, things: &str, steps: u64) -> Self {
        let template = format!("{{prefix}} {{human_pos}} of {{human_len}} {things} {{wide_bar}}");
        Self::styled(verb, Some(steps), &template)
    }

    fn styled(verb: &'static str, steps: Option<u64>, template: &str) -> Self {
        let bar = ProgressBar::with_draw_target(steps, ProgressDrawTarget::stderr_with_hz(10));
        // The texts are constants; without a style the bar has another one.
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.set_prefix(verb);
        bar.enable_steady_tick(Duration::from_millis(200));
        Progress(bar)
    }

    pub(crate) fn at(&self, count: u64) {
        self.0.set_position(count);
    }

    pub(crate) fn one_more(&self) {
        self.0.inc(1);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
