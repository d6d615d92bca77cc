//! Feature importance of one tree: SHAP values by the path algorithm
//! (Lundberg et al., "Consistent Individualized Feature Attribution for Tree
//! Ensembles"), in the order of operations that the server has, as the last
//! digits of its numbers show that order.

use super::forest::{Forest, Key, Root, Step};
use crate::engine::failure::Failure;

/// The deepest tree for which importances are computed: the work and the memory
/// grow with the square of the depth.
const MAX_DEPTH: usize = 512;

/// One feature on the way from the root to a node.
#[derive(Clone, Copy)]
struct Element {
    /// Whether the features of the document lead this way: 1 or 0
    ones: f64,
    /// The part of the training samples that went this way
    zeros: f64,
    /// The feature; `None` for the way into the root
    feature: Option<usize>,
}

/// The way to a node: its features and, for each number of features, the weight
/// of the sets of that size.
struct Path<'p> {
    elements: &'p mut [Element],
    scale: &'p mut [f64],
}

/// Adds the importances of one tree: `importances[feature][class]`.
///
/// # Errors
/// A split on a feature that is not there; a tree that is too deep.
pub(super) fn add_importances(
    forest: &Forest,
    root: Root,
    features: &[Key],
    importances: &mut [Vec<f64>],
) -> Result<(), Failure> {
    if root.depth > MAX_DEPTH {
        return Err(Failure::server(format!(
            "feature importance is not computed for trees deeper than {MAX_DEPTH}"
        )));
    }
    // One path per level, each one element longer than the one above.
    let size = (root.depth + 2) * (root.depth + 3) / 2;
    let blank = Element {
        ones: 1.0,
        zeros: 1.0,
        feature: None,
    };
    let mut walk = Walk {
        forest,
        features,
        importances,
        elements: vec![blank; size],
        scale: vec![0.0; size],
    };
    let entry = Element {
        ones: 1.0,
        zeros: 1.0,
        feature: None,
    };
    walk.descend(Forest::root_node(root), 0, 0, entry)
}

struct Walk<'w> {
    forest: &'w Forest,
    features: &'w [Key],
    importances: &'w mut [Vec<f64>],
    elements: Vec<Element>,
    scale: Vec<f64>,
}

impl Walk<'_> {
    /// Goes on at `node`, whose parent's path begins at `parent` and has `length`
    /// elements; `entry` is the split that led here.
    fn descend(
        &mut self,
        node: usize,
        parent: usize,
        length: usize,
        entry: Element,
    ) -> Result<(), Failure> {
        let start = parent + length;
        self.elements.copy_within(parent..start, start);
        self.scale.copy_within(parent..start, start);
        let mut path = self.path(start);
        let mut length = path.extend(entry, length);
        match self.forest.step(node, self.features)? {
            Step::Leaf(value) => {
                self.spread(value, start, length);
                Ok(())
            }
            Step::Split { feature, hot, cold } => {
                let mut path = self.path(start);
                let mut incoming = (1.0, 1.0);
                if let Some(index) = path.find(feature, length) {
                    let known = path.element(index);
                    incoming = (known.zeros, known.ones);
                    length = path.unwind(index, length);
                }
                let (zeros, ones) = incoming;
                let here = self.forest.samples(node);
                let hot_share = self.forest.samples(hot) / here;
                let cold_share = self.forest.samples(cold) / here;
                let way = |zeros, ones| Element {
                    ones,
                    zeros,
                    feature: Some(feature),
                };
                self.descend(hot, start, length, way(zeros * hot_share, ones))?;
                self.descend(cold, start, length, way(zeros * cold_share, 0.0))
            }
        }
    }

    fn path(&mut self, start: usize) -> Path<'_> {
        Path {
            elements: self.elements.get_mut(start..).unwrap_or_default(),
            scale: self.scale.get_mut(start..).unwrap_or_default(),
        }
    }

    /// Gives a leaf's value to the features on the way to it.
    fn spread(&mut self, value: &[f64], start: usize, length: usize) {
        for index in 1..length {
            let path = self.path(start);
            let element = path.element(index);
            let scaled = path.sum_unwound(index, length) * (element.ones - element.zeros);
            let Some(importance) = element
                .feature
                .and_then(|feature| self.importances.get_mut(feature))
            else {
                continue;
            };
            for (sum, leaf) in importance.iter_mut().zip(value) {
                *sum += scaled * leaf;
            }
        }
    }
}

