//! Reads the box when it changed and seals what lies on the desk, in turns with the browser.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gloo::timers::callback::Timeout;
use sealer_core::dotenv::Dialect;
use web_sys::HtmlTextAreaElement;
use yew::prelude::*;
use zeroize::Zeroizing;

use crate::app::{Dispatch, Store, milliseconds};
use crate::desk::{Desk, Merge, Obstacle, Recipient, Sealed, Target, Turn};
use crate::effect::{Undo, use_effect_on};
use crate::secret_type::SecretType;
use crate::services::ledger;
use crate::state::{Action, Field, Input, Opened, Outcome, Pace, Presence, State};

/// After how long the browser gets its turn, so that it answers at once on slow machines too.
const TURN_MS: f64 = 8.0;
/// How many values of which size are sealed for nobody at the start.
const WARMING_VALUES: usize = 8;
const WARMING_BYTES: usize = 8 << 10;
/// How often the page is drawn anew at the start without a change.
const WARMING_DRAWS: u32 = 16;
/// What reading and sealing are called in the browser's own record of times.
const READ: &str = "read";
const SEAL: &str = "seal";

/// Puts off what is to be read, while there is something: nothing need be drawn for a key that changes no more than that.
pub type PutOff = Rc<RefCell<Option<Callback<()>>>>;

/// Reads the text when it changed and the typing pauses, and says what it is.
#[hook]
pub fn use_reading(
    desk: &Rc<RefCell<Desk>>,
    area: &HtmlTextAreaElement,
    put_off: &PutOff,
    store: &UseReducerHandle<Store>,
    dispatch: &Dispatch,
) {
    let state = &store.0;
    let (is_unread, revision, wait) =
        (matches!(state.input, Input::Unread), state.revision, milliseconds(state.pace));
    let (desk, area, store, dispatch) = (desk.clone(), area.clone(), store.clone(), dispatch.clone());
    let put_off = put_off.clone();
    let effect = move || -> Undo {
        let next = Rc::new(RefCell::new(None));
        if is_unread {
            let read = Rc::new(RefCell::new(None));
            let outdated = read.clone();
            let turn = move || {
                if let Some(read) = read.take() {
                    dispatch.emit(Action::Read(revision, read));
                    return false;
                }
                let state = &store.0;
                let text = Zeroizing::new(area.value());
                let into = state.opened.as_ref().map(Opened::document);
                ledger::begin(READ);
                read.replace(Some(desk.borrow_mut().read(&text, state.dialect, state.shown_type(), into)));
                ledger::end(READ);
                true
            };
            let turn: Rc<dyn Fn() -> bool> = Rc::new(turn);
            take_turns(&next, wait, turn.clone());
            let next = next.clone();
            put_off.replace(Some(Callback::from(move |()| {
                outdated.take();
                take_turns(&next, milliseconds(Pace::Typing), turn.clone());
            })));
        }
        Box::new(move || {
            put_off.take();
            drop(next);
        })
    };
    use_effect_on([revision, u32::from(is_unread), 0], Box::new(effect));
}

/// Reads and seals nobody's values and draws once the page is there, on a desk of its own: browsers compile code when it runs for the first time,
/// and well only what runs often. Nobody is to wait for that while typing.
#[hook]
pub fn use_warming(store: &UseReducerHandle<Store>, dispatch: &Dispatch) {
    let store = store.clone();
    let dispatch = dispatch.clone();
    let effect = move || -> Undo {
        let next = Rc::new(RefCell::new(None));
        let desk = RefCell::new(Desk::new([0; 32]));
        let is_read = Cell::new(false);
        let is_sealed = Cell::new(false);
        let drawn = Cell::new(0);
        let turn = move || {
            let mut desk = desk.borrow_mut();
            if !is_read.replace(true) {
                let values = (0..WARMING_VALUES).map(|key| format!("K{key}={}\n", "v".repeat(WARMING_BYTES)));
                // Nobody asked.
                let _ = desk.read(&values.collect::<String>(), Dialect::Godotenv, SecretType::Opaque, None);
                return true;
            }
            if !is_sealed.get() {
                let some = || Field { text: "n".to_owned(), ..Field::default() };
                let certificate = store.0.certificate.clone();
                let state = State { certificate, namespace: some(), name: some(), ..State::new(Vec::new()) };
                is_sealed.set(!matches!(seal(&mut desk, &state), Err(Obstacle::Unfinished)));
                return true;
            }
            dispatch.emit(Action::Noticed(Presence::There));
            drawn.set(drawn.get() + 1);
            drawn.get() < WARMING_DRAWS
        };
        take_turns(&next, 0, Rc::new(turn));
        Box::new(move || drop(next))
    };
    use_effect_on([0; 3], Box::new(effect));
}

