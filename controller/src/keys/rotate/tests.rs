//! Keys are made once for each reason, whoever starts, and whatever becomes of them.

use std::collections::{BTreeMap, VecDeque};
use std::convert::Infallible;
use std::sync::Mutex;

use tokio::sync::Barrier;
use tokio::task::JoinSet;

use super::*;
use crate::keys::Ring;
use crate::keys::tests::{policy, stored};

/// Gives the answers that it was told to, and remembers the names that it was asked to store.
struct Told {
    answers: Mutex<VecDeque<Put>>,
    names: Mutex<Vec<String>>,
}

impl KeyShelf for Told {
    type Error = Infallible;

    async fn put(&self, key: StoredKey) -> Result<Put, Infallible> {
        assert!(key.pair().is_ok());
        self.names.lock().unwrap().push(key.name);
        Ok(self.answers.lock().unwrap().pop_front().unwrap())
    }
}

async fn names(answers: &[Put]) -> (String, Vec<String>) {
    let told = Told { answers: Mutex::new(answers.iter().copied().collect()), names: Mutex::default() };
    let now = clock::timestamp();
    let made = make(&told, &policy(), None, RotationCause::First, now, 0..NAMES).await.unwrap();
    (made.name, told.names.into_inner().unwrap())
}

#[tokio::test]
async fn a_second_starter_takes_the_key_that_the_first_one_stored() {
    let (first, _) = names(&[Put::Stored]).await;
    let (second, tried) = names(&[Put::TakenByUsable]).await;
    assert_eq!(second, first);
    assert_eq!(tried, [first]);
}

#[tokio::test]
async fn a_name_that_is_taken_by_an_unusable_key_is_passed() {
    let (name, tried) = names(&[Put::TakenByUnusable, Put::TakenByUnusable, Put::Stored]).await;
    assert_eq!(tried.len(), 3);
    assert_eq!(name, tried[2]);
    assert!(tried[0] != tried[1] && tried[1] != tried[2]);
}

/// A shelf that several processes share.
#[derive(Clone)]
struct Shelf {
    keys: Arc<Mutex<BTreeMap<String, StoredKey>>>,
    ring: watch::Sender<Arc<Ring>>,
    /// How many processes must want to store something before the first may.
    together: Arc<Barrier>,
    puts: watch::Sender<usize>,
    /// What becomes of a key on its way into the ring.
    arrives: fn(&StoredKey) -> Option<StoredKey>,
}

impl Shelf {
    fn new(processes: usize, keys: &[StoredKey], arrives: fn(&StoredKey) -> Option<StoredKey>) -> Self {
        Self {
            keys: Arc::new(Mutex::new(keys.iter().map(|key| (key.name.clone(), key.clone())).collect())),
            ring: watch::Sender::new(Arc::new(Ring::load(keys).0)),
            together: Arc::new(Barrier::new(processes)),
            puts: watch::Sender::new(0),
            arrives,
        }
    }

    fn keep(&self, policy: &KeyPolicy, renew: &Arc<Notify>) -> impl Future<Output = ()> + use<> {
        keep(self.clone(), policy.clone(), self.ring.subscribe(), Arc::clone(renew))
    }

    fn publish(&self) {
        let keys: Vec<StoredKey> = self.keys.lock().unwrap().values().filter_map(self.arrives).collect();
        self.ring.send_replace(Arc::new(Ring::load(&keys).0));
    }

    fn len(&self) -> usize {
        self.keys.lock().unwrap().len()
    }
}

impl KeyShelf for Shelf {
    type Error = Infallible;

    async fn put(&self, key: StoredKey) -> Result<Put, Infallible> {
        self.together.wait().await;
        let free = {
            let mut keys = self.keys.lock().unwrap();
            let free = !keys.contains_key(&key.name);
            if free {
                keys.insert(key.name.clone(), key);
            }
            free
        };
        self.publish();
        self.puts.send_modify(|puts| *puts += 1);
        Ok(if free { Put::Stored } else { Put::TakenByUsable })
    }
}

fn arrive_as_it_is(key: &StoredKey) -> Option<StoredKey> {
    Some(key.clone())
}

fn ago(seconds: u64) -> StoredKey {
    stored("there", clock::timestamp().unix_seconds() - seconds)
}

