//! The database of the demo by itself: who gets in.

use std::net::{Ipv4Addr, SocketAddrV4};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};
use std::{fs, thread};

use sealwright_e2e::database::{self, Refusal, login};
use sealwright_e2e::harness::Test;
use sealwright_e2e::road::Road;
use sealwright_e2e::steps::Steps;
use sealwright_test_cluster::{Process, netns};

pub const TESTS: &[Test<Road>] = &[
    ("the_database_lets_in_its_first_password_only", the_database_lets_in_its_first_password_only),
    ("a_new_database_without_a_password_does_not_start", a_new_database_without_a_password_does_not_start),
];

const LOOPBACK: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::LOCALHOST, 3306);
const POD: SocketAddrV4 = SocketAddrV4::new(netns::ADDRESS, 3306);

/// Only a database that never answers meets it.
const LIMIT: Duration = Duration::from_secs(60);

fn the_database_lets_in_its_first_password_only(road: &Road) {
    let first = r#"it's the "first" \ päss%word; -- "#;
    let steps = Steps::begin();
    let folder = road.world.folder.path().join("database");
    fs::create_dir(&folder).unwrap();
    assert_eq!(login(POD, first), Err(Refusal::Unreachable));

    let server = steps.step("new database → accepts connections", || start(&folder, first));
    for address in [LOOPBACK, POD] {
        assert_eq!(login(address, first), Ok(()), "{address}");
        for wrong in ["second", "", "it"] {
            assert_eq!(login(address, wrong), Err(Refusal::Denied), "{address} with {wrong:?}");
        }
    }
    let words = Command::new("grep").args(["-rlF", first]).arg(&folder).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&words.stdout), "", "the password is in a file");
    drop(server);

    let server = steps.step("restart → accepts connections", || start(&folder, "second"));
    assert_eq!(login(POD, first), Ok(()));
    assert_eq!(login(POD, "second"), Err(Refusal::Denied));
    drop(server);
    assert_eq!(login(POD, first), Err(Refusal::Unreachable));
}

fn a_new_database_without_a_password_does_not_start(road: &Road) {
    let folder = road.world.folder.path().join("database-without-password");
    fs::create_dir(&folder).unwrap();
    for password in [None, Some("")] {
        let mut image = Command::new(database::image());
        image.current_dir(&folder).env_remove("MARIADB_ROOT_PASSWORD");
        image.envs(password.map(|password| ("MARIADB_ROOT_PASSWORD", password)));
        let output = image.output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains("MARIADB_ROOT_PASSWORD"), "{said}");
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 0);
    }
}

/// Waits until it answers, whatever it answers.
fn start(folder: &Path, password: &str) -> Process {
    let mut image = Command::new(database::image());
    image.current_dir(folder).env("MARIADB_ROOT_PASSWORD", password);
    let mut server = Process::spawn("mariadb", &image, &folder.join("log")).unwrap();
    let deadline = Instant::now() + LIMIT;
    while login(POD, password) == Err(Refusal::Unreachable) {
        assert_eq!(server.ended(), None, "{}", server.log_tail());
        assert!(Instant::now() < deadline, "{}", server.log_tail());
        // Nothing tells that a port is open.
        thread::sleep(Duration::from_millis(20));
    }
    server
}
