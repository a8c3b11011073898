//! One behaviour that a suite tries, and the form in which a suite lists its own.

/// One behaviour: `N` says what it needs, `R` runs it.
pub(crate) struct Case<N, R> {
    pub(crate) name: &'static str,
    pub(crate) rule: &'static str,
    pub(crate) needs: N,
    pub(crate) run: R,
}

impl<N, R> Case<N, R> {
    /// Whether its name has this text in it, if one was given.
    pub(crate) fn is_wanted(&self, only: Option<&str>) -> bool {
        only.is_none_or(|text| self.name.contains(text))
    }
}

/// Written in order, so that what fails first explains what fails later.
macro_rules! cases {
    ($($needs:ident $file:ident::$name:ident: $rule:literal;)*) => {
        &[$($crate::case::Case {
            name: stringify!($name),
            rule: $rule,
            needs: Needs::$needs,
            run: |stage| Box::pin($file::$name(stage)),
        }),*]
    };
}

pub(crate) use cases;
