//! Trees as they are walked: 16 bytes a node, all nodes of a model in one list,
//! the two children of a node side by side.

use super::definition::{Node, Operator, Tree};
use crate::engine::failure::Failure;

/// Marks a leaf in the place of a feature.
const LEAF: u32 = u32::MAX;

/// Set when a missing feature goes to the first child.
const MISSING_FIRST: u32 = 1 << 31;

/// Stands for a feature that is not there (`split_feature` -1).
const NO_FEATURE: u32 = MISSING_FIRST - 2;

/// A feature as the trees compare it: the place of a double in the order of
/// Java's `Double.compare`, as a whole number. [`MISSING`] is no number.
pub(super) type Key = i64;

/// The key of a feature that is missing: absent, not a number, or infinite.
pub(super) const MISSING: Key = i64::MAX;

/// The key of a feature's value.
pub(super) fn feature_key(value: f64) -> Key {
    if value.is_finite() {
        order(value)
    } else {
        MISSING
    }
}

/// Whole numbers in the order of the doubles: negative ones count backwards;
/// -0 comes before 0, not-a-number after everything.
fn order(value: f64) -> Key {
    let value = if value.is_nan() { f64::NAN } else { value };
    let bits = value.to_bits().cast_signed();
    bits ^ ((bits >> 63).cast_unsigned() >> 1).cast_signed()
}

#[derive(Clone, Copy, Debug)]
struct Split {
    /// Features up to this key go to the first child
    key: Key,
    /// The feature, with [`MISSING_FIRST`]; or [`LEAF`]
    feature: u32,
    /// The first child; of a leaf, where its values begin
    next: u32,
}

/// A tree's place in the forest.
#[derive(Clone, Copy, Debug)]
pub(super) struct Root {
    node: u32,
    /// How many numbers a leaf holds
    pub(super) leaf_size: usize,
    /// How many splits there are on the longest way from the root to a leaf
    pub(super) depth: usize,
}

/// Where a walk through a tree stands.
pub(super) enum Step<'a> {
    /// At a leaf
    Leaf(&'a [f64]),
    /// At a split: its feature, the child to which the features lead, the other child
    Split {
        feature: usize,
        hot: usize,
        cold: usize,
    },
}

/// All trees of a model.
#[derive(Clone, Debug, Default)]
pub(super) struct Forest {
    splits: Vec<Split>,
    /// Training samples that came to each node
    samples: Vec<i64>,
    leaf_values: Vec<f64>,
    /// How many of `leaf_values` belong to each leaf, by its node
    leaf_sizes: Vec<u32>,
}

impl Forest {
    /// Plants a tree. `feature_of` gives the index of the tree's feature in the
    /// model's list of features.
    ///
    /// # Errors
    /// What the server's loader meets: a split whose right child is absent; more
    /// nodes than can be counted.
    pub(super) fn plant(
        &mut self,
        tree: &Tree,
        feature_of: impl Fn(i32) -> Result<Option<u32>, Failure>,
    ) -> Result<Root, Failure> {
        let root = self.reserve(1)?;
        let mut level = vec![(0_usize, root)];
        let mut depth = 0;
        loop {
            let mut below = Vec::new();
            for (position, place) in level {
                let node = node_at(tree, position)?;
                if node.is_leaf() {
                    self.place_leaf(place, node)?;
                    continue;
                }
                let first = self.reserve(2)?;
                let (split, children) = split(tree, node, feature_of(node.split_feature)?, first)?;
                self.set(place, split, node.number_samples, 0);
                let [near, far] = children;
                below.extend([(near, first), (far, first + 1)]);
            }
            if below.is_empty() {
                break;
            }
            depth += 1;
            level = below;
        }
        Ok(Root {
            node: root,
            leaf_size: leaf_size(tree),
            depth,
        })
    }

    /// The values of the leaf to which the features lead.
    ///
    /// # Errors
    /// A split on a feature that is not there, as Java reports it.
    pub(super) fn leaf(&self, root: Root, features: &[Key]) -> Result<&[f64], Failure> {
        let mut at = root.node as usize;
        loop {
            let Some(split) = self.splits.get(at) else {
                return Err(lost(at));
            };
            if split.feature == LEAF {
                return Ok(self.leaf_at(at, split.next));
            }
            let Some(&feature) = features.get((split.feature & !MISSING_FIRST) as usize) else {
                return Err(Failure::index_out_of_bounds(-1, features.len()));
            };
            at = split.next as usize + usize::from(goes_second(*split, feature));
        }
    }

