//! Gives the Windows programs their icon, version and manifest. Does nothing for other systems.

use std::{
    env,
    io::{self, Write as _},
};

use winresource::WindowsResource;

const ICON: &str = "resources/windows/icon.ico";
const MANIFEST: &str = "resources/windows/program.manifest";

/// Each program, and what Windows calls it in its task manager.
const PROGRAMS: [(&str, &str); 2] =
    [("exchange365-tester", "Exchange365 tester"), ("exchange365-cli", "Exchange365 tester for the command line")];

fn main() -> io::Result<()> {
    for file in ["build.rs", ICON, MANIFEST] {
        writeln!(io::stdout(), "cargo:rerun-if-changed={file}")?;
    }
    if env::var_os("CARGO_CFG_TARGET_OS").is_some_and(|system| system == "windows") {
        for (program, description) in PROGRAMS {
            WindowsResource::new()
                .set_icon(ICON)
                .set_manifest_file(MANIFEST)
                .set("ProductName", "Exchange365 tester")
                .set("FileDescription", description)
                .set("OriginalFilename", &format!("{program}.exe"))
                .set("InternalName", program)
                .compile_for(program)?;
        }
    }
    Ok(())
}
