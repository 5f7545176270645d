//! What is shown as it is at the moment of the scrape: conditions, keys, the queue.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric as _};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::gauge::ConstGauge;

use crate::crd::Condition;
use crate::facts::ObjectKey;
use sealer_core::Timestamp;

/// The lifetime of a sealing key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyTimes {
    /// The name of its Secret.
    pub name: String,
    /// From when on its certificate is valid.
    pub not_before: Timestamp,
    /// Until when.
    pub not_after: Timestamp,
}

/// What waits in a queue.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Waiting {
    /// How many objects are due.
    pub count: usize,
    /// For how long the one that came first has been due.
    pub oldest: Option<Duration>,
}

type Queue = Box<dyn Fn() -> Waiting + Send + Sync>;

#[derive(Default)]
pub(super) struct Live {
    omit_secret_labels: bool,
    conditions: Mutex<BTreeMap<ObjectKey, Conditions>>,
    keys: Mutex<Vec<KeyTimes>>,
    queue: OnceLock<Queue>,
}

struct Conditions {
    instance: String,
    values: Vec<(String, i64)>,
}

impl Live {
    pub(super) fn new(omit_secret_labels: bool) -> Self {
        Self { omit_secret_labels, ..Self::default() }
    }

    pub(super) fn set_conditions(&self, object: &ObjectKey, instance: &str, conditions: &[Condition]) {
        if self.omit_secret_labels {
            return;
        }
        let values = conditions.iter().map(|condition| (condition.type_.clone(), value(&condition.status)));
        let conditions = Conditions { instance: instance.to_owned(), values: values.collect() };
        lock(&self.conditions).insert(object.clone(), conditions);
    }

    pub(super) fn forget_object(&self, object: &ObjectKey) {
        lock(&self.conditions).remove(object);
    }

    pub(super) fn set_keys(&self, keys: Vec<KeyTimes>) {
        *lock(&self.keys) = keys;
    }

    pub(super) fn show_queue(&self, queue: Queue) {
        // A second queue has no name of its own to be shown under.
        drop(self.queue.set(queue));
    }

    fn encode_conditions(&self, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let conditions = lock(&self.conditions);
        let mut family = encoder.encode_descriptor(
            "sealed_secrets_controller_condition_info",
            "Conditions of SealedSecrets: -1 for False, 0 for Unknown, 1 for True.",
            None,
            MetricType::Gauge,
        )?;
        for (object, shown) in conditions.iter() {
            for (condition, value) in &shown.values {
                // In the order in which upstream's answer shows them: by name.
                let labels = [
                    ("condition", condition.as_str()),
                    ("name", &object.name),
                    ("namespace", &object.namespace),
                    ("ss_app_kubernetes_io_instance", &shown.instance),
                ];
                ConstGauge::new(*value).encode(family.encode_family(&labels)?)?;
            }
        }
        Ok(())
    }

    fn encode_keys(&self, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
        type Pick = fn(&KeyTimes) -> Timestamp;
        let keys = lock(&self.keys);
        let families: [(&str, &str, Pick); 2] = [
            (
                "sealwright_key_not_before_timestamp_seconds",
                "When the certificate of a sealing key became valid; the key's age is time() minus this.",
                |key| key.not_before,
            ),
            (
                "sealwright_key_not_after_timestamp_seconds",
                "When the certificate of a sealing key expires.",
                |key| key.not_after,
            ),
        ];
        for (name, help, pick) in families {
            let mut family = encoder.encode_descriptor(name, help, None, MetricType::Gauge)?;
            for key in keys.iter() {
                let seconds = i64::try_from(pick(key).unix_seconds()).unwrap_or(i64::MAX);
                let labels = [("key_name", key.name.as_str())];
                ConstGauge::new(seconds).encode(family.encode_family(&labels)?)?;
            }
        }
        Ok(())
    }

    fn encode_queue(&self, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let Some(queue) = self.queue.get() else { return Ok(()) };
        let waiting = queue();
        let depth = encoder.encode_descriptor(
            "sealwright_queue_depth",
            "SealedSecrets that are due for a pass.",
            None,
            MetricType::Gauge,
        )?;
        ConstGauge::new(i64::try_from(waiting.count).unwrap_or(i64::MAX)).encode(depth)?;
        let oldest = encoder.encode_descriptor(
            "sealwright_queue_oldest_seconds",
            "For how long the first of them has been due; 0 when there is none.",
            None,
            MetricType::Gauge,
        )?;
        ConstGauge::new(waiting.oldest.unwrap_or_default().as_secs_f64()).encode(oldest)
    }
}

impl Collector for Live {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        if !self.omit_secret_labels {
            self.encode_conditions(&mut encoder)?;
        }
        self.encode_keys(&mut encoder)?;
        self.encode_queue(&mut encoder)
    }
}

impl fmt::Debug for Live {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Live").finish_non_exhaustive()
    }
}

/// Upstream's numbers for the three states.
fn value(status: &str) -> i64 {
    match status {
        "True" => 1,
        "False" => -1,
        _ => 0,
    }
}

/// The figures are whole at any time, also after a panic of who held the lock.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
