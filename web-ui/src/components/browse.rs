//! A button that lets people choose a file.

use web_sys::{File, HtmlInputElement};
use yew::prelude::*;

/// The button, with the browser's own chooser hidden behind it; `endings` are what its dialogue offers first.
pub fn browse(
    chooser: &NodeRef,
    label: &'static str,
    endings: Option<&'static str>,
    onfile: Callback<File>,
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
        if let Some(file) = input.files().and_then(|files| files.get(0)) {
            onfile.emit(file);
        }
        // So that choosing the same file again is a change too.
        input.set_value("");
    });
    html! {
        <>
            <button {onclick}>{ label }</button>
            <input type="file" hidden=true ref={chooser.clone()} {onchange} accept={endings} />
        </>
    }
}
