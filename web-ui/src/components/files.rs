//! Files that people drop or choose: into the box where it reads them, else each is a value.

use std::rc::Rc;

use gloo::events::{EventListener, EventListenerOptions};
use js_sys::Promise;
use sealer_core::Plaintext;
use wasm_bindgen::JsCast;
use web_sys::{DragEvent, File, HtmlTextAreaElement};
use yew::prelude::*;

use super::browse::list;
use crate::app::Dispatch;
use crate::effect::{Undo, use_effect_on};
use crate::reading;
use crate::sealed_file::SealedFile;
use crate::services::{disk, files, page};
use crate::state::{Action, Pace, State};

/// Files that somebody brought, and the promise of the handle of one that the page may write back. Without any file, that
/// is the one that is meant.
pub type Brought = (Vec<File>, Option<Promise>);

/// Takes what is dropped anywhere on the page. Gives what takes files that are chosen, and what makes the last file, whose
/// text is in the box, a value instead.
#[hook]
pub fn use_files(
    state: &State,
    area: &HtmlTextAreaElement,
    changed: &Callback<Pace>,
    unreadable: UseStateSetter<bool>,
    onfile: &Callback<(Rc<str>, String, Plaintext)>,
    dispatch: &Dispatch,
) -> (Callback<Brought>, Callback<MouseEvent>) {
    // Files are dropped long after the listener was made.
    let aim = use_mut_ref(Default::default);
    aim.replace((state.opened.is_some(), state.shown_type()));
    let last = use_mut_ref(Vec::new);
    let take = {
        let (area, changed, last) = (area.clone(), changed.clone(), last.clone());
        let (onfile, dispatch) = (onfile.clone(), dispatch.clone());
        Callback::from(move |((mut chosen, promise), as_values): (Brought, bool)| {
            let (area, changed, last, aim) = (area.clone(), changed.clone(), last.clone(), aim.clone());
            let (unreadable, onfile, dispatch) = (unreadable.clone(), onfile.clone(), dispatch.clone());
            yew::platform::spawn_local(async move {
                // The handle of anything but a SealedSecret is dropped with this task.
                let mut handle = None;
                if let Some(promise) = promise {
                    handle = disk::handle(promise, &mut chosen).await;
                }
                if chosen.is_empty() {
                    return;
                }
                let mut values = Vec::new();
                for file in &chosen {
                    let Some(value) = files::read(file).await else {
                        unreadable.set(true);
                        return;
                    };
                    values.push(value);
                }
                unreadable.set(false);
                let (is_open, secret_type) = *aim.borrow();
                let text = reading::for_the_box(&values, is_open, secret_type).filter(|_| !as_values);
                let Some(text) = text else {
                    for (file, value) in chosen.iter().zip(values) {
                        let key = reading::key_of_file(&file.name(), &value, secret_type);
                        onfile.emit((file.name().into(), key, value));
                    }
                    return;
                };
                if let (Some(sealed), [file]) = (sealed_file(&text).filter(|_| !is_open), chosen.as_slice()) {
                    let (name, file, writable) = (file.name().into(), Rc::new(sealed), handle.is_some());
                    if let Some(handle) = handle {
                        disk::keep(handle, &text);
                    }
                    dispatch.emit(Action::FileOpened { name, file, writable });
                    return;
                }
                area.set_value(&text);
                changed.emit(Pace::Now);
                if let [file] = chosen.as_slice() {
                    dispatch.emit(Action::FileChosen(file.name().into()));
                }
                last.replace(chosen);
            });
        })
    };
    let take_files = take.reform(|brought| (brought, false));
    use_drops(&take_files);
    let as_value = {
        let (area, changed) = (area.clone(), changed.clone());
        take.reform(move |_: MouseEvent| {
            area.set_value("");
            changed.emit(Pace::Now);
            ((last.take(), None), true)
        })
    };
    (take_files, as_value)
}

/// The file, if it can be opened; else the box shows what is wrong with it.
fn sealed_file(text: &str) -> Option<SealedFile> {
    reading::is_sealed(text).then(|| SealedFile::read(text).ok()).flatten()
}

/// Files may be dropped anywhere on the page.
#[hook]
fn use_drops(take_files: &Callback<Brought>) {
    let take_files = take_files.clone();
    let effect = move || -> Undo {
        let passive = EventListenerOptions::enable_prevent_default();
        let listeners = page::document().map(|document| {
            let over = EventListener::new_with_options(&document, "dragover", passive, |event| {
                event.prevent_default();
            });
            let drop = EventListener::new_with_options(&document, "drop", passive, move |event| {
                let Some(event) = event.dyn_ref::<DragEvent>() else { return };
                let Some(transfer) = event.data_transfer() else { return };
                let files = transfer.files().map(|files| list(&files)).unwrap_or_default();
                if !files.is_empty() {
                    event.prevent_default();
                    let promise = disk::dropped(&transfer, &files);
                    take_files.emit((files, promise));
                }
            });
            (over, drop)
        });
        Box::new(move || drop(listeners))
    };
    use_effect_on([0; 3], Box::new(effect));
}
