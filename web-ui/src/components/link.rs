//! Makes a link that fills in for somebody else what stands here, but for the values.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::words::paragraph;
use crate::services::{clipboard, page};
use crate::state::State;
use crate::text;

/// The link, and a button that copies it.
#[hook]
pub fn use_link_form(state: &State) -> Html {
    let copied = use_state(String::new);
    let field = use_node_ref();
    let link = format!("{}#{}", page::address().0, state.as_link().fragment());
    let label = if *copied == link { text::COPIED_BUTTON } else { text::COPY_LINK };
    let onclick = {
        let (link, copied, field) = (link.clone(), copied.setter(), field.clone());
        Callback::from(move |_: MouseEvent| {
            let (link, copied, field) = (link.clone(), copied.clone(), field.clone());
            yew::platform::spawn_local(async move {
                if clipboard::copy(&link).await {
                    page::announce(text::COPIED);
                    copied.set(link);
                } else if let Some(field) = field.cast::<HtmlInputElement>() {
                    // It is selected, so that the keyboard copies it.
                    page::focus("link");
                    field.select();
                }
            });
        })
    };
    html! {
        <details id="make-link">
            <summary>{ text::MAKE_LINK }</summary>
            { paragraph("small quiet after", text::MAKE_LINK_HOW) }
            <div class="field after">
                <label for="link">{ text::LINK }</label>
                <input type="text" id="link" ref={field} readonly=true value={link} />
            </div>
            <div class="under"><button id="copy-link" {onclick}>{ label }</button></div>
        </details>
    }
}
