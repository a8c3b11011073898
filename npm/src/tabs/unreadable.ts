//! What stands in the place of something that came and could not be read.

export const unreadable: unique symbol = Symbol("unreadable");
