//! Builds the page into cargo's output folder when its sources changed, so that `cargo run` alone is
//! enough.

use std::path::Path;
use std::process::Command;
use std::time::SystemTime;

fn main() {
    // Asked when it runs: a cache of builds may hold a script that was made for another folder.
    let Some(root) = std::env::var_os("CARGO_MANIFEST_DIR") else {
        panic!("cargo says the folder")
    };
    let web = Path::new(&root).join("web");
    for source in ["src", "build.mjs", "package.json", "package-lock.json"] {
        println!("cargo:rerun-if-changed=web/{source}");
    }

    let installed = modified(&web.join("node_modules/.package-lock.json"));
    if installed.is_none() || installed < modified(&web.join("package-lock.json")) {
        run(&web, "npm", &["ci", "--no-audit", "--no-fund", "--ignore-scripts"]);
    }
    let Some(out) = std::env::var_os("OUT_DIR") else { panic!("OUT_DIR is set by cargo") };
    let [page, folder] = ["web", "published"].map(|name| Path::new(&out).join(name));
    run(&web, "node", &["build.mjs", &page.to_string_lossy(), &folder.to_string_lossy()]);
}

fn modified(path: &Path) -> Option<SystemTime> {
    path.metadata().ok()?.modified().ok()
}

fn run(folder: &Path, program: &str, arguments: &[&str]) {
    let status = Command::new(program).args(arguments).current_dir(folder).status();
    match status {
        Ok(status) if status.success() => {}
        Ok(status) => panic!("{program} {} in web/ failed: {status}", arguments.join(" ")),
        Err(error) => panic!(
            "{program} cannot be run ({error}): Node 20 or later with npm is needed to build the page"
        ),
    }
}
