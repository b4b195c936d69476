//! The built binary, as a person uses it: commands, refusals, the served answers, a clean log.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

mod bad_input;
mod corrected;
mod cycle;
mod faults;
mod hostile;
mod operation;
mod past;
mod replica;
mod servers;
mod serving;
mod upkeep;

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

/// A folder of its own with a database in it.
struct Place {
    folder: tempfile::TempDir,
    /// What `LACUNA_DATABASE` says.
    database: String,
}

/// A running server, stopped by its own process id at the end.
struct Server {
    child: Child,
    address: String,
}

impl Place {
    fn new() -> Place {
        Place { folder: tempfile::tempdir().unwrap(), database: "test.sqlite".to_owned() }
    }

    /// A place with the tiny operation of `operation.rs` in it.
    fn with_operation() -> Place {
        let place = Place::new();
        operation::import_all(&place);
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, bytes).unwrap();
        path
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lacuna"));
        command.args(arguments).current_dir(self.folder.path());
        command.env("LACUNA_DATABASE", &self.database).env_remove("RUST_LOG");
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Runs a command that must succeed and returns what it printed.
    fn ok(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{arguments:?}: {errors}");
        assert!(!errors.contains("WARN") && !errors.contains("ERROR"), "{errors}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Runs a command that must be refused and returns the sentence.
    fn refused(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(!output.status.success(), "{arguments:?} was accepted");
        let errors = String::from_utf8(output.stderr).unwrap();
        assert!(!errors.contains("panicked"), "{arguments:?}: {errors}");
        errors
    }

    fn serve(&self) -> Server {
        self.server(&["serve", "--listen", "127.0.0.1:0"])
    }

    fn server(&self, arguments: &[&str]) -> Server {
        Server::begin(self.command(arguments))
    }
}

impl Server {
    /// Begins a server and waits until it says where it is.
    fn begin(mut command: Command) -> Server {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut first = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut first).unwrap();
        let address = first.trim().strip_prefix("Lacuna is at ").map(str::to_owned);
        let Some(address) = address else {
            let _ = child.kill();
            panic!("no address in {first:?}");
        };
        Server { child, address }
    }

    /// Status and body of a GET.
    fn get(&self, path: &str) -> (u16, String) {
        let agent: ureq::Agent =
            ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let mut answer = agent.get(format!("{}{path}", self.address)).call().unwrap();
        (answer.status().as_u16(), answer.body_mut().read_to_string().unwrap())
    }

    fn json(&self, path: &str) -> serde_json::Value {
        let (status, body) = self.get(path);
        assert_eq!(status, 200, "{path}: {body}");
        serde_json::from_str(&body).unwrap()
    }

    /// Asks the server to end, and returns its log once it has.
    fn stop(mut self) -> String {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").arg(&id).status().unwrap().success());
        assert!(self.child.wait().unwrap().success(), "the server did not end well");
        let mut log = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut log).unwrap();
        log
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The real files, or `None`, said visibly, where they are absent.
fn real_data() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    if folder.exists() {
        return Some(folder);
    }
    eprintln!("skipped: the folder of real data is not here");
    None
}