#[tokio::test]
async fn three_starters_make_one_key_for_each_cause() {
    let monthly = KeyPolicy { renew: Some(Duration::from_secs(1000)), ..policy() };
    let cutoff = KeyPolicy { cutoff: Some(clock::timestamp()), ..policy() };
    for (name, there, policy, ask) in [
        ("first", None, policy(), false),
        ("age", Some(ago(2000)), monthly, false),
        ("cutoff", Some(ago(2000)), cutoff, false),
        ("asked", Some(ago(2000)), policy(), true),
    ] {
        let before = usize::from(there.is_some());
        let shelf = Shelf::new(3, there.as_slice(), arrive_as_it_is);
        let mut processes = JoinSet::new();
        for _ in 0..3 {
            let renew = Arc::new(Notify::new());
            processes.spawn(shelf.keep(&policy, &renew));
            if ask {
                renew.notify_one();
            }
        }
        shelf.puts.subscribe().wait_for(|puts| *puts == 3).await.unwrap();
        assert_eq!(shelf.len(), before + 1, "{name}");
        assert_eq!(shelf.ring.borrow().keys.len(), before + 1, "{name}");
    }
}

// The clock of the next tests jumps to the next timer whenever everybody waits.
async fn after_an_hour(shelf: &Shelf, policy: &KeyPolicy, renew: &Arc<Notify>) {
    let kept = tokio::time::timeout(Duration::from_secs(3600), shelf.keep(policy, renew)).await;
    assert!(kept.is_err(), "it ended by itself");
}

#[tokio::test(start_paused = true)]
async fn a_key_that_never_becomes_the_newest_is_made_once() {
    let monthly = KeyPolicy { renew: Some(Duration::from_secs(1000)), ..policy() };
    let lost = |key: &StoredKey| (key.name == "there").then(|| key.clone());
    // The clock that orders the keys is far behind.
    let behind = |key: &StoredKey| {
        let order = Timestamp::from_unix_seconds(if key.name == "there" { 2 } else { 1 });
        Some(StoredKey { order: Some(order), ..key.clone() })
    };
    for (name, there, arrives) in [
        ("no first key", None, lost as fn(&StoredKey) -> Option<StoredKey>),
        ("lost", Some(ago(2000)), lost),
        ("older", Some(ago(2000)), behind),
    ] {
        let before = usize::from(there.is_some());
        let shelf = Shelf::new(1, there.as_slice(), arrives);
        after_an_hour(&shelf, &monthly, &Arc::new(Notify::new())).await;
        assert_eq!(shelf.len(), before + 1, "{name}");
        assert!(*shelf.puts.borrow() > 2, "{name}: it was looked after");
    }
}

#[tokio::test(start_paused = true)]
async fn a_cut_off_makes_one_key_and_one_in_the_future_none() {
    let now = clock::timestamp().unix_seconds();
    // Every new key is ordered as if it came before the cut-off, and after the one that was there.
    let in_between = |key: &StoredKey| {
        let order = (key.name != "there")
            .then(|| Timestamp::from_unix_seconds(clock::timestamp().unix_seconds() - 1000));
        Some(StoredKey { order, ..key.clone() })
    };
    for (cutoff, made) in [(now - 500, 1), (now + 100_000, 0)] {
        let policy = KeyPolicy { cutoff: Some(Timestamp::from_unix_seconds(cutoff)), ..policy() };
        let shelf = Shelf::new(1, &[ago(2000)], in_between);
        after_an_hour(&shelf, &policy, &Arc::new(Notify::new())).await;
        assert_eq!(shelf.len(), 1 + made);
    }
}

#[tokio::test(start_paused = true)]
async fn asking_makes_one_key_but_none_before_the_newest_begins() {
    let renew = Arc::new(Notify::new());
    let shelf = Shelf::new(1, &[ago(2000)], arrive_as_it_is);
    renew.notify_one();
    after_an_hour(&shelf, &policy(), &renew).await;
    assert_eq!(shelf.len(), 2);
    let newest = shelf.ring.borrow().metas().remove(0);
    assert_ne!(newest.name, "there");

    // The first key is a new one too.
    let shelf = Shelf::new(1, &[], arrive_as_it_is);
    renew.notify_one();
    after_an_hour(&shelf, &policy(), &renew).await;
    assert_eq!(shelf.len(), 1);

    let future = stored("there", clock::timestamp().unix_seconds() + 100_000);
    let shelf = Shelf::new(1, &[future], arrive_as_it_is);
    renew.notify_one();
    after_an_hour(&shelf, &policy(), &renew).await;
    assert_eq!(shelf.len(), 1);
}

#[tokio::test]
async fn a_key_that_is_deleted_is_made_again() {
    let shelf = Shelf::new(1, &[], arrive_as_it_is);
    let keeping = tokio::spawn(shelf.keep(&policy(), &Arc::new(Notify::new())));
    let mut ring = shelf.ring.subscribe();
    ring.wait_for(|ring| ring.keys.len() == 1).await.unwrap();
    let first = ring.borrow().ids.clone();
    shelf.keys.lock().unwrap().clear();
    shelf.publish();
    ring.wait_for(|ring| ring.keys.len() == 1 && ring.ids != first).await.unwrap();
    assert_eq!(shelf.len(), 1);
    keeping.abort();
}
