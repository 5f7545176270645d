//! A button that lets people choose a file.

use web_sys::{File, FileList, HtmlInputElement};
use yew::prelude::*;

/// The button, with the browser's own chooser hidden behind it. `endings` are what its dialogue offers first; without
/// any, several files can be chosen.
pub fn browse(
    chooser: &NodeRef,
    label: &'static str,
    endings: Option<&'static str>,
    onfiles: Callback<Vec<File>>,
) -> Html {
    let onclick = {
        let chooser = chooser.clone();
        Callback::from(move |_: MouseEvent| {
            if let Some(chooser) = chooser.cast::<HtmlInputElement>() {
                chooser.click();
            }
        })
    };
    let onchange = Callback::from(move |event: Event| {
        let input: HtmlInputElement = event.target_unchecked_into();
        if let Some(files) = input.files().filter(|files| files.length() > 0) {
            onfiles.emit(list(&files));
        }
        // So that choosing the same file again is a change too.
        input.set_value("");
    });
    html! {
        <>
            <button {onclick}>{ label }</button>
            <input type="file" hidden=true ref={chooser.clone()} {onchange} accept={endings} multiple={endings.is_none()} />
        </>
    }
}

/// The files of a list.
pub fn list(files: &FileList) -> Vec<File> {
    (0..files.length()).filter_map(|index| files.get(index)).collect()
}
