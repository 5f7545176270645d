//! Reads `KEY=value` lines.
