use std::collections::BTreeSet;

/// A picture: blocks with rows, and arrows between them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Graph {
    pub(crate) title: String,
    pub(crate) blocks: Vec<Block>,
    pub(crate) edges: Vec<Edge>,
}

/// A type, a resource, or what may be an actor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// What it is.
    pub kind: BlockKind,
    /// What it is called.
    pub title: String,
    /// What there is to say of it, in lines.
    pub details: Vec<String>,
    /// Relations and links.
    pub rows: Vec<Row>,
}

/// What a block stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BlockKind {
    /// A type of resources.
    Type,
    /// A resource.
    Resource,
    /// An actor, by its id.
    Actor,
    /// All actors whose ids begin with something; with nothing, everyone.
    Pattern,
    /// Whoever claims a role.
    Role,
    /// A condition on the request.
    Condition,
    /// What is said of the picture itself, such as what it leaves out.
    Note,
}

/// A relation or link of a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its name.
    pub name: String,
    /// What there is to say of it, in lines.
    pub details: Vec<String>,
}

/// An end of an arrow: a block, or one of its rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct End {
    /// The position of the block.
    pub block: usize,
    /// The position of the row.
    pub row: Option<usize>,
}

/// An arrow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edge {
    /// Where it begins.
    pub from: End,
    /// Where it ends.
    pub to: End,
    /// What stands at it.
    pub label: Option<String>,
    /// Whether it depends on the request: on a role, a condition or a time.
    pub dashed: bool,
    /// Whether it only says where a link points, and gives nobody anything.
    pub link: bool,
}

impl Graph {
    /// What it shows, in one line.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The blocks, in the order in which they are written.
    pub fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    /// The arrows, in the order in which they are written.
    pub fn edges(&self) -> &[Edge] {
        &self.edges
    }

    /// The picture for who does not see it: what there is, in one line.
    pub(crate) fn description(&self) -> String {
        // Those from which arrows lead are about what stands there.
        let placed: BTreeSet<usize> = self.edges.iter().map(|edge| edge.from.block).collect();
        let notes = self.blocks.iter().enumerate();
        let notes = notes
            .filter(|(number, block)| block.kind == BlockKind::Note && !placed.contains(number));
        let notes: String = notes.map(|(_, note)| format!(" {}.", note.title)).collect();
        let blocks = self.blocks.iter().filter(|block| block.kind != BlockKind::Note).count();
        format!("{blocks} blocks, {} arrows.{notes}", self.edges.len())
    }

    /// Keeps as many arrows as are allowed, and says how many more there are.
    pub(crate) fn bound_arrows(&mut self, arrows_max: usize) {
        let more = self.edges.len().saturating_sub(arrows_max);
        if more > 0 {
            self.edges.truncate(arrows_max);
            self.blocks.push(Block::note(crate::text::more(more, "arrow")));
        }
    }
}

impl Block {
    pub(crate) fn new(kind: BlockKind, title: impl Into<String>) -> Self {
        Block { kind, title: title.into(), details: Vec::new(), rows: Vec::new() }
    }

    pub(crate) fn note(title: impl Into<String>) -> Self {
        Block::new(BlockKind::Note, title)
    }
}
