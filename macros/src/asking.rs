//! Last stage, the question to the cache, and what is done where it has no answer.

use crate::background::{Kept, referred};
use crate::expansion::Expansion;
use crate::expressions::Expressions;
use crate::home::Home;
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};

/// How a function asks.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// A thread asks its function's own memory.
    Memory,
    /// A thread asks a cache that may have a storage.
    Blocking,
    /// A task.
    Task,
}

impl Expansion<'_> {
    pub(crate) fn way(&self) -> Way {
        match (self.plan.asynchronous, &self.plan.home) {
            (true, _) => Way::Task,
            (false, Home::Own) => Way::Memory,
            (false, _) => Way::Blocking,
        }
    }

    /// Asks the cache, and runs `run` where it has no answer.
    pub(crate) fn asked(&self, run: &TokenStream) -> TokenStream {
        let (flown, finish) = (self.flown(run), self.finish());
        let failing = self.failing();
        let done = quote_spanned!(Span::mixed_site()=> __result);
        let lead = quote_spanned! {Span::mixed_site()=> {
            let __result = #flown;
            #finish
        }};
        if self.plan.background {
            let run = quote_spanned!(Span::mixed_site()=> #run.await);
            let ask = self.ask_for_shared(&run, &done, &lead);
            return quote!(#failing #ask);
        }
        let ask = self.ask(&done, &lead);
        quote!(#failing #ask)
    }

    /// Asks the cache: `done` is what becomes of a `__result`, `lead` of a `__flight`.
    pub(crate) fn ask(&self, done: &TokenStream, lead: &TokenStream) -> TokenStream {
        let Expressions { private, .. } = &self.expressions;
        let (options, tier) = (self.expressions.options(), self.expressions.tier());
        let flight = self.flight();
        let (key, stored) = (self.expressions.key_type(), &self.plan.stored);
        let (question, answer) = match self.way() {
            Way::Memory => (
                quote_spanned!(Span::mixed_site()=> #private::enter(__cache, &__sought, || #options, __failing)),
                quote!(Enter),
            ),
            Way::Blocking => (
                quote_spanned! {Span::mixed_site()=>
                    #private::Synchronous::<#key, #stored>::enter(__cache, &__sought, #tier, || #options, __failing)
                },
                quote!(Asked),
            ),
            Way::Task => (
                quote_spanned! {Span::mixed_site()=>
                    #private::Box::pin(
                        #private::enter_async(__cache, &__sought, #tier, #options, __failing)
                    ).await
                },
                quote!(Entered),
            ),
        };
        let asked = quote_spanned! {Span::mixed_site()=>
            match #question {
                #private::#answer::Done(__result) => #done,
                #private::#answer::Lead(#flight) => #lead,
            }
        };
        if self.way() != Way::Task {
            return asked;
        }
        // What only a miss needs is on the heap, so that the function's future is small.
        quote_spanned! {Span::mixed_site()=>
            match #private::found_async(__cache, &__sought, #tier, __failing) {
                ::core::option::Option::Some(__result) => #done,
                ::core::option::Option::None => #asked,
            }
        }
    }

    /// [`ask`](Self::ask) for loads that may end without their caller: they are told what to run.
    fn ask_for_shared(
        &self,
        run: &TokenStream,
        done: &TokenStream,
        lead: &TokenStream,
    ) -> TokenStream {
        let private = &self.expressions.private;
        let (options, tier) = (self.expressions.options(), self.expressions.tier());
        let flight = self.flight();
        let place = Span::mixed_site();
        let (mut kept, mut lent) = (TokenStream::new(), TokenStream::new());
        for (position, input) in self.plan.inputs.iter().enumerate() {
            let (name, ty) = (&input.name, &input.ty);
            let Some(inner) = referred(ty).filter(|_| Kept::of(ty) == Kept::Cloned) else {
                continue;
            };
            let own = format_ident!("__own_{position}", span = place);
            kept.extend(quote_spanned!(place=> let #own = #private::ToOwned::to_owned(#name);));
            lent.extend(quote_spanned! {place=>
                let #name: &#inner = ::core::borrow::Borrow::<#inner>::borrow(&#own);
            });
        }
        let verdict =
            self.verdict(&quote_spanned!(place=> __context), &quote_spanned!(place=> __result));
        quote_spanned! {place=>
            match #private::found_shared(__cache, &__sought, #tier, || #options, __failing) {
                ::core::result::Result::Ok(#private::Shared::Done(__result)) => #done,
                __found => match #private::Box::pin(
                    #private::enter_shared(__cache, &__sought, #tier, __found, __failing)
                ).await {
                    #private::Shared::Done(__result) => #done,
                    #private::Shared::Begin(__departure) => {
                        #kept
                        let __run = move || async move { #lent #run };
                        #private::Box::pin(#private::Departure::load(
                            __departure, __run, |__context, __result| { #verdict }, __failing,
                        )).await
                    }
                    #private::Shared::Lead(#flight) => #lead,
                },
            }
        }
    }

    /// Begins a load whatever the cache holds.
    pub(crate) fn begin(&self) -> TokenStream {
        let Expressions { private, .. } = &self.expressions;
        let (options, flight) = (self.expressions.options_with_tier(), self.flight());
        let (key, stored) = (self.expressions.key_type(), &self.plan.stored);
        match self.way() {
            Way::Memory => quote_spanned! {Span::mixed_site()=>
                let #flight = #private::refresh(__cache, &__sought, #options);
            },
            Way::Blocking => quote_spanned! {Span::mixed_site()=>
                let #flight = #private::Synchronous::<#key, #stored>::refresh(__cache, &__sought, #options);
            },
            Way::Task => quote_spanned! {Span::mixed_site()=>
                let #flight = #private::refresh_async(__cache, &__sought, #options).await;
            },
        }
    }

    /// Runs what computes the value, an expression, as the duty of the flight.
    pub(crate) fn flown(&self, run: &TokenStream) -> TokenStream {
        let private = &self.expressions.private;
        match self.way() {
            Way::Memory => run.clone(),
            Way::Blocking => quote_spanned! {Span::mixed_site()=>
                #private::Lead::run(&__flight, move || #run)
            },
            Way::Task => {
                quote_spanned!(Span::mixed_site()=> #private::Load::run(&__flight, #run).await)
            }
        }
    }

    /// Tells the flight what came of it; the result itself.
    pub(crate) fn finish(&self) -> TokenStream {
        let private = &self.expressions.private;
        let face = match self.way() {
            Way::Memory => quote!(Flight),
            Way::Blocking => quote!(Lead),
            Way::Task => quote!(Load),
        };
        let verdict = self.verdict(
            &quote_spanned!(Span::mixed_site()=> #private::#face::context(&mut __flight)),
            &quote_spanned!(Span::mixed_site()=> &__result),
        );
        let mut finish = quote_spanned! {Span::mixed_site()=>
            #private::#face::finish(__flight, __result, __failing)
        };
        if self.way() == Way::Task {
            finish = quote_spanned!(Span::mixed_site()=> #private::Box::pin(#finish).await);
        }
        quote_spanned!(Span::mixed_site()=> #verdict #finish)
    }

    /// What the attribute says of storing this result.
    pub(crate) fn verdict(
        &self,
        context: &TokenStream,
        result: &TokenStream,
    ) -> Option<TokenStream> {
        let private = &self.expressions.private;
        let keep = match &self.plan.cache_if {
            Some(keep) => keep.to_token_stream(),
            None => quote!(|_| true),
        };
        match (&self.plan.cache_if, &self.plan.cache_errors) {
            (None, None) => None,
            (Some(_), None) => Some(quote_spanned! {Span::mixed_site()=>
                #private::keep_if(#context, #result, #keep);
            }),
            (_, Some(errors)) => Some(quote_spanned! {Span::mixed_site()=>
                #private::keep_errors(#context, #result, #keep, #errors);
            }),
        }
    }

    /// The name of the duty, to be changed only by a verdict.
    fn flight(&self) -> TokenStream {
        let judged = self.plan.cache_if.is_some() || self.plan.cache_errors.is_some();
        if judged {
            quote_spanned!(Span::mixed_site()=> mut __flight)
        } else {
            quote_spanned!(Span::mixed_site()=> __flight)
        }
    }
}
