//! The comparison of bytes that the compiler calls for texts and lists. The one that comes with the target goes byte by
//! byte, and rules compare paths all the time, which begin alike.

/// Compares `length` bytes, as the function of this name in C does: less than nothing, nothing, or more.
///
/// # Safety
/// Both must point to so many bytes that can be read. Only the compiler calls this.
#[unsafe(no_mangle)]
unsafe extern "C" fn memcmp(left: *const u8, right: *const u8, length: usize) -> i32 {
    const WIDTH: usize = size_of::<u64>();
    let mut at = 0;
    while length - at >= WIDTH {
        // SAFETY: so many bytes are left, and they need no alignment.
        let (one, other) =
            unsafe { (left.add(at).cast::<u64>().read_unaligned(), right.add(at).cast::<u64>().read_unaligned()) };
        if one != other {
            // The first byte counts most, wherever the machine has it.
            return if one.to_be() < other.to_be() { -1 } else { 1 };
        }
        at += WIDTH;
    }
    while at < length {
        // SAFETY: this byte is one of them.
        let (one, other) = unsafe { (*left.add(at), *right.add(at)) };
        if one != other {
            return i32::from(one) - i32::from(other);
        }
        at += 1;
    }
    0
}
