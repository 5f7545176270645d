//! Whether a plain scalar is a timestamp in YAML 1.1, as far as Go's decoder knows.

/// The four layouts that go-yaml 2 takes for a timestamp.
pub(super) fn is_timestamp(text: &str) -> bool {
    let mut clock = Clock(text);
    let Some(date) = clock.date() else { return false };
    date && match clock.0.as_bytes().first() {
        None => true,
        Some(b' ') => clock.skip(b' ') && clock.time() && clock.0.is_empty(),
        Some(b'T' | b't') => {
            clock.0 = &clock.0[1..];
            clock.time() && clock.zone()
        }
        Some(_) => false,
    }
}

/// Eats a timestamp from its front.
struct Clock<'a>(&'a str);

impl Clock<'_> {
    /// `2006-1-2`; `None` without the four digits and the dash that every layout begins with.
    fn date(&mut self) -> Option<bool> {
        let year: u32 =
            self.0.get(..4).filter(|year| year.bytes().all(|b| b.is_ascii_digit()))?.parse().ok()?;
        self.0 = &self.0[4..];
        if !self.skip(b'-') {
            return None;
        }
        let month = self.number()?;
        if !self.skip(b'-') {
            return None;
        }
        let day = self.number()?;
        let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        let days = match month {
            4 | 6 | 9 | 11 => 30,
            2 => 28 + u32::from(leap),
            1..=12 => 31,
            _ => return Some(false),
        };
        Some((1..=days).contains(&day))
    }

    /// `15:4:5.999999999`
    fn time(&mut self) -> bool {
        let Some(hour) = self.number() else { return false };
        if !self.skip(b':') {
            return false;
        }
        let Some(minute) = self.number() else { return false };
        if !self.skip(b':') {
            return false;
        }
        let Some(second) = self.number() else { return false };
        if let Some(fraction) = self.0.strip_prefix(['.', ',']) {
            let digits = fraction.bytes().take_while(u8::is_ascii_digit).count();
            if digits > 0 {
                self.0 = &fraction[digits..];
            }
        }
        hour < 24 && minute < 60 && second < 60
    }

    /// `Z07:00`, up to the end.
    fn zone(&self) -> bool {
        let number = |digits: &[u8]| u32::from(digits[0] - b'0') * 10 + u32::from(digits[1] - b'0');
        match self.0.as_bytes() {
            [b'Z'] => true,
            [b'+' | b'-', zone @ ..] => match zone {
                [h1, h2, b':', m1, m2] if [h1, h2, m1, m2].iter().all(|byte| byte.is_ascii_digit()) => {
                    number(&[*h1, *h2]) <= 24 && number(&[*m1, *m2]) <= 60
                }
                _ => false,
            },
            _ => false,
        }
    }

    fn skip(&mut self, byte: u8) -> bool {
        let found = self.0.as_bytes().first() == Some(&byte);
        if found {
            self.0 = &self.0[1..];
        }
        found
    }

    /// One or two digits.
    fn number(&mut self) -> Option<u32> {
        let length = self.0.bytes().take(2).take_while(u8::is_ascii_digit).count();
        let number = self.0[..length].parse().ok()?;
        self.0 = &self.0[length..];
        Some(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_four_layouts_are_timestamps_and_dates_have_to_exist() {
        for text in [
            "2001-01-01",
            "2001-1-2",
            "2004-02-29",
            "2001-12-14T21:59:43Z",
            "2001-12-14t21:59:43.123456789012+05:30",
            "2001-12-14 21:59:43.10",
            "2001-12-14 1:2:3",
        ] {
            assert!(is_timestamp(text), "{text}");
        }
        for text in [
            "",
            "2001",
            "2001-",
            "2001-13-01",
            "2001-02-29",
            "2100-02-29",
            "2001-00-01",
            "2001-01-32",
            "20010-01-01",
            "2001-12-14T21:59:43",
            "2001-12-14T24:00:00Z",
            "2001-12-14 21:59:43Z",
            "2001-12-14T21:59:43+5:30",
            "2001-12-14x",
            "é001-12-14",
        ] {
            assert!(!is_timestamp(text), "{text}");
        }
    }
}
