//! Takes the result along: as a download or by the clipboard, and says where that failed.

use std::rc::Rc;

use yew::prelude::*;

use crate::app::Dispatch;
use crate::desk::Sealed;
use crate::services::{clipboard, files};
use crate::state::{Action, Kept};
use crate::text;

/// Downloads what was sealed and says so.
pub fn download_button(
    class: Option<&'static str>,
    id: Option<&'static str>,
    sealed: &Rc<Sealed>,
    dispatch: &Dispatch,
) -> Html {
    let label = text::download(sealed);
    let (sealed, dispatch) = (sealed.clone(), dispatch.clone());
    let onclick = Callback::from(move |_: MouseEvent| {
        let mut done = files::download(&sealed.file_name, &sealed.yaml).is_ok();
        for other in &sealed.others {
            done = done && files::download(&other.file_name, &other.yaml).is_ok();
        }
        if done {
            dispatch.emit(Action::Kept(Kept::Downloaded));
        }
    });
    html! { <button {class} {id} {onclick}>{ label }</button> }
}

/// Copies a text; what became of it then is `kept`.
pub fn copy(text: Rc<str>, kept: Kept, dispatch: &Dispatch) -> Callback<MouseEvent> {
    let dispatch = dispatch.clone();
    Callback::from(move |_: MouseEvent| {
        let (text, dispatch) = (text.clone(), dispatch.clone());
        yew::platform::spawn_local(async move {
            let copied = clipboard::copy(&text).await;
            dispatch.emit(Action::Kept(if copied { kept } else { Kept::CopyRefused }));
        });
    })
}

/// Copies the new lines alone; there are none where only names change.
pub fn copy_lines(lines: &Rc<str>, kept: Kept, dispatch: &Dispatch) -> Html {
    if lines.is_empty() {
        return Html::default();
    }
    let label = if kept == Kept::LinesCopied { text::COPIED_BUTTON } else { text::COPY_LINES };
    html! { <button id="copy-lines" onclick={copy(lines.clone(), Kept::LinesCopied, dispatch)}>{ label }</button> }
}

/// Why the result was not taken along.
pub fn kept_note(kept: Kept) -> Html {
    match text::not_kept(kept) {
        "" => Html::default(),
        words => html! { <div class="message warn" id="not-kept" role="alert">{ words }</div> },
    }
}
