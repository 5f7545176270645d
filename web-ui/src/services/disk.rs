//! The opened file on the disk, which the page may write back where the browser has the File System Access API. web-sys has
//! that only behind a flag of the compiler, so the few calls are declared here.

use std::cell::RefCell;

use js_sys::{Array, JSON, Promise, Uint8Array};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{DataTransfer, File};

use super::page;

/// What the browser's dialogue offers first.
const OFFERED: &str =
    r#"{"types":[{"accept":{"application/yaml":[".yaml",".yml"],"application/json":[".json"]}}]}"#;
/// How the names of files with SealedSecrets end.
const ENDINGS: [&str; 3] = [".yaml", ".yml", ".json"];

#[wasm_bindgen]
extern "C" {
    /// A file that the browser may let the page write, once somebody allows it.
    pub type Handle;
    #[wasm_bindgen(method, catch, js_name = getFile)]
    fn get_file(this: &Handle) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, catch, js_name = createWritable)]
    fn create_writable(this: &Handle) -> Result<Promise, JsValue>;

    /// What is written takes the file's place when this is closed, and not before.
    type Writable;
    #[wasm_bindgen(method)]
    fn write(this: &Writable, text: &str) -> Promise;
    #[wasm_bindgen(method)]
    fn close(this: &Writable) -> Promise;
    #[wasm_bindgen(method)]
    fn abort(this: &Writable) -> Promise;

    /// One thing that was dropped.
    type Dropped;
    #[wasm_bindgen(method, catch, js_name = getAsFileSystemHandle)]
    fn get_handle(this: &Dropped) -> Result<Promise, JsValue>;

    /// What a promise was broken with.
    type Thrown;
    #[wasm_bindgen(method, getter)]
    fn name(this: &Thrown) -> String;

    #[wasm_bindgen(thread_local_v2, js_name = showOpenFilePicker)]
    static PICKER: Option<JsValue>;
    #[wasm_bindgen(catch, js_name = showOpenFilePicker)]
    fn show_picker(options: &JsValue) -> Result<Promise, JsValue>;
}

thread_local! {
    /// The page has one file open at most, and the state of the page holds nothing of the browser's.
    static OPENED: RefCell<Option<OnDisk>> = const { RefCell::new(None) };
}

/// An opened file, and what the page knows to be in it.
struct OnDisk {
    handle: Handle,
    bytes: Vec<u8>,
}

/// Why a file was not written; it is as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SaveError {
    /// It holds something else than what was opened.
    Changed,
    /// The browser was not allowed to.
    Refused,
    /// It is gone, or can't be written.
    Failed,
}

/// Whether files can be chosen that may be written later. Not where the page is a file itself: all files of a disk share what
/// somebody allows one of them.
pub fn is_there() -> bool {
    !page::is_one_file() && PICKER.with(Option::is_some)
}

/// Lets somebody choose a file: the promise of a list with its handle.
pub fn choose() -> Option<Promise> {
    show_picker(&JSON::parse(OFFERED).ok()?).ok()
}

/// The promise of the handle of the only file that is dropped, if its name is one of a SealedSecret: of a file in a sensitive
/// folder the browser warns those who dropped it. To be asked for while the event lasts.
pub fn dropped(transfer: &DataTransfer, files: &[File]) -> Option<Promise> {
    let [file] = files else { return None };
    let name = file.name();
    let is_likely = is_there() && ENDINGS.iter().any(|ending| name.ends_with(ending));
    let item = transfer.items().get(0).filter(|_| is_likely)?;
    item.unchecked_into::<Dropped>().get_handle().ok()
}

/// The handle that was promised, if there is one; a file that was chosen comes to the others.
pub async fn handle(promise: Promise, files: &mut Vec<File>) -> Option<Handle> {
    let answer = JsFuture::from(promise).await.ok()?;
    if !files.is_empty() {
        return answer.is_object().then(|| answer.unchecked_into());
    }
    let handle: Handle = answer.unchecked_into::<Array>().get(0).unchecked_into();
    let file = JsFuture::from(handle.get_file().ok()?).await.ok()?;
    files.push(file.unchecked_into());
    Some(handle)
}

/// Keeps the handle of the file that is opened now, and what is in it.
pub fn keep(handle: Handle, text: &str) {
    OPENED.set(Some(OnDisk { handle, bytes: text.into() }));
}

/// Lets go of the file that was open.
pub fn let_go() {
    OPENED.take();
}

/// Writes the text in the place of what was opened, and of nothing else. `None` where no file is open, or it is being written
/// already. Only ciphertext is ever written.
pub async fn save(text: &str) -> Option<Result<(), SaveError>> {
    let mut file = OPENED.take()?;
    let saved = file.replace(text).await;
    // Another one may have been opened meanwhile.
    OPENED.with_borrow_mut(|opened| _ = opened.get_or_insert(file));
    Some(saved)
}

impl OnDisk {
    async fn replace(&mut self, text: &str) -> Result<(), SaveError> {
        let failed = |_| SaveError::Failed;
        let asked = self.handle.create_writable().map_err(failed)?;
        let writable: Writable = match JsFuture::from(asked).await {
            Ok(writable) => writable.unchecked_into(),
            Err(error) if error.unchecked_ref::<Thrown>().name() == "NotAllowedError" => {
                return Err(SaveError::Refused);
            }
            Err(error) => return Err(failed(error)),
        };
        // Behind the browser's question, which may have stood for a while.
        let written = self.write(&writable, text).await;
        match written {
            Ok(()) => self.bytes = text.into(),
            // What can't be given up is left to the browser: nothing has taken the file's place.
            Err(_) => drop(JsFuture::from(writable.abort()).await),
        }
        written
    }

    async fn write(&self, writable: &Writable, text: &str) -> Result<(), SaveError> {
        let failed = |_| SaveError::Failed;
        let file = JsFuture::from(self.handle.get_file().map_err(failed)?).await.map_err(failed)?;
        let bytes = JsFuture::from(file.unchecked_into::<File>().array_buffer()).await.map_err(failed)?;
        if Uint8Array::new(&bytes).to_vec() != self.bytes {
            return Err(SaveError::Changed);
        }
        JsFuture::from(writable.write(text)).await.map_err(failed)?;
        JsFuture::from(writable.close()).await.map(drop).map_err(failed)
    }
}
