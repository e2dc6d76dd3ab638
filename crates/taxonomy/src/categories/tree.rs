//! The shape of the tree: who stands below whom, how deep it is, and whether there is room.

use std::collections::HashMap;

use base::Result;
use db::Tx;
use trust::Cx;

use super::{CATEGORY_CYCLE, CATEGORY_TOO_DEEP};
use crate::nouns::CategoryId;

/// The levels of the tree.
const LEVELS: usize = 3;

/// Which category stands below which.
#[derive(Clone, Debug, Default)]
pub struct Tree(HashMap<CategoryId, Option<CategoryId>>);

impl Tree {
    /// The tree of the workspace, archived categories too.
    pub fn load(tx: &mut Tx<'_>, cx: &Cx) -> Result<Tree> {
        let sql = "SELECT id, parent_id FROM category WHERE workspace_id = $1";
        let found = tx.all(sql, &[&cx.workspace()], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(Tree(found.into_iter().collect()))
    }

    /// A category and those it stands below, from itself up.
    pub fn path(&self, category: CategoryId) -> Vec<CategoryId> {
        let mut path = vec![category];
        let mut next = self.0.get(&category).copied().flatten();
        while let Some(above) = next.filter(|above| !path.contains(above)) {
            path.push(above);
            next = self.0.get(&above).copied().flatten();
        }
        path
    }

    /// A category and those that stand below it; none when it is no category of the workspace.
    pub fn below(&self, category: CategoryId) -> Vec<CategoryId> {
        self.0
            .keys()
            .filter(|id| self.0.contains_key(&category) && self.path(**id).contains(&category))
            .copied()
            .collect()
    }

    /// Levels from a category down to its lowest one, itself counted.
    fn height(&self, category: CategoryId) -> usize {
        let depth = |id: &CategoryId| self.path(*id).iter().position(|above| *above == category).map_or(0, |at| at + 1);
        self.0.keys().map(depth).max().unwrap_or(1).max(1)
    }

    /// Refuses a new category whose parent is not there or on the lowest level.
    pub(super) fn check_room(tx: &mut Tx<'_>, cx: &Cx, parent: Option<CategoryId>) -> Result<()> {
        let Some(parent) = parent else { return Ok(()) };
        Tree::load(tx, cx)?.check_below(parent, 1)
    }

    /// Refuses a parent that stands below the category itself, or that leaves no room for what stands below it.
    pub(super) fn check_move(&self, category: CategoryId, parent: Option<CategoryId>) -> Result<()> {
        let Some(parent) = parent else { return Ok(()) };
        if self.path(parent).contains(&category) {
            return Err(CATEGORY_CYCLE.error().field("/parent_id", "cycle", "stands below this category, or is it"));
        }
        self.check_below(parent, self.height(category))
    }

    fn check_below(&self, parent: CategoryId, levels: usize) -> Result<()> {
        if !self.0.contains_key(&parent) {
            return Err(web::INVALID_FIELD.error().field("/parent_id", "unknown", "is no category of this workspace"));
        }
        if self.path(parent).len() + levels > LEVELS {
            return Err(CATEGORY_TOO_DEEP.error().field("/parent_id", "too_deep", "leaves no level below it"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use base::Id;
    use uuid::Uuid;

    use super::*;

    fn id(number: u128) -> CategoryId {
        Id::from_uuid(Uuid::from_u128(number))
    }

    #[test]
    fn a_branch_moves_only_where_it_fits_and_never_below_itself() {
        // 1 - 2 - 3, and 4 - 5 beside them.
        let tree = Tree(
            [(1, None), (2, Some(1)), (3, Some(2)), (4, None), (5, Some(4))]
                .into_iter()
                .map(|(child, parent): (u128, Option<u128>)| (id(child), parent.map(id)))
                .collect(),
        );
        assert_eq!(tree.path(id(3)), [id(3), id(2), id(1)]);
        assert_eq!((tree.height(id(1)), tree.height(id(2)), tree.height(id(5))), (3, 2, 1));
        assert!(tree.check_move(id(2), Some(id(4))).is_ok());
        assert_eq!(tree.check_move(id(2), Some(id(5))).unwrap_err().name(), "category_too_deep");
        assert_eq!(tree.check_move(id(1), Some(id(3))).unwrap_err().name(), "category_cycle");
        assert_eq!(tree.check_move(id(1), Some(id(1))).unwrap_err().name(), "category_cycle");
        assert_eq!(tree.check_move(id(1), Some(id(9))).unwrap_err().name(), "invalid_field");
        assert!(tree.check_move(id(3), None).is_ok());
    }
}
