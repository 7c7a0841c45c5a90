//! Laws: what holds of every policy set, whatever it says.
//!
//! Each law takes choices and makes of them a policy set, requests and what else it needs. None
//! of them asks the oracle: a law holds even where engine and oracle read the language alike, and
//! wrongly.

mod facts;
mod image;
mod rules;
mod subject;
mod walks;
mod words;

use crate::Dice;

/// What checking a law came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Checked {
    /// It held for so many requests.
    Held(usize),
    /// The engine refused the policy set, or the law says nothing about it.
    Skipped,
    /// It does not hold; this is the example.
    Broken(String),
}

/// A law, and how it is checked on one choice of everything.
pub type Law = fn(&mut Dice<'_>) -> Checked;

/// All laws, by name.
pub const LAWS: &[(&str, Law)] = &[
    ("default deny", rules::default_deny),
    ("a permit needs a permit rule", rules::permit_needs_permit_rule),
    ("deny wins", rules::deny_wins),
    ("a permit rule takes nothing away", rules::permit_rule_takes_nothing_away),
    ("a deny rule adds nothing", rules::deny_rule_adds_nothing),
    ("a tenant's file adds nothing", rules::tenant_file_adds_nothing),
    ("order matters to reasons alone", rules::order_matters_to_reasons_alone),
    ("rules that match another type change nothing", rules::other_types_change_nothing),
    ("spelling does not matter", words::spelling_does_not_matter),
    ("names do not matter", words::names_do_not_matter),
    ("brackets change nothing", words::brackets_change_nothing),
    ("change sets travel unchanged", words::change_sets_travel_unchanged),
    ("repeated facts are harmless", facts::repeated_facts_are_harmless),
    ("facts about others change nothing", facts::facts_about_others_change_nothing),
    ("a warm engine answers like a fresh one", facts::warm_like_fresh),
    ("what is forgotten is gone", facts::forgotten_is_gone),
    ("a reload keeps run time's words", facts::reload_keeps_words),
    ("a reload is a new start with old words", facts::reload_is_a_new_start),
    ("the last word holds after a reload", facts::last_word_holds_after_reload),
    ("an image is like its texts", image::like_its_texts),
    ("a change set is applied whole or not at all", facts::whole_or_not_at_all),
    ("a change set is applied once", facts::applied_once),
    ("the list of facts is complete", facts::list_is_complete),
    ("walks end by level", walks::walks_end_by_level),
];
