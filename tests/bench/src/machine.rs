//! What the figures depend on, without what tells whose machine it is.

use std::fs;

use sealwright_interop::binaries::UPSTREAM;

use crate::Failure;

/// One line for each fact.
pub fn describe() -> Result<Vec<String>, Failure> {
    let cpu = fs::read_to_string("/proc/cpuinfo")?;
    let memory = fs::read_to_string("/proc/meminfo")?;
    let field = |text: &str, name: &str| {
        let line = text.lines().find(|line| line.starts_with(name))?;
        line.split_once(':').map(|(_, value)| value.trim().to_owned())
    };
    let model = field(&cpu, "model name").unwrap_or_else(|| "unknown CPU".to_owned());
    let cores = std::thread::available_parallelism()?;
    let kilobytes: f64 =
        field(&memory, "MemTotal").unwrap_or_default().trim_end_matches(" kB").parse().unwrap_or_default();
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease")?;
    // Ours does RSA with these instructions where they are there, three times as fast; Go does not.
    let ifma = field(&cpu, "flags").unwrap_or_default().split(' ').any(|flag| flag == "avx512ifma");
    let with = if ifma { "with" } else { "without" };
    Ok(vec![
        format!(
            "{cores} cores of {model} {with} AVX-512 IFMA, shared with etcd, the API server and the loader"
        ),
        format!("{:.0} GiB of memory", kilobytes / 1_048_576.0),
        // What follows the number names who built it.
        format!("Linux {}", kernel.trim().split('-').next().unwrap_or_default()),
        format!("Kubernetes {}, etcd without fsync, on loopback", kubernetes()),
        format!("Sealwright {} against sealed-secrets {UPSTREAM}", env!("CARGO_PKG_VERSION")),
    ])
}

/// The version that the test cluster's module requires.
fn kubernetes() -> &'static str {
    let go_mod = include_str!("../../cluster/go.mod");
    let line = go_mod
        .lines()
        .map(str::trim)
        .find_map(|line| line.trim_start_matches("require ").strip_prefix("k8s.io/kubernetes "));
    line.and_then(|rest| rest.split_whitespace().next()).unwrap_or("of an unknown version")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_of_kubernetes_is_known() {
        let version = kubernetes();
        assert!(version.starts_with("v1.") && !version.contains(' '), "{version}");
    }
}
