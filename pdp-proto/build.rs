//! Makes Rust of `proto/pdp/v1`, without a protoc.

use std::error::Error;
use std::fs;
use std::path::Path;

use prost_build::Config;
use protox::prost::Message;
use protox::prost_reflect::prost_types::FileDescriptorSet;

const PROTO: &str = "../proto";
const PACKAGE: &str = "pdp.v1";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={PROTO}/pdp");
    let mut files = protox::compile([format!("{PROTO}/pdp/v1/service.proto")], [PROTO])?;
    let folder = std::env::var("OUT_DIR")?;
    fs::write(Path::new(&folder).join("pdp.v1.bin"), files.encode_to_vec())?;
    files.file.retain(|file| file.package() == PACKAGE);
    let mut config = Config::new();
    config.enable_type_names();
    let entries = maps_to_entries(&mut files);
    // Nobody wrote these messages, so nobody wrote comments to them.
    config.disable_comments(&entries);
    for entry in entries {
        config.message_attribute(&entry, "#[doc = \"An entry of a map.\"]");
        config.field_attribute(format!("{entry}.key"), "#[doc = \"Its name.\"]");
        config.field_attribute(format!("{entry}.value"), "#[doc = \"What it holds.\"]");
    }
    config.compile_fds(files)?;
    Ok(())
}

/// On the wire a map is a list of entries, and the last of two with one key counts. We read the
/// list itself, so that a key that is sent twice can be refused. Gives the names of the entries.
fn maps_to_entries(files: &mut FileDescriptorSet) -> Vec<String> {
    let mut entries = Vec::new();
    for message in files.file.iter_mut().flat_map(|file| &mut file.message_type) {
        let name = message.name().to_owned();
        for nested in &mut message.nested_type {
            if let Some(options) = &mut nested.options {
                options.map_entry = None;
            }
            entries.push(format!(".{PACKAGE}.{name}.{}", nested.name()));
        }
    }
    entries
}
