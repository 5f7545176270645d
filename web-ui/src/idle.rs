//! Clears what was entered when nobody uses the page any more: somebody else may come to this screen.

use std::cell::RefCell;
use std::rc::Rc;

use gloo::events::EventListener;
use gloo::timers::callback::Timeout;
use yew::prelude::*;

use crate::app::Dispatch;
use crate::effect::{Undo, use_effect_on};
use crate::services::page;
use crate::state::{Action, Presence, State};

/// How long until somebody is taken to be away.
const AWAY_MS: u32 = 15 * 60 * 1000;
/// How long the values stay from then on.
const GONE_MS: u32 = 60 * 1000;
/// What somebody does who is there.
const SIGNS: [&str; 3] = ["keydown", "click", "input"];

/// Waits while there are values, says so, and clears them.
#[hook]
pub fn use_idle(state: &State, dispatch: &Dispatch) {
    let (waits, presence) = (state.holds_values(), state.presence);
    let dispatch = dispatch.clone();
    let effect = move || -> Undo {
        let Some(document) = page::document().filter(|_| waits) else { return Box::new(|| ()) };
        let is_away = presence == Presence::Away;
        let wait = {
            let dispatch = dispatch.clone();
            move || {
                let dispatch = dispatch.clone();
                let (after, next) =
                    if is_away { (GONE_MS, Presence::Gone) } else { (AWAY_MS, Presence::Away) };
                Timeout::new(after, move || dispatch.emit(Action::Noticed(next)))
            }
        };
        let waiting = Rc::new(RefCell::new(Some(wait())));
        let signs = SIGNS.map(|sign| {
            let (wait, waiting, dispatch) = (wait.clone(), waiting.clone(), dispatch.clone());
            EventListener::new(&document, sign, move |_| {
                if is_away {
                    dispatch.emit(Action::Noticed(Presence::There));
                } else {
                    waiting.replace(Some(wait()));
                }
            })
        });
        Box::new(move || {
            drop(signs);
            waiting.take();
        })
    };
    use_effect_on([u32::from(waits), presence as u32, 0], Box::new(effect));
}
