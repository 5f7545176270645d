//! The world of the road from git to a Secret that is used: what all tests of it share.

use crate::shell::Shell;
use crate::world::World;

/// A cluster with our controller as it is shipped.
///
/// Each test has namespaces and repositories of its own.
pub struct Road {
    /// kubectl as a person has it.
    pub shell: Shell,
    /// The cluster and the controller.
    pub world: World,
}

impl Road {
    /// Starts everything.
    pub fn start() -> Self {
        let world = World::start();
        let shell = Shell::new(&world.cluster, &world.folder.path().join("shell"));
        Self { shell, world }
    }
}
