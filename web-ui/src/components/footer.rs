//! The ledger of requests, from the browser's own record, and the version.

use yew::prelude::*;

use crate::services::{ledger, page};
use crate::text;

/// The footer.
#[component]
pub fn Footer() -> Html {
    let start = *use_memo((), |()| ledger::moment());
    let requests = use_state_eq(move || ledger::count(start));
    {
        let requests = requests.setter();
        use_effect_with((), move |()| {
            // A browser that can't watch shows the count of the start.
            let _ = ledger::watch(move || requests.set(ledger::count(start)));
        });
    }
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
            <span class="end">{ concat!("Sealwright ", env!("CARGO_PKG_VERSION")) }</span>
        </footer>
    }
}
