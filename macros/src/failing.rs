//! Last stage, what those who wait have of a failure: the compiler finds out whether an error can be
//! cloned.

use crate::expansion::Expansion;
use crate::expressions::located;
use crate::types;
use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;
use syn::Type;
use syn::spanned::Spanned;

impl Expansion<'_> {
    /// Names it `__failing`.
    pub(crate) fn failing(&self) -> TokenStream {
        let private = &self.expressions.private;
        let place = Span::mixed_site();
        let Some(output) = self.failure() else {
            return quote_spanned!(place=> let __failing = #private::OnFailure::IN_TURN;);
        };
        // What has to live long enough is shown at the type that is returned.
        let shown = place.located_at(output.span());
        let private = located(private.clone(), output.span());
        quote_spanned! {shown=>
            let __failing = {
                #[allow(unused_imports)]
                use #private::InTurn as _;
                #private::Outcome::<#output>::ON_FAILURE
            };
        }
    }

    /// The type of results whose errors can be left for those who wait, as far as can be seen: an error
    /// that borrows cannot, one without a name cannot be asked for, and one that is cached needs not.
    fn failure(&self) -> Option<&Type> {
        let output = types::returned(&self.function.signature.output)?;
        types::failure(output).filter(|_| self.plan.cache_errors.is_none())?;
        let opaque = |part: &Type| matches!(part, Type::ImplTrait(_) | Type::Infer(_));
        let hindered = types::borrow(output).is_some() || types::find(output, opaque).is_some();
        (!hindered).then_some(output)
    }
}
