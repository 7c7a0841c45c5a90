//! Loops over variables that hold much.

use super::production::Table;

/// Expressions that are one loop, or two inside of each other.
pub(super) const LOOPS: Table = &[
    (
        "bool",
        &[
            "$large(T).all($new(T), $bool)",
            "$large(T).exists($new(T), $bool)",
            "$large(T).exists_one($new(T), $bool)",
            "$large(T).exists($new(int), $new(T), $bool)",
            "$large(T).all($new(T), $large(U).exists($new(U), $bool))",
        ],
    ),
    (
        "list(T)",
        &[
            "$large(T).filter($new(T), $bool)",
            "$large(U).map($new(U), $T)",
            "$large(U).map($new(U), $bool, $T)",
            "$large(U).transformList($new(int), $new(U), $T)",
        ],
    ),
    ("map(int,V)", &["$large(U).transformMap($new(int), $new(U), $V)"]),
];
