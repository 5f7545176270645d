//! What a Secret has besides its values.

use super::*;
use crate::details::{Detail, Place};

fn with_a_template() -> State {
    let named = Detail::Typed(Place::Key(1), "my.cnf".to_owned());
    [Detail::Typed(Place::Labels, "app=shop".to_owned()), Detail::AddTemplate, named]
        .into_iter()
        .fold(State::new(Vec::new()), |state, change| state.reduce(Action::Detailed(change)))
}

#[test]
fn details_void_the_result_and_typing_them_waits_for_a_pause() {
    let state = works(with_a_template());
    let typed = state.clone().reduce(Action::Detailed(Detail::Typed(Place::Labels, String::new())));
    assert_eq!((typed.sealed(), typed.pace), (None, Pace::Typing));
    let chosen = state.reduce(Action::Detailed(Detail::Immutable));
    assert_eq!((chosen.sealed(), chosen.pace), (None, Pace::Now));
}

#[test]
fn details_are_those_of_a_secret_that_is_made_here_alone_and_go_with_the_rest() {
    let state = with_a_template();
    assert!(state.wants_templates());
    let state = reads(state, manifest("db", "payments"));
    assert!(!state.wants_templates());
    assert_eq!(state.reduce(Action::StartOver).details, Details::default());
}
