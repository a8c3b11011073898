//! What generated code computes: look-ups, keys, tags, durations.

use crate::generics::Identity;
use crate::keys;
use crate::mentions;
use crate::place::Place;
use crate::template::{Field, Piece, Template};
use crate::validate::{Key, Kind, Plan};
use crate::values::Lifetime;
use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::Expr;
use syn::spanned::Spanned;

pub(crate) struct Expressions<'p> {
    plan: &'p Plan,
    /// Path to what the attribute expands to.
    pub(crate) krate: TokenStream,
    /// Path to what only generated code may call.
    pub(crate) private: TokenStream,
}

impl<'p> Expressions<'p> {
    pub(crate) fn of(plan: &'p Plan) -> Expressions<'p> {
        let krate = plan.krate.to_token_stream();
        Expressions { plan, private: quote!(#krate::private), krate }
    }

    /// What is looked up: references to the arguments, or the text of the key.
    pub(crate) fn sought(&self) -> TokenStream {
        let private = &self.private;
        let text = match &self.plan.key {
            Key::Arguments if self.plan.inputs.is_empty() => return quote!(()),
            Key::Arguments => {
                let parts = self.plan.inputs.iter().map(|input| {
                    let name = &input.name;
                    keys::borrowed(&input.ty, quote!((&#name)), private)
                });
                return quote_spanned!(Span::mixed_site()=> #private::Arguments((#(#parts,)*)));
            }
            Key::Template(template) => self.text(template, &quote!(#private::Text)),
            Key::Expression(value) => self.expression(value),
            Key::Faulty => quote!(#private::Text::new()),
        };
        if self.plan.identities.is_empty() {
            return text;
        }
        let types = self.plan.identities.iter().map(|identity| match identity {
            Identity::Type(name) => {
                quote_spanned!(name.span()=> ::core::any::TypeId::of::<#name>())
            }
            Identity::Const(name) => quote!(#name as ::core::primitive::u128),
            Identity::Argument { name, references } => {
                let type_of = located(quote!(#private::type_of), name.span());
                let behind = match references {
                    0 => quote!(&#name),
                    more => {
                        let stars = (1..*more).map(|_| quote!(*));
                        quote!(#(#stars)* #name)
                    }
                };
                quote_spanned!(name.span()=> #type_of(#behind))
            }
        });
        quote_spanned!(Span::mixed_site()=> #private::Typed { types: (#(#types,)*), text: #text })
    }

    /// The value, in a form that makes one error of many: when a type cannot be a key or cannot be
    /// stored, then the branch that never runs is what the compiler complains about, in the same
    /// words wherever it stands, and whatever is done with the value is not looked at.
    pub(crate) fn checked(&self, value: TokenStream) -> TokenStream {
        if self.plan.kind() == Kind::Unknown {
            return value;
        }
        let builder = self.builder();
        quote_spanned! {Span::mixed_site()=>
            if true { #value } else { #builder.build().map_or_else(|_| loop {}, |_| loop {}) }
        }
    }

    pub(crate) fn builder(&self) -> TokenStream {
        let krate = &self.krate;
        let key = self.key_type();
        let stored = &self.plan.stored;
        if self.plan.kind() != Kind::Tiers {
            return quote_spanned! {Span::mixed_site()=>
                #krate::MemoryCache::<#key, #stored>::builder()
            };
        }
        let name = self.name();
        quote_spanned!(Span::mixed_site()=> #krate::Cache::<#key, #stored>::builder(#name))
    }

    /// The name of the function in the names of its entries.
    pub(crate) fn name(&self) -> TokenStream {
        let private = &self.private;
        let version = self.plan.version.as_ref().map(|version| format!("@{version}"));
        let version = version.unwrap_or_default();
        match &self.plan.id {
            Some(id) => {
                let name = format!("{}{version}", id.value());
                quote!(#name)
            }
            None => {
                // The enum beside the function has its name and stands where it stands.
                let (owner, suffix) = match self.plan.place {
                    Place::Module => (self.plan.written_name.to_token_stream(), version),
                    Place::Impl | Place::Trait => {
                        (quote!(Self), format!("::{}{version}", self.plan.name))
                    }
                };
                quote_spanned!(Span::mixed_site()=> #private::name_of::<#owner>(#suffix))
            }
        }
    }

    /// The type of the cache.
    pub(crate) fn cache_type(&self) -> TokenStream {
        let (krate, key, stored) = (&self.krate, self.key_type(), &self.plan.stored);
        if self.plan.kind() != Kind::Tiers {
            return quote!(#krate::MemoryCache<#key, #stored>);
        }
        quote!(#krate::Cache<#key, #stored>)
    }

    /// Which tiers the function means.
    pub(crate) fn tier(&self) -> TokenStream {
        let krate = &self.krate;
        let word = match &self.plan.tier {
            Some(tier) => tier.to_token_stream(),
            None => quote!(Both),
        };
        quote!(#krate::Tier::#word)
    }

    pub(crate) fn key_type(&self) -> TokenStream {
        let private = &self.private;
        if let Key::Arguments = self.plan.key {
            let parts = self.plan.inputs.iter().map(|input| keys::owned(&input.ty, private));
            return quote!((#(#parts,)*));
        }
        if self.plan.identities.is_empty() {
            return quote!(#private::String);
        }
        let types = self.plan.identities.iter().map(|identity| match identity {
            Identity::Const(_) => quote!(::core::primitive::u128),
            Identity::Type(_) | Identity::Argument { .. } => quote!(::core::any::TypeId),
        });
        quote!(#private::TypedKey<(#(#types,)*)>)
    }

    /// The arguments that the attribute names: they are used even when the body does not use them.
    pub(crate) fn named(&self) -> Vec<&Ident> {
        let templates = self.plan.tags.iter().chain(match &self.plan.key {
            Key::Template(template) => Some(template),
            _ => None,
        });
        let fields =
            templates.flat_map(|template| &template.pieces).filter_map(|piece| match piece {
                Piece::Field(field) => Some(&field.argument),
                Piece::Text(_) => None,
            });
        let mut words: Vec<Ident> = fields.cloned().collect();
        if let Key::Expression(value) = &self.plan.key {
            words.extend(mentions::words(value));
        }
        let names = self.plan.inputs.iter().map(|input| &input.name);
        names.filter(|name| words.contains(name)).collect()
    }

    fn expression(&self, value: &Expr) -> TokenStream {
        let private = &self.private;
        let write = located(quote!(#private::Text::of), value.span());
        quote_spanned!(value.span()=> #write(&(#value)))
    }

    /// What is told about the entry when it is stored.
    pub(crate) fn options(&self) -> TokenStream {
        let Expressions { krate, private, .. } = self;
        let tags = self.plan.tags.iter().map(|tag| self.text(tag, &quote!(#private::String)));
        let shares = self.plan.shares();
        let lifetimes = self
            .plan
            .lifetimes
            .iter()
            .filter(|_| shares)
            .map(|(word, lifetime)| self.set_lifetime(word, lifetime));
        quote_spanned! {Span::mixed_site()=>
            #krate::EntryOptions::new()#(.tag(#tags))*#(#lifetimes)*
        }
    }

    /// The same, with the tiers that are meant if not all are.
    pub(crate) fn options_with_tier(&self) -> TokenStream {
        let options = self.options();
        let tier = self.plan.tier.as_ref().map(|_| self.tier());
        let tier = tier.map(|tier| quote!(.tier(#tier)));
        quote!(#options #tier)
    }

    /// The call that sets a length of time, which the compiler computes.
    pub(crate) fn set_lifetime(&self, word: &str, lifetime: &Lifetime) -> TokenStream {
        let method = Ident::new(word, Span::mixed_site());
        let constant = Ident::new(&format!("__{}", word.to_uppercase()), Span::mixed_site());
        let duration = self.lifetime(lifetime);
        quote_spanned! {Span::mixed_site()=>
            .#method({ const #constant: ::core::time::Duration = #duration; #constant })
        }
    }

    /// A template filled in, in a buffer of the type `text`.
    fn text(&self, template: &Template, text: &TokenStream) -> TokenStream {
        let place = Span::mixed_site().located_at(template.span);
        let private = located(self.private.clone(), template.span);
        let writes = template.pieces.iter().enumerate().map(|(position, piece)| match piece {
            Piece::Text(text) => quote_spanned!(place=> __text.push_str(#text);),
            Piece::Field(field) => {
                let Field { argument, members } = field;
                // The separator behind a field is escaped inside of it: two fields never run together.
                let stop = match template.pieces.get(position + 1) {
                    Some(Piece::Text(next)) => next.chars().next(),
                    _ => None,
                };
                let stop = match stop {
                    Some(letter) => quote_spanned!(place=> ::core::option::Option::Some(#letter)),
                    None => quote_spanned!(place=> ::core::option::Option::None),
                };
                quote_spanned!(place=> #private::write_field(&mut __text, &#argument #(.#members)*, #stop);)
            }
        });
        quote_spanned!(place=> { let mut __text = #text::new(); #(#writes)* __text })
    }

    /// A `Duration` that the compiler computes.
    pub(crate) fn lifetime(&self, lifetime: &Lifetime) -> TokenStream {
        match lifetime {
            Lifetime::Text(text) => {
                let private = located(self.private.clone(), text.span());
                quote_spanned!(text.span()=> #private::duration(#text))
            }
            Lifetime::Seconds(number) => {
                let seconds = number.base10_digits().parse::<Literal>();
                let seconds = seconds
                    .map_or_else(|_| number.to_token_stream(), |seconds| seconds.to_token_stream());
                quote_spanned!(number.span()=> ::core::time::Duration::from_secs(#seconds))
            }
        }
    }
}

/// The same tokens, shown at another place when something is wrong with them.
pub(crate) fn located(tokens: TokenStream, place: Span) -> TokenStream {
    let moved = tokens.into_iter().map(|mut token| {
        token.set_span(token.span().located_at(place));
        token
    });
    moved.collect()
}
