//! Copies text: by the clipboard API, or on plain http, where there is none, by the old command.

use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{HtmlDocument, HtmlTextAreaElement, Window};

/// Whether the text is on the clipboard now. Only ciphertext is ever copied.
pub async fn copy(text: &str) -> bool {
    let Some(window) = web_sys::window() else { return false };
    if window.is_secure_context() {
        let copying = window.navigator().clipboard().write_text(text);
        if JsFuture::from(copying).await.is_ok() {
            return true;
        }
    }
    copy_by_command(&window, text).unwrap_or(false)
}

fn copy_by_command(window: &Window, text: &str) -> Option<bool> {
    let document: HtmlDocument = window.document()?.dyn_into().ok()?;
    let focused = document.active_element();
    let area: HtmlTextAreaElement = document.create_element("textarea").ok()?.dyn_into().ok()?;
    area.set_class_name("visually-hidden");
    area.set_read_only(true);
    area.set_value(text);
    document.body()?.append_child(&area).ok()?;
    area.select();
    let copied = document.exec_command("copy").unwrap_or(false);
    area.remove();
    if let Some(focused) = focused.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
        // Focus goes back where it was; where it can't, the page works on.
        let _ = focused.focus();
    }
    Some(copied)
}
