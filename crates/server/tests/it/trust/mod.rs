//! Stories of trust: joining, owning, signing in, tokens, keys, the feed, and the walls between workspaces.

mod feed;
mod joining;
mod keys;
mod owners;
mod sessions;
mod tokens;
mod walls;
