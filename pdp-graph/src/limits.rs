/// How much a picture shows. What is beyond is counted in it.
///
/// Mermaid draws by default at most 500 arrows and 50 000 characters; the default keeps below.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Types in the picture of a vocabulary.
    pub types: usize,
    /// Actions named in one line.
    pub actions: usize,
    /// Relations of resources in the picture of a resource.
    pub relations: usize,
    /// Actors, prefixes, roles and conditions drawn at one relation of a resource.
    pub actors_of_one: usize,
    /// These altogether.
    pub actors: usize,
    /// Arrows.
    pub arrows: usize,
    /// Relations of resources that are looked at to find what there is to draw.
    pub visited: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            types: 60,
            actions: 12,
            relations: 60,
            actors_of_one: 8,
            actors: 120,
            arrows: 400,
            visited: 131_072,
        }
    }
}
