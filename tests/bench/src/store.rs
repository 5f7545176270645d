//! Figures that outlive a run, so that one controller can be measured anew beside the other's old figures.

use std::fs;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::Failure;
use crate::controller::Who;
use crate::figures::Figure;
use crate::sealed;

/// All figures that are known.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Store {
    measured: Vec<Measured>,
}

/// One figure of one controller, once for each run.
#[derive(Debug, Serialize, Deserialize)]
pub struct Measured {
    figure: Figure,
    who: Who,
    /// When the first run was, in RFC 3339.
    pub at: String,
    /// What the runs gave.
    pub values: Vec<f64>,
}

impl Store {
    /// What was kept; empty when nothing was.
    pub fn read(path: &Path) -> Result<Self, Failure> {
        match fs::read(path) {
            Ok(text) => Ok(serde_json::from_slice(&text)
                .map_err(|error| format!("cannot read {}: {error}; remove it", path.display()))?),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(error.into()),
        }
    }

    /// Keeps it.
    pub fn write(&self, path: &Path) -> Result<(), Failure> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        Ok(fs::write(path, serde_json::to_vec_pretty(self)?)?)
    }

    /// Adds the value of a run; a first run replaces those of earlier days.
    pub fn add(&mut self, figure: Figure, who: Who, value: f64, first: bool) {
        let known = self.measured.iter_mut().find(|one| (one.figure, one.who) == (figure, who));
        match known {
            Some(known) if !first => known.values.push(value),
            Some(known) => (known.at, known.values) = (sealed::now().to_string(), vec![value]),
            None => {
                let at = sealed::now().to_string();
                self.measured.push(Measured { figure, who, at, values: vec![value] });
            }
        }
    }

    /// What is known of a figure.
    pub fn of(&self, figure: Figure, who: Who) -> Option<&Measured> {
        self.measured.iter().find(|one| (one.figure, one.who) == (figure, who))
    }

    /// The first and the last moment at which a controller was measured.
    pub fn period(&self, who: Who) -> Option<(&str, &str)> {
        let moments = || self.measured.iter().filter(|one| one.who == who).map(|one| one.at.as_str());
        moments().min().zip(moments().max())
    }
}

impl Measured {
    /// The middle of all runs.
    pub fn median(&self) -> f64 {
        let mut sorted = self.values.clone();
        sorted.sort_by(f64::total_cmp);
        match sorted.len() {
            0 => 0.0,
            count if count % 2 == 1 => sorted[count / 2],
            count => f64::midpoint(sorted[count / 2 - 1], sorted[count / 2]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures::{Phase, Quantity};

    const WALL: Figure = Figure { phase: Phase::Cold1000, quantity: Quantity::Wall };

    #[test]
    fn runs_are_joined_and_a_first_run_starts_anew() {
        let mut store = Store::default();
        for (value, first, median) in
            [(9.0, true, 9.0), (1.0, true, 1.0), (4.0, false, 2.5), (5.0, false, 4.0)]
        {
            store.add(WALL, Who::Ours, value, first);
            assert_eq!(store.of(WALL, Who::Ours).map(Measured::median), Some(median));
        }
        assert!(store.of(WALL, Who::Upstream).is_none());
    }

    #[test]
    fn what_is_kept_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new/controller.json");
        let mut store = Store::read(&path).unwrap();
        store.add(WALL, Who::Upstream, 29.6, true);
        store.write(&path).unwrap();
        let again = Store::read(&path).unwrap();
        assert_eq!(again.of(WALL, Who::Upstream).map(|one| one.values.clone()), Some(vec![29.6]));
        assert!(again.period(Who::Upstream).is_some() && again.period(Who::Ours).is_none());
    }
}
