//! The programs that Sealwright is tried against, built from their Go modules.

use std::error::Error;

/// Builds Kubernetes' control plane and upstream's programs into the cache; without Go, says so and goes on.
pub fn ensure() -> Result<(), Box<dyn Error>> {
    if !go_is_there() {
        eprintln!("SKIPPED: everything against Kubernetes and upstream needs Go; install Go 1.26 or newer");
        return Ok(());
    }
    let mut progress = |text: &str| println!("    {text}");
    sealwright_test_cluster::binaries::ensure(&mut progress)?;
    sealwright_interop::binaries::ensure(&mut progress)?;
    sealwright_test_node::binaries::ensure(&mut progress)?;
    Ok(())
}

/// Builds what stands on the road from git into a cluster as well; needs Go.
pub fn ensure_road() -> Result<(), Box<dyn Error>> {
    sealwright_gitops::binaries::ensure(&mut |text| println!("    {text}"))?;
    Ok(())
}

/// Whether Go can be run.
pub fn go_is_there() -> bool {
    std::process::Command::new("go").arg("version").output().is_ok_and(|output| output.status.success())
}
