/// What expressions are wanted.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// How many levels of compounds there are at most.
    pub depth_max: usize,
    /// In so many of 100 cases a name that a macro knows stands where an expression of its type
    /// ends.
    pub name_percent: usize,
    /// In so many of 100 cases a variable stands where an expression ends.
    pub variable_percent: usize,
    /// So many of 100 variables may be absent. They are read in ways that standard CEL does not
    /// have.
    pub optional_percent: usize,
    /// So many of 100 variables hold much.
    pub large_percent: usize,
    /// So many of 100 expressions are loops over a variable that holds much.
    pub loop_percent: usize,
    /// One part in so many is of a type that does not fit.
    pub parts_per_misfit: usize,
}

impl Setting {
    /// For evaluators of standard CEL: small values, and all of them there.
    pub const STANDARD: Setting = Setting {
        depth_max: 5,
        name_percent: 50,
        variable_percent: 20,
        optional_percent: 0,
        large_percent: 0,
        loop_percent: 0,
        parts_per_misfit: 250,
    };

    /// For the strict checker: sound types, and much to read.
    pub const CHECKED: Setting = Setting {
        depth_max: 4,
        name_percent: 80,
        variable_percent: 70,
        optional_percent: 20,
        large_percent: 30,
        loop_percent: 25,
        parts_per_misfit: 500,
    };
}
