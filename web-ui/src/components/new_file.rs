//! Takes a new file to the folder of the repository that it belongs in, once somebody presses the link.

use yew::prelude::*;

use super::target::from_link;
use crate::desk::Sealed;
use crate::state::State;
use crate::text;

/// The link, and what of the file goes where by it, or why it can't. Only for a single new file: no form takes the text of
/// one that is there.
pub fn new_file(state: &State, sealed: &Sealed) -> (Html, Html) {
    let is_new = sealed.merged.is_none() && sealed.others.is_empty();
    let Some((folder, is_linked)) = state.folder().filter(|_| is_new) else { return Default::default() };
    let host = folder.host();
    let (link, words) = match folder.new_file(&sealed.file_name, &sealed.yaml) {
        None => (Html::default(), text::too_long_for(host)),
        Some(address) => (
            html! {
                <a class="button" id="open-in" href={address} target="_blank" rel="noopener noreferrer">{ text::open_in(host) }</a>
            },
            text::goes_to(host),
        ),
    };
    (link, html! { <p class="small quiet" id="goes-to">{ words }{ from_link(is_linked) }</p> })
}
