//! Says what is wrong when it is news, and not again every second.

use std::time::Duration;

use tokio::time::Instant;

/// The first pause before the same words are said again; it doubles each time.
const FIRST_PAUSE: Duration = Duration::from_secs(60);
/// The longest pause.
const LAST_PAUSE: Duration = Duration::from_secs(3600);

/// What was said last about one thing that keeps failing.
#[derive(Debug, Default)]
pub struct Complaint {
    last: Option<Said>,
}

#[derive(Debug)]
struct Said {
    words: String,
    next: Instant,
    pause: Duration,
    over: bool,
}

impl Complaint {
    /// Whether these words are to be said now.
    pub fn is_news(&mut self, words: &str, now: Instant) -> bool {
        let pause = match &self.last {
            Some(last) if last.words == words && now < last.next => return false,
            Some(last) if last.words == words => LAST_PAUSE.min(last.pause * 2),
            _ => FIRST_PAUSE,
        };
        self.last = Some(Said { words: words.to_owned(), next: now + pause, pause, over: false });
        true
    }

    /// Whether it is to be said that all is well again: once for each time that something was wrong.
    pub fn is_over(&mut self) -> bool {
        self.last.as_mut().is_some_and(|last| !std::mem::replace(&mut last.over, true))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_words_wait_longer_each_time_and_others_do_not() {
        let mut complaint = Complaint::default();
        let start = Instant::now();
        let mut said = Vec::new();
        for second in 0..1000 {
            if complaint.is_news("forbidden", start + Duration::from_secs(second)) {
                said.push(second);
            }
        }
        assert_eq!(said, [0, 60, 180, 420, 900]);
        let later = start + Duration::from_secs(1000);
        assert!(complaint.is_news("refused", later));
        assert!(!complaint.is_news("refused", later));
    }

    #[test]
    fn the_end_is_said_once_and_flapping_does_not_shorten_the_pause() {
        let mut complaint = Complaint::default();
        let now = Instant::now();
        assert!(!complaint.is_over(), "nothing was wrong");
        assert!(complaint.is_news("forbidden", now));
        assert!(complaint.is_over());
        assert!(!complaint.is_over());
        assert!(!complaint.is_news("forbidden", now + Duration::from_secs(59)));
        assert!(!complaint.is_over(), "nothing was said");
        assert!(complaint.is_news("forbidden", now + Duration::from_secs(61)));
        assert!(complaint.is_over());
    }
}
