//! Files in and out: reads what people choose or drop, downloads what was sealed.

use js_sys::{Array, Uint8Array};
use sealer_core::Plaintext;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, BlobPropertyBag, File, HtmlAnchorElement, Url};

/// Files larger than this are not even read: Kubernetes would not take the Secret.
const MAX_BYTES: f64 = 16.0 * 1024.0 * 1024.0;

/// The bytes of a file, unless it can't be read. The browser's own `text()` would lose a byte order mark.
pub async fn read(file: &File) -> Option<Plaintext> {
    if file.size() > MAX_BYTES {
        return None;
    }
    let bytes = JsFuture::from(file.array_buffer()).await.ok()?;
    Some(Plaintext::new(Uint8Array::new(&bytes).to_vec()))
}

/// Offers a text as a download. Only ciphertext is ever downloaded.
pub fn download(name: &str, text: &str) -> Result<(), JsValue> {
    let kind = BlobPropertyBag::new();
    kind.set_type("application/yaml");
    let blob = Blob::new_with_str_sequence_and_options(&Array::of1(&text.into()), &kind)?;
    let address = Url::create_object_url_with_blob(&blob)?;
    let document = web_sys::window().and_then(|window| window.document()).ok_or(JsValue::UNDEFINED)?;
    let link: HtmlAnchorElement = document.create_element("a")?.unchecked_into();
    link.set_href(&address);
    link.set_download(name);
    link.click();
    // The browser has taken the Blob by now; the address is of no more use.
    Url::revoke_object_url(&address)
}
