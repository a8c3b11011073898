//! How each case of a check ended.

use std::fmt;

/// How each case of [`check`](crate::check) or [`check_bus`](crate::check_bus) ended; its text has a line for each.
///
/// ```
/// use cachefn_conformance::{MapStorage, Options, check};
/// let report = pollster::block_on(check(|_| async { Ok(MapStorage::new()) }, Options::new()));
/// assert!(report.holds() && report.to_string().contains("\nholds"));
/// ```
#[derive(Debug, Clone)]
#[must_use = "a report says nothing unless it is looked at"]
pub struct Report {
    pub(crate) seed: u64,
    pub(crate) ends: Vec<CaseEnd>,
}

/// One case and how it ended.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct CaseEnd {
    /// What the storage or the bus should do, as a name.
    pub name: &'static str,
    /// The rule that demands it, as a sentence.
    pub rule: &'static str,
    /// What came of it.
    pub outcome: Outcome,
}

/// What came of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It did as it should.
    Held,
    /// It did not: what was expected, and what came instead.
    Failed(String),
    /// The storage does not claim to do that, or the options do not allow to look: why.
    NotTried(&'static str),
}

impl Report {
    /// The cases in the order in which they ran.
    ///
    /// ```
    /// use cachefn_conformance::{MapStorage, Options, Outcome, check};
    /// let report = pollster::block_on(check(|_| async { Ok(MapStorage::new()) }, Options::new()));
    /// assert_eq!(report.cases()[0].outcome, Outcome::Held);
    /// ```
    pub fn cases(&self) -> &[CaseEnd] {
        &self.ends
    }

    /// Whether every case held that was tried, and one was.
    ///
    /// ```
    /// use cachefn_conformance::{MapStorage, Options, check};
    /// let none = Options::new().only("no case is called so");
    /// assert!(!pollster::block_on(check(|_| async { Ok(MapStorage::new()) }, none)).holds());
    /// ```
    pub fn holds(&self) -> bool {
        let failed = |end: &CaseEnd| matches!(end.outcome, Outcome::Failed(_));
        self.ends.iter().any(|end| end.outcome == Outcome::Held) && !self.ends.iter().any(failed)
    }

    /// Ends a test.
    ///
    /// ```
    /// use cachefn_conformance::{MapStorage, Options, check};
    /// pollster::block_on(check(|_| async { Ok(MapStorage::new()) }, Options::new())).assert();
    /// ```
    ///
    /// # Panics
    /// With the whole report, unless it [`holds`](Self::holds).
    #[track_caller]
    pub fn assert(&self) {
        assert!(self.holds(), "it does not conform\n{self}");
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = |wanted: fn(&Outcome) -> bool| {
            self.ends.iter().filter(|end| wanted(&end.outcome)).count()
        };
        let held = count(|outcome| *outcome == Outcome::Held);
        let failed = count(|outcome| matches!(outcome, Outcome::Failed(_)));
        let rest = self.ends.len() - held - failed;
        write!(f, "{held} cases hold, {failed} fail, {rest} not tried; seed {}", self.seed)?;
        for CaseEnd { name, rule, outcome } in &self.ends {
            match outcome {
                Outcome::Held => write!(f, "\nholds      {name}")?,
                Outcome::NotTried(reason) => write!(f, "\nnot tried  {name}: {reason}")?,
                Outcome::Failed(words) => {
                    write!(f, "\nFAILS      {name}\n           rule: {rule}\n           {words}")?;
                }
            }
        }
        Ok(())
    }
}
