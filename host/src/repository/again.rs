//! Small files that are read more than once: the rules of many sections ask for the same few. Their bytes are kept from
//! the second time on, so that what is read once takes no memory but for its name.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Files larger than this are read each time.
const LARGEST: usize = 64 << 10;
/// Bytes that are kept at most.
const MOST_BYTES: usize = 4 << 20;

/// What was read, by path.
#[derive(Default)]
pub(super) struct Again(Mutex<Noted>);

#[derive(Default)]
struct Noted {
    /// None of what was read once.
    files: HashMap<String, Option<Arc<[u8]>>>,
    bytes: usize,
}

impl Again {
    /// The bytes of a file that was read several times.
    pub(super) fn find(&self, path: &str) -> Option<Vec<u8>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner).files.get(path).cloned();
        Some(kept??.to_vec())
    }

    /// Notes what reading a file gave.
    pub(super) fn note(&self, path: &str, bytes: &[u8]) {
        if bytes.len() > LARGEST {
            return;
        }
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Noted { files, bytes: kept } = &mut *noted;
        match files.get_mut(path) {
            Some(file @ None) if *kept + bytes.len() <= MOST_BYTES => {
                *kept += bytes.len();
                *file = Some(bytes.into());
            }
            Some(_) => {}
            None => drop(files.insert(path.to_owned(), None)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_twice_is_kept() {
        let again = Again::default();
        let large = vec![0; LARGEST + 1];
        for (path, bytes, expected) in [("a", &b"1"[..], Some(&b"1"[..])), ("b", &[], Some(&[])), ("c", &large, None)] {
            again.note(path, bytes);
            assert_eq!(again.find(path), None, "{path}");
            again.note(path, bytes);
            assert_eq!(again.find(path).as_deref(), expected, "{path}");
        }
        for path in 0..200 {
            (0..2).for_each(|_| again.note(&path.to_string(), &[1; LARGEST]));
        }
        assert!(again.find("10").is_some() && again.find("199").is_none() && again.find("a").is_some());
    }
}
