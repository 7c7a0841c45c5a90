//! The law about images.

use pdp_core::{Engine, Policies};

use super::Checked;
use super::facts::{changes, story};
use super::subject::{Subject, apply, compiled, same};
use crate::{Dice, Listing, Texts};

/// Policies that were written as an image and read again answer and list as before, also after
/// further changes and a reload.
pub(super) fn like_its_texts(dice: &mut Dice<'_>) -> Checked {
    let subject = Subject::draw(dice);
    let texts = Texts::new(&subject.set.files);
    let Ok(policies) = texts.policies() else { return Checked::Skipped };
    let engine = Engine::new(policies);
    let mut changes = changes(dice, &subject, 4);
    let later = changes.split_off(changes.len() / 2);
    changes.iter().for_each(|tree| {
        apply(&engine, tree);
    });
    let present = engine.present();
    let image = present.to_image(&texts.sources());
    let read = match image.and_then(|image| Policies::from_image(&image)) {
        Ok(read) => Engine::new(read),
        Err(error) => return Checked::Broken(format!("{texts}{}\n{error}", story(&changes))),
    };
    let mut checked = hold(&subject, &engine, &read, &story(&changes));
    for tree in &later {
        if apply(&engine, tree) != apply(&read, tree) {
            let story = format!("{}{}", story(&changes), tree.to_json());
            return Checked::Broken(format!("{texts}{story}\none takes the last change"));
        }
    }
    for at in ["after more changes", "after a reload"] {
        let story = format!("{}=== image\n{}=== {at}\n", story(&changes), story(&later));
        if let Checked::Held(_) = checked {
            checked = hold(&subject, &engine, &read, &story);
        }
        for engine in [&engine, &read] {
            let again = compiled(&subject.set.files).map(|again| engine.reload(again));
            if let Some(Err(error)) = again {
                return Checked::Broken(format!("{texts}{story}\n{error}"));
            }
        }
    }
    checked
}

fn hold(subject: &Subject, one: &Engine, other: &Engine, story: &str) -> Checked {
    let (one, other) = (one.present(), other.present());
    let (before, after) = (listing(&one), listing(&other));
    if before != after || one.version() != other.version() {
        let texts = Texts::new(&subject.set.files);
        return Checked::Broken(format!("{texts}{story}\n{before:?}\n{after:?}"));
    }
    subject.hold(&subject.ask(&one), &subject.ask(&other), same, story)
}

/// What one `replace` takes away it takes away at once, and lists by numbers that come out otherwise
/// when an image is read; so its words are compared without their order.
fn listing(policies: &Policies) -> Listing {
    let mut listing = Listing::of(policies);
    listing.words.sort();
    listing.difference.sort();
    listing
}
