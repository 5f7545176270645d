//! Where JavaScript hands over: `boot.js` calls this once, after it has locked the page.

use std::rc::Rc;

use rand_core::TryRng;
use wasm_bindgen::JsError;
use wasm_bindgen::prelude::wasm_bindgen;

use super::{certificate, ledger, page};
use crate::app::{App, AppProps};
use crate::link::Link;

/// Starts the page. Four texts for each cluster: its name, the fingerprint announced for it, its certificate and the folder of its files, each
/// empty where it is not known.
#[wasm_bindgen]
#[expect(clippy::needless_pass_by_value, reason = "lists of strings cross this border by value")]
pub fn start(texts: Vec<String>) -> Result<(), JsError> {
    let now = sealer_wasm::now();
    let mut clusters = Vec::new();
    for cluster in texts.chunks(4) {
        if let [name, fingerprint, pem, folder] = cluster {
            clusters.push(certificate::cluster(name, fingerprint, pem, folder, now));
        }
    }
    let mut salt = [0; 32];
    sealer_wasm::system_random().try_fill_bytes(&mut salt).map_err(|_| JsError::new("no random source"))?;
    let (Some(root), Some(area)) = (page::element("app"), page::the_box()) else {
        return Err(JsError::new("the page lacks its box"));
    };
    let props = AppProps {
        clusters: Rc::new(clusters),
        link: Link::read(&page::address().1),
        selected: page::selected(&area),
        area,
        salt,
        started: ledger::moment(),
    };
    yew::Renderer::<App>::with_root_and_props(root, props).render();
    Ok(())
}
