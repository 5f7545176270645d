//! Linux namespaces by `unshare`, as root or as anybody.

use std::fs;
use std::process::Command;

/// Capability numbers of capabilities(7): what `unshare` and the set-up inside need.
const NEEDED: u64 = 1 << 21 /* CAP_SYS_ADMIN */ | 1 << 12 /* CAP_NET_ADMIN */;

/// `unshare` with what lets this process make a namespace: without the capabilities, a user namespace in which
/// it has them.
pub fn unshare() -> Command {
    let mut command = Command::new("unshare");
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    if !has_capabilities(&status) {
        command.arg("--map-root-user");
    }
    command
}

fn has_capabilities(status: &str) -> bool {
    let effective = status.lines().find_map(|line| line.strip_prefix("CapEff:"));
    let mask = effective.and_then(|hex| u64::from_str_radix(hex.trim(), 16).ok());
    mask.is_some_and(|mask| mask & NEEDED == NEEDED)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_capabilities_are_needed() {
        assert!(has_capabilities("Name:\tx\nCapEff:\t000001ffffffffff\n"));
        // What an unprivileged container gives root, and what anybody else has.
        assert!(!has_capabilities("CapEff:\t00000000a80425fb\n"));
        assert!(!has_capabilities("CapEff:\t0000000000000000\n"));
        assert!(!has_capabilities("CapEff:\t0000000000200000\n"));
        assert!(!has_capabilities(""));
    }
}
