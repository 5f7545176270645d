//! The random source: `crypto.getRandomValues` in a browser, the operating system's elsewhere.

/// The system's random source. When it fails nothing is sealed.
pub type SystemRandom = getrandom::SysRng;

/// The system's random source.
pub fn system_random() -> SystemRandom {
    getrandom::SysRng
}
