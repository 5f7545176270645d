//! The ledger of requests, from the browser's own record, and the version.

use yew::prelude::*;

use crate::effect::{lasting, use_effect_on};
use crate::services::{ledger, page};
use crate::text;

/// The footer; it counts from the moment that the page started.
#[hook]
pub fn use_footer(started: f64) -> Html {
    let watched = use_force_update();
    let effect = move || {
        // A browser that can't watch shows the count of the start.
        let _ = ledger::watch(move || watched.force_update());
        lasting()
    };
    use_effect_on([0; 3], Box::new(effect));
    let requests = ledger::count(started);
    let is_one_file = page::is_one_file();
    html! {
        <footer class="foot">
            <span>
                <span class="mono" id="requests">{ requests.loading }</span>
                { if is_one_file { text::LEDGER_ONE_FILE } else { text::LEDGER_LOADING } }
            </span>
            <span><span class="mono" id="requests-since">{ requests.later }</span>{ text::LEDGER_SINCE }</span>
            if !is_one_file {
                <a href={text::ONE_FILE_ADDRESS} download={text::ONE_FILE_ADDRESS}>{ text::ONE_FILE }</a>
            }
            <span class="end">{ concat!("Sealwright ", env!("CARGO_PKG_VERSION"), "+") }{ page::build() }</span>
        </footer>
    }
}
