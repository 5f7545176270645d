//! What every Prometheus client says of its own process. Read from /proc at each scrape; elsewhere it is left out.

use std::fmt;
use std::fs;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric as _};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use rustix::process::{Resource, getrlimit};

#[derive(Debug)]
pub(super) struct Process;

impl Collector for Process {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        if let Some(stat) = fs::read_to_string("/proc/self/stat").ok().as_deref().and_then(Stat::parse) {
            let ticks = rustix::param::clock_ticks_per_second() as f64;
            let cpu = encoder.encode_descriptor(
                "process_cpu_seconds",
                "CPU time spent, in user and system mode.",
                None,
                MetricType::Counter,
            )?;
            ConstCounter::new(stat.cpu_ticks as f64 / ticks).encode(cpu)?;
            let memory = stat.resident_pages * rustix::param::page_size() as u64;
            gauge(&mut encoder, "process_resident_memory_bytes", "Resident memory.", memory as f64)?;
            if let Some(boot) = fs::read_to_string("/proc/stat").ok().as_deref().and_then(boot_time) {
                let start = boot as f64 + stat.start_ticks as f64 / ticks;
                gauge(&mut encoder, "process_start_time_seconds", "When the process began.", start)?;
            }
        }
        if let Ok(open) = fs::read_dir("/proc/self/fd") {
            gauge(&mut encoder, "process_open_fds", "Open files and sockets.", open.count() as f64)?;
        }
        if let Some(most) = getrlimit(Resource::Nofile).current {
            gauge(&mut encoder, "process_max_fds", "How many may be open.", most as f64)?;
        }
        Ok(())
    }
}

fn gauge(encoder: &mut DescriptorEncoder<'_>, name: &str, help: &str, value: f64) -> fmt::Result {
    ConstGauge::new(value).encode(encoder.encode_descriptor(name, help, None, MetricType::Gauge)?)
}

/// What is wanted of /proc/self/stat (proc_pid_stat(5)).
#[derive(Debug, PartialEq, Eq)]
struct Stat {
    cpu_ticks: u64,
    start_ticks: u64,
    resident_pages: u64,
}

impl Stat {
    fn parse(text: &str) -> Option<Self> {
        // The second field, the program's name, may hold spaces and brackets; the third follows the last bracket.
        let fields: Vec<&str> = text.get(text.rfind(')')? + 1..)?.split_ascii_whitespace().collect();
        let field = |number: usize| fields.get(number - 3)?.parse().ok();
        let (user, system): (u64, u64) = (field(14)?, field(15)?);
        Some(Self { cpu_ticks: user + system, start_ticks: field(22)?, resident_pages: field(24)? })
    }
}

/// When the system began, of /proc/stat.
fn boot_time(text: &str) -> Option<u64> {
    text.lines().find_map(|line| line.strip_prefix("btime "))?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_brackets_shifts_no_field() {
        let text =
            "7 (a) b (c) S 1 7 7 0 -1 4194560 1 0 0 0 11 22 0 0 20 0 9 0 3456 99999 789 18446744073709551615";
        let stat = Stat { cpu_ticks: 33, start_ticks: 3456, resident_pages: 789 };
        assert_eq!(Stat::parse(text), Some(stat));
        assert_eq!(Stat::parse("7 (a) S 1"), None);
        assert_eq!(Stat::parse(""), None);
    }

    #[test]
    fn the_boot_time_is_found_between_other_lines() {
        assert_eq!(boot_time("cpu 1 2\nbtime 1800000000\nprocesses 5\n"), Some(1_800_000_000));
        assert_eq!(boot_time("cpu 1 2\n"), None);
    }
}