/// Seals, and says what came of it.
#[hook]
pub fn use_sealing(desk: &Rc<RefCell<Desk>>, store: &UseReducerHandle<Store>, dispatch: &Dispatch) {
    let state = &store.0;
    let (serial, is_working, wait) = (state.serial, state.is_working(), milliseconds(state.pace));
    let (desk, store, dispatch) = (desk.clone(), store.clone(), dispatch.clone());
    let effect = move || -> Undo {
        let next = Rc::new(RefCell::new(None));
        if is_working {
            // Told in a turn of its own: drawing the page takes as long again.
            let outcome = RefCell::new(None);
            let is_begun = Cell::new(false);
            let turn = move || {
                if let Some(outcome) = outcome.take() {
                    let findings = desk.borrow().findings().to_vec();
                    dispatch.emit(Action::Worked(serial, outcome, findings));
                    return false;
                }
                if !is_begun.replace(true) {
                    ledger::begin(SEAL);
                }
                outcome.replace(outcome_of(seal(&mut desk.borrow_mut(), &store.0)));
                if outcome.borrow().is_some() {
                    ledger::end(SEAL);
                }
                true
            };
            take_turns(&next, wait, Rc::new(turn));
        }
        Box::new(move || drop(next))
    };
    use_effect_on([serial, u32::from(is_working), 0], Box::new(effect));
}

/// Calls `turn` as long as it wants another one, each time as a task of its own; ends with `next`.
fn take_turns(next: &Rc<RefCell<Option<Timeout>>>, wait: u32, turn: Rc<dyn Fn() -> bool>) {
    let again = Rc::downgrade(next);
    let timeout = Timeout::new(wait, move || {
        if turn()
            && let Some(next) = again.upgrade()
        {
            take_turns(&next, 0, turn);
        }
    });
    next.replace(Some(timeout));
}

/// What came of it, unless it has to go on.
fn outcome_of(sealed: Result<Sealed, Obstacle>) -> Option<Outcome> {
    Some(match sealed {
        Ok(sealed) => Outcome::Sealed(Rc::new(sealed)),
        Err(Obstacle::Needs(needs)) => Outcome::Needs(needs),
        Err(Obstacle::Problem(problem)) => Outcome::Failed(problem),
        Err(Obstacle::Refused { problem, lines }) => Outcome::Refused { problem, lines: Rc::from(lines) },
        Err(Obstacle::Unchanged) => Outcome::Unchanged,
        Err(Obstacle::Unfinished) => return None,
    })
}

/// Seals for one turn: into the opened file, or by itself.
fn seal(desk: &mut Desk, state: &State) -> Result<Sealed, Obstacle> {
    let cert = state.certificate.as_ref().map(|certificate| &*certificate.cert);
    let mut random = sealer_wasm::system_random();
    let begun = ledger::moment();
    let is_over = || ledger::moment() - begun > TURN_MS;
    let turn = Turn::new(sealer_wasm::now(), &mut random, &is_over);
    if let Some(opened) = &state.opened {
        let wanted = Merge {
            file: &opened.file,
            document: opened.document(),
            file_name: &opened.name,
            namespace: &state.namespace.text,
            edits: &opened.edits,
            pasted: state.pasted(),
        };
        return desk.merge(wanted, cert, turn);
    }
    let target = Target {
        namespace: &state.namespace.text,
        name: &state.name.text,
        scope: state.wanted_scope(),
        secret_type: state.is_made_here().then(|| state.shown_type()),
        rows: &state.rows,
        pasted: state.pasted(),
        details: state.is_made_here().then_some(&state.details),
    };
    let mut recipients = Vec::new();
    if let Some(cert) = cert {
        recipients.push(Recipient { cluster: state.cluster_name(), cert });
    }
    for (cluster, cert) in state.others() {
        recipients.push(Recipient { cluster: Some(cluster), cert });
    }
    desk.seal(target, &recipients, turn)
}
