//! Saves the result into the file that was opened, where the browser lets the page do it.

use std::rc::Rc;

use yew::prelude::*;

use super::files::Brought;
use crate::app::Dispatch;
use crate::desk::Sealed;
use crate::effect::{lasting, use_effect_on};
use crate::services::disk::{self, SaveError};
use crate::services::page;
use crate::state::{Action, Kept, State};
use crate::text;

/// Lets go of the file when it is closed.
#[hook]
pub fn use_letting_go(state: &State) {
    let is_open = state.is_writable();
    let effect = move || {
        if !is_open {
            disk::let_go();
        }
        lasting()
    };
    use_effect_on([u32::from(is_open), 0, 0], Box::new(effect));
}

/// Opens a file that can be saved later; nothing where none can. A button of its own: what people browse for may lie in
/// folders of which the browser hands out no file that can be written.
pub fn open_button(take_files: Callback<Brought>) -> Html {
    if !disk::is_there() {
        return Html::default();
    }
    let onclick = Callback::from(move |_: MouseEvent| take_files.emit((Vec::new(), disk::choose())));
    html! { <button id="open-file" {onclick}>{ text::OPEN_FILE }</button> }
}

/// Saves the result and says so.
pub fn save_button(label: AttrValue, sealed: &Rc<Sealed>, state: &State, dispatch: &Dispatch) -> Html {
    let (dispatch, serial) = (dispatch.clone(), state.serial);
    let sealed = sealed.clone();
    let onclick = Callback::from(move |_: MouseEvent| {
        let (sealed, dispatch) = (sealed.clone(), dispatch.clone());
        yew::platform::spawn_local(async move {
            let Some(saved) = disk::save(&sealed.yaml).await else { return };
            dispatch.emit(match saved {
                Ok(()) => {
                    // The button goes, and the focus with it.
                    page::focus("result");
                    Action::Saved(serial)
                }
                Err(SaveError::Changed) => Action::Kept(Kept::ChangedOnDisk),
                Err(SaveError::Refused) => Action::Kept(Kept::SaveRefused),
                Err(SaveError::Failed) => Action::Kept(Kept::SaveFailed),
            });
        });
    });
    html! { <button class="primary save" {onclick}>{ label }</button> }
}
