//! Days of the calendar, as `until` writes them.

use std::fmt;
use std::str::FromStr;

/// A day. The order of days is that of their fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Date {
    year: u16,
    month: u8,
    day: u8,
}

impl FromStr for Date {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is no day, as `2026-12-31` is");
        let is_plain = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
        let parts: Vec<&str> = text.split('-').collect();
        let [year, month, day] = parts[..] else { return Err(wrong()) };
        let lengths = (year.len(), month.len(), day.len()) == (4, 2, 2);
        let (Ok(year), Ok(month), Ok(day)) = (year.parse(), month.parse(), day.parse()) else { return Err(wrong()) };
        let is_day = is_plain && lengths && (1..=12).contains(&month) && (1..=length(year, month)).contains(&day);
        if is_day { Ok(Self { year, month, day }) } else { Err(wrong()) }
    }
}

impl fmt::Display for Date {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl Date {
    /// The day of a time in seconds since 1970, in UTC.
    pub(crate) fn at(seconds: i64) -> Option<Self> {
        // Days since the first of March of the year 0, in eras of 400 years.
        let days = seconds.div_euclid(86_400) + 719_468;
        let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
        let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
        let day = day - (365 * year + year / 4 - year / 100);
        let month = (5 * day + 2) / 153;
        let day = day - (153 * month + 2) / 5 + 1;
        let (month, is_next) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
        let year = u16::try_from(year + era * 400 + is_next).ok()?;
        Some(Self { year, month: u8::try_from(month).ok()?, day: u8::try_from(day).ok()? })
    }
}

fn length(year: u16, month: u8) -> u8 {
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 => 28 + u8::from(is_leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::Date;

    #[test]
    fn days_are_read_and_compared() {
        let check = |text: &str, expected: bool| assert_eq!(text.parse::<Date>().is_ok(), expected, "{text}");
        for day in ["2026-12-31", "2024-02-29", "2000-02-29", "0001-01-01"] {
            check(day, true);
            assert_eq!(day.parse::<Date>().map(|day| day.to_string()), Ok(day.to_owned()));
        }
        for none in ["2026-2-3", "2026-02-30", "2025-02-29", "1900-02-29", "2026-13-01", "tomorrow", "", "+026-01-01"] {
            check(none, false);
        }
        assert!("2026-09-30".parse::<Date>() < "2026-10-01".parse());
    }

    #[test]
    fn times_have_a_day() {
        let check =
            |seconds: i64, day: &str| assert_eq!(Date::at(seconds).map(|day| day.to_string()).as_deref(), Some(day));
        check(0, "1970-01-01");
        check(-1, "1969-12-31");
        check(951_782_400, "2000-02-29");
        check(1_798_761_599, "2026-12-31");
        check(1_798_761_600, "2027-01-01");
        assert_eq!(Date::at(i64::MAX / 2), None);
    }
}
