use pdp_source::SourceSet;

use crate::support::{faults, folder, write};

#[test]
fn texts_are_utf_8() {
    let folder = folder();
    write(folder.path(), "a.yaml", b"version: 1 # \xc3\xa9");
    write(folder.path(), "b.yaml", b"version: 1 # \xe9");
    write(folder.path(), "c.yaml", b"cut short \xf0\x9f\x8c");
    write(folder.path(), "d.yaml", b"\xff\xfev\0e\0r\0");
    write(folder.path(), "e.yaml", b"\xfe\xff\0v\0e\0r");
    assert_eq!(
        faults(folder.path()),
        "`b.yaml` is not UTF-8 at byte 13\n\
         `c.yaml` is not UTF-8 at byte 10\n\
         `d.yaml` is UTF-16; policies are written in UTF-8\n\
         `e.yaml` is UTF-16; policies are written in UTF-8"
    );
}

#[test]
fn nothing_is_taken_away_from_a_text() {
    let folder = folder();
    let text = "\u{feff}version: 1\r\n\0";
    write(folder.path(), "a.yaml", text);
    assert_eq!(SourceSet::read([folder.path()]).unwrap().sources()[0].text, text);
}
