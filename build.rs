//! Gives the Windows programs their icon, version and manifest, and makes OpenGL something they can do without. Does
//! nothing for other systems.

use std::{
    env, fs,
    io::{self, Write as _},
    path::PathBuf,
    process::Command,
};

use winresource::WindowsResource;

const ICON: &str = "resources/windows/icon.ico";
const MANIFEST: &str = "resources/windows/program.manifest";

/// Each program, and what Windows calls it in its task manager.
const PROGRAMS: [(&str, &str); 2] =
    [("exchange365-tester", "Exchange365 tester"), ("exchange365-cli", "Exchange365 tester for the command line")];

/// What the window's OpenGL calls by name; everything else it asks `wglGetProcAddress` for.
const WGL: [&str; 18] = [
    "wglCopyContext",
    "wglCreateContext",
    "wglCreateLayerContext",
    "wglDeleteContext",
    "wglDescribeLayerPlane",
    "wglGetCurrentContext",
    "wglGetCurrentDC",
    "wglGetLayerPaletteEntries",
    "wglGetProcAddress",
    "wglMakeCurrent",
    "wglRealizeLayerPalette",
    "wglSetLayerPaletteEntries",
    "wglShareLists",
    "wglSwapLayerBuffers",
    "wglUseFontBitmapsA",
    "wglUseFontBitmapsW",
    "wglUseFontOutlinesA",
    "wglUseFontOutlinesW",
];

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
        match env::var_os("CARGO_CFG_TARGET_ENV").unwrap_or_default().to_str() {
            Some("gnu") => delay_opengl_gnu()?,
            Some("msvc") => tell(&["link-arg-bins=/DELAYLOAD:opengl32.dll", "link-arg-bins=delayimp.lib"])?,
            _ => {}
        }
    }
    Ok(())
}

/// Puts an import library in front of the linker's own that loads `opengl32.dll` at the first call of a function, so
/// that a Windows without it starts the program all the same. `Host::here` looks for the file before anything calls.
fn delay_opengl_gnu() -> io::Result<()> {
    let folder = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    let exports = folder.join("opengl32.def");
    fs::write(&exports, format!("LIBRARY opengl32.dll\nEXPORTS\n{}\n", WGL.join("\n")))?;
    let library = folder.join("libopengl32.a");
    let make = |tool: &str| {
        let mut command = Command::new(tool);
        command.arg("--input-def").arg(&exports).arg("--output-delaylib").arg(&library);
        command.status().is_ok_and(|status| status.success())
    };
    if !["x86_64-w64-mingw32-dlltool", "dlltool"].into_iter().any(make) {
        return Err(io::Error::other("no dlltool (mingw-w64) that makes an import library for opengl32.dll"));
    }
    tell(&[&format!("link-search=native={}", folder.display()), "link-arg-bins=-ldelayimp"])
}

fn tell(lines: &[&str]) -> io::Result<()> {
    lines.iter().try_for_each(|line| writeln!(io::stdout(), "cargo:rustc-{line}"))
}