impl Path<'_> {
    fn element(&self, index: usize) -> Element {
        self.elements.get(index).copied().unwrap_or(Element {
            ones: 1.0,
            zeros: 1.0,
            feature: None,
        })
    }

    fn weight(&self, index: usize) -> f64 {
        self.scale.get(index).copied().unwrap_or(0.0)
    }

    fn put(&mut self, index: usize, element: Element) {
        if let Some(place) = self.elements.get_mut(index) {
            *place = element;
        }
    }

    fn weigh(&mut self, index: usize, weight: f64) {
        if let Some(place) = self.scale.get_mut(index) {
            *place = weight;
        }
    }

    fn find(&self, feature: usize, length: usize) -> Option<usize> {
        (0..length).find(|&index| self.element(index).feature == Some(feature))
    }

    /// Puts one more element on the way; gives the new length.
    fn extend(&mut self, element: Element, length: usize) -> usize {
        self.put(length, element);
        self.weigh(length, if length == 0 { 1.0 } else { 0.0 });
        let step_down = element.ones / count(length + 1);
        let step_up = element.zeros / count(length + 1);
        let mut count_down = count(length) * step_down;
        let mut count_up = step_up;
        for index in (0..length).rev() {
            let weight = self.weight(index);
            self.weigh(index + 1, self.weight(index + 1) + weight * count_down);
            self.weigh(index, weight * count_up);
            count_down -= step_down;
            count_up += step_up;
        }
        length + 1
    }

    /// The sum of the weights as if the element at `index` were not on the way.
    fn sum_unwound(&self, index: usize, length: usize) -> f64 {
        let depth = length - 1;
        let Element { ones, zeros, .. } = self.element(index);
        let mut total = 0.0;
        let hot = ones != 0.0;
        if hot {
            let steps = count(depth + 1);
            let step_up = zeros / steps;
            let step_down = ones / steps;
            let mut count_up = step_up;
            let mut count_down = (steps - 1.0) * step_down;
            let mut next = self.weight(depth);
            for index in (0..depth).rev() {
                let weight = next / count_down;
                next = self.weight(index) - weight * count_up;
                total += weight;
                count_up += step_up;
                count_down -= step_down;
            }
        } else {
            for index in 0..depth {
                total += self.weight(index) / count(depth - index);
            }
            // The server adds the smallest double so as not to divide by zero.
            total *= count(depth + 1) / (zeros + SMALLEST);
        }
        total
    }

    /// Takes the element at `index` off the way; gives the new length.
    fn unwind(&mut self, index: usize, length: usize) -> usize {
        let depth = length - 1;
        let Element { ones, zeros, .. } = self.element(index);
        let hot = ones != 0.0;
        if hot {
            let step_up = zeros / count(depth + 1);
            let step_down = ones / count(length);
            let mut count_up = 0.0;
            let mut count_down = count(length) * step_down;
            let mut next = self.weight(depth);
            for index in (0..=depth).rev() {
                let weight = next / count_down;
                next = self.weight(index) - weight * count_up;
                self.weigh(index, weight);
                count_up += step_up;
                count_down -= step_down;
            }
        } else {
            let step_down = (zeros + SMALLEST) / count(depth + 1);
            let mut count_down = count(depth) * step_down;
            for index in 0..=depth {
                self.weigh(index, self.weight(index) / count_down);
                count_down -= step_down;
            }
        }
        for index in index..depth {
            let element = self.element(index + 1);
            self.put(index, element);
        }
        length - 1
    }
}

/// The smallest double above zero.
const SMALLEST: f64 = 5e-324;

/// A small number as a double.
fn count(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}
