//! In narrow or low windows, the verdict and the main button stay in view.

use yew::prelude::*;

use super::keeping::download_button;
use super::result::short_verdict;
use super::saving::save_button;
use crate::app::Dispatch;
use crate::state::State;
use crate::text;

/// The bar; without something sealed there is none.
pub fn bar(state: &State, dispatch: &Dispatch) -> Html {
    let Some(sealed) = state.sealed() else { return Html::default() };
    html! {
        <div class="bar" role="region" aria-label={text::BAR}>
            <span>{ short_verdict(sealed) }</span>
            if state.is_writable() {
                { save_button(text::SAVE.into(), sealed, state, dispatch) }
            } else {
                { download_button(Some("primary"), None, sealed, dispatch) }
            }
        </div>
    }
}
