//! A hierarchy as the texts of a policy set.

use super::github::{OWNER_RANKS, RANKS};
use super::{Details, EntityIndex, Hierarchy, Kind};
use crate::yaml::PolicyText;

/// The rules of the application's pack, and the hierarchy as facts.
pub fn texts(hierarchy: &Hierarchy) -> Vec<PolicyText> {
    let file = |path: &str, text: String| PolicyText { path: path.to_owned(), text };
    vec![
        file("rules.yaml", hierarchy.app.rules().to_owned()),
        file("data.yaml", Writer::new(hierarchy).data()),
    ]
}

struct Writer<'a> {
    hierarchy: &'a Hierarchy,
    /// For each entity those that are directly in it.
    children: Vec<Vec<EntityIndex>>,
    /// For each entity the users who own it.
    owners: Vec<Vec<EntityIndex>>,
}

/// A relation or link of a resource, and what it leads to.
type Line = (&'static str, Vec<String>);

impl<'a> Writer<'a> {
    fn new(hierarchy: &'a Hierarchy) -> Self {
        let none = vec![Vec::new(); hierarchy.entities.len()];
        let mut writer = Writer { hierarchy, children: none.clone(), owners: none };
        for (index, entity) in hierarchy.entities.iter().enumerate() {
            for parent in &entity.parents {
                writer.children[parent.0].push(EntityIndex(index));
            }
            if let Details::User { documents, folders, .. } = &entity.details {
                for owned in documents.iter().chain(folders) {
                    writer.owners[owned.0].push(EntityIndex(index));
                }
            }
        }
        writer
    }

    fn data(&self) -> String {
        let mut text = "version: 1\nfacts:\n".to_owned();
        for (index, entity) in self.hierarchy.entities.iter().enumerate() {
            let lines = self.lines(EntityIndex(index)).into_iter();
            let lines: Vec<String> = lines
                .filter(|(_, items)| !items.is_empty())
                .map(|(word, items)| format!("{word}: [{}]", items.join(", ")))
                .collect();
            if !lines.is_empty() {
                text.push_str(&format!("  {}: {{{}}}\n", entity.name, lines.join(", ")));
            }
        }
        let documents = self.hierarchy.entities.iter().filter_map(|entity| match entity.details {
            Details::Document { is_public } => Some((&entity.name, is_public)),
            _ => None,
        });
        let attributes: String = documents
            .map(|(name, is_public)| format!("    {name}: {{isPublic: {is_public}}}\n"))
            .collect();
        if !attributes.is_empty() {
            text.push_str(&format!("attributes:\n  resources:\n{attributes}"));
        }
        text
    }

    fn lines(&self, index: EntityIndex) -> Vec<Line> {
        let entity = self.hierarchy.entity(index);
        match (entity.kind, &entity.details) {
            (Kind::Group | Kind::Team, _) => vec![("member", self.holders(index))],
            (Kind::Folder, _) => self.shared("parent", index),
            (Kind::Document, _) => self.shared("folder", index),
            (_, Details::Organization { permissions }) => {
                let mut lines = self.ranks(&OWNER_RANKS, permissions);
                lines.push(("member", self.holders(index)));
                lines
            }
            (_, Details::Repository { permissions, owner }) => {
                let mut lines = self.ranks(&RANKS, permissions);
                lines.push(("owner", vec![self.name(*owner)]));
                lines
            }
            (_, Details::List { owner, readers, editors }) => {
                [("owner", owner), ("readers", readers), ("editors", editors)]
                    .map(|(word, to)| (word, vec![self.name(*to)]))
                    .into()
            }
            _ => Vec::new(),
        }
    }

    /// What holds for documents and folders; `link` leads to the folders that they are in.
    fn shared(&self, link: &'static str, index: EntityIndex) -> Vec<Line> {
        let (mut folders, mut viewers) = (Vec::new(), Vec::new());
        for parent in &self.hierarchy.entity(index).parents {
            match self.hierarchy.entity(*parent).details {
                Details::View { of } => viewers.push(self.holder(of)),
                _ => folders.push(self.name(*parent)),
            }
        }
        let owners = self.owners[index.0].iter().map(|owner| self.name(*owner)).collect();
        vec![(link, folders), ("owner", owners), ("viewer", viewers)]
    }

    fn ranks(&self, ranks: &[&'static str], permissions: &[EntityIndex]) -> Vec<Line> {
        let ranks = ranks.iter().zip(permissions);
        ranks.map(|(rank, permission)| (*rank, self.holders(*permission))).collect()
    }

    /// Those who are directly in an entity.
    fn holders(&self, index: EntityIndex) -> Vec<String> {
        self.children[index.0].iter().map(|child| self.holder(*child)).collect()
    }

    /// A user, or the members of a group, a team or an organisation.
    fn holder(&self, index: EntityIndex) -> String {
        match self.hierarchy.entity(index).kind {
            Kind::User => self.name(index),
            _ => format!("{}#member", self.name(index)),
        }
    }

    fn name(&self, index: EntityIndex) -> String {
        self.hierarchy.entity(index).name.clone()
    }
}
