//! What stands in `index.html` itself: the box, the live region, the title.

use wasm_bindgen::JsCast;
use wasm_bindgen::JsValue;
use web_sys::{Document, Element, HtmlElement, HtmlTextAreaElement, Node, Storage};

/// The document.
pub fn document() -> Option<Document> {
    web_sys::window()?.document()
}

/// Whether this page is the one that is a single file, with everything in it.
pub fn is_one_file() -> bool {
    let root = document().and_then(|document| document.document_element());
    root.is_some_and(|root| root.has_attribute("data-one-file"))
}

/// The build, as it was named when it was made: the beginning of the SHA-256 of the wasm.
pub fn build() -> String {
    let root = document().and_then(|document| document.document_element());
    root.and_then(|root| root.get_attribute("data-build")).unwrap_or_default()
}

/// Where the browser lets this page remember what is no secret. The page that is a single file remembers nothing: all files of a disk
/// share one store.
pub fn store() -> Option<Storage> {
    if is_one_file() { None } else { web_sys::window()?.local_storage().ok()? }
}

/// The address of this page without its fragment, and the fragment without its `#`.
pub fn address() -> (String, String) {
    let address = web_sys::window().and_then(|window| window.location().href().ok()).unwrap_or_default();
    match address.split_once('#') {
        Some((page, fragment)) => (page.to_owned(), fragment.to_owned()),
        None => (address, String::new()),
    }
}

/// An element by its id.
pub fn element(id: &str) -> Option<Element> {
    document()?.get_element_by_id(id)
}

/// The box. It stands in `index.html`, so that it takes a paste while the rest is still loading.
pub fn the_box() -> Option<HtmlTextAreaElement> {
    element("secret")?.dyn_into().ok()
}

/// Empties every box on the page: the browser may keep a page that somebody leaves.
pub fn empty_boxes() {
    let Some(areas) = document().map(|document| document.get_elements_by_tag_name("textarea")) else {
        return;
    };
    for area in (0..areas.length()).filter_map(|index| areas.item(index)) {
        if let Ok(area) = area.dyn_into::<HtmlTextAreaElement>() {
            area.set_value("");
        }
    }
}

/// What of the text in the box is selected, if the box has the focus.
pub fn selected(area: &HtmlTextAreaElement) -> Option<(u32, u32)> {
    let active = document()?.active_element()?;
    let position = |found: Result<Option<u32>, JsValue>| found.ok().map(Option::unwrap_or_default);
    let is_focused = Node::from(active) == Node::from(area.clone());
    if is_focused { Some((position(area.selection_start())?, position(area.selection_end())?)) } else { None }
}

/// Says it to screen readers, politely.
pub fn announce(text: &str) {
    if let Some(region) = element("status") {
        region.set_text_content(Some(text));
    }
}

/// The title of the window. It never holds a name or a value: titles end up in histories.
pub fn set_title(text: &str) {
    if let Some(document) = document() {
        document.set_title(text);
    }
}

/// Moves the focus.
pub fn focus(id: &str) {
    if let Some(element) = element(id).and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        // An element that can't take it leaves the focus where it is.
        let _ = element.focus();
    }
}

/// Ties the box to the message about it, or unties it.
pub fn mark_box(area: &HtmlTextAreaElement, problem: Option<&str>) {
    // Setting and removing these attributes can't fail: their names are valid.
    let _ = match problem {
        Some(id) => area
            .set_attribute("aria-invalid", "true")
            .and_then(|()| area.set_attribute("aria-describedby", id)),
        None => {
            area.remove_attribute("aria-invalid").and_then(|()| area.remove_attribute("aria-describedby"))
        }
    };
}

/// Says what the box is for.
pub fn name_box(area: &HtmlTextAreaElement, label: &str, placeholder: &str) {
    area.set_placeholder(placeholder);
    // The attribute's name is valid.
    let _ = area.set_attribute("aria-label", label);
}

/// Whether nothing has the focus, or what had it is gone.
pub fn is_focus_lost() -> bool {
    let Some(document) = document() else { return false };
    document.active_element().is_none_or(|element| element.tag_name() == "BODY")
}

/// Shows dots in place of the text, or the text again.
pub fn mask_box(area: &HtmlTextAreaElement, masked: bool) {
    // The class name is valid.
    let _ = area.class_list().toggle_with_force("masked", masked);
}