    /// What stands at a node, and where the features lead from there.
    ///
    /// # Errors
    /// As [`Forest::leaf`].
    pub(super) fn step(&self, node: usize, features: &[Key]) -> Result<Step<'_>, Failure> {
        let split = self.splits.get(node).ok_or_else(|| lost(node))?;
        if split.feature == LEAF {
            return Ok(Step::Leaf(self.leaf_at(node, split.next)));
        }
        let index = (split.feature & !MISSING_FIRST) as usize;
        let &feature = features
            .get(index)
            .ok_or_else(|| Failure::index_out_of_bounds(-1, features.len()))?;
        let first = split.next as usize;
        let second = usize::from(goes_second(*split, feature));
        Ok(Step::Split {
            feature: index,
            hot: first + second,
            cold: first + 1 - second,
        })
    }

    /// The node of a tree's root.
    pub(super) const fn root_node(root: Root) -> usize {
        root.node as usize
    }

    /// How many training samples came to a node, as a double.
    pub(super) fn samples(&self, node: usize) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "Java divides them as doubles")]
        self.samples
            .get(node)
            .map_or(f64::NAN, |&count| count as f64)
    }

    fn leaf_at(&self, node: usize, start: u32) -> &[f64] {
        let size = self.leaf_sizes.get(node).map_or(0, |&size| size as usize);
        let start = start as usize;
        self.leaf_values
            .get(start..start + size)
            .unwrap_or_default()
    }

    fn place_leaf(&mut self, place: u32, node: &Node) -> Result<(), Failure> {
        let start = index(self.leaf_values.len())?;
        let size = index(node.leaf_value.len())?;
        self.leaf_values.extend_from_slice(&node.leaf_value);
        let split = Split {
            key: 0,
            feature: LEAF,
            next: start,
        };
        self.set(place, split, node.number_samples, size);
        Ok(())
    }

    fn set(&mut self, place: u32, split: Split, samples: i64, leaf_size: u32) {
        let place = place as usize;
        if let (Some(a), Some(b), Some(c)) = (
            self.splits.get_mut(place),
            self.samples.get_mut(place),
            self.leaf_sizes.get_mut(place),
        ) {
            (*a, *b, *c) = (split, samples, leaf_size);
        }
    }

    /// Makes room for nodes side by side; gives the place of the first.
    fn reserve(&mut self, count: usize) -> Result<u32, Failure> {
        let first = self.splits.len();
        let empty = Split {
            key: 0,
            feature: LEAF,
            next: 0,
        };
        self.splits.resize(first + count, empty);
        self.samples.resize(first + count, 0);
        self.leaf_sizes.resize(first + count, 0);
        index(first + count)?;
        index(first)
    }
}

/// A split in the form "up to this key goes first", and the positions of its two
/// children in that order.
fn split(
    tree: &Tree,
    node: &Node,
    feature: Option<u32>,
    next: u32,
) -> Result<(Split, [usize; 2]), Failure> {
    let left = child(tree, node.left_child)?;
    let right = child(tree, node.right_child)?;
    let threshold = order(node.threshold);
    let (key, left_first) = match node.operator {
        Operator::Less => (threshold.saturating_sub(1), true),
        Operator::LessOrEqual => (threshold, true),
        Operator::Greater => (threshold, false),
        Operator::GreaterOrEqual => (threshold.saturating_sub(1), false),
    };
    let missing = if node.default_left == left_first {
        MISSING_FIRST
    } else {
        0
    };
    let split = Split {
        key,
        feature: feature.unwrap_or(NO_FEATURE) | missing,
        next,
    };
    Ok((
        split,
        if left_first {
            [left, right]
        } else {
            [right, left]
        },
    ))
}

fn goes_second(split: Split, feature: Key) -> bool {
    if feature == MISSING {
        split.feature & MISSING_FIRST == 0
    } else {
        feature > split.key
    }
}

/// The length of the first leaf's value: the server takes it for that of all.
fn leaf_size(tree: &Tree) -> usize {
    tree.nodes
        .iter()
        .find(|node| node.is_leaf())
        .map_or(1, |node| node.leaf_value.len())
}

fn child(tree: &Tree, position: i32) -> Result<usize, Failure> {
    usize::try_from(position)
        .ok()
        .filter(|&position| position < tree.nodes.len())
        .ok_or_else(|| Failure::index_out_of_bounds(i64::from(position), tree.nodes.len()))
}

fn node_at(tree: &Tree, position: usize) -> Result<&Node, Failure> {
    tree.nodes.get(position).ok_or_else(|| lost(position))
}

fn index(value: usize) -> Result<u32, Failure> {
    u32::try_from(value)
        .ok()
        .filter(|&index| index < NO_FEATURE)
        .ok_or_else(|| Failure::server("the model has more nodes than can be counted"))
}

fn lost(position: usize) -> Failure {
    Failure::server(format!("there is no node {position}"))
}
