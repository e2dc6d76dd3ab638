//! What changed between two texts, line by line (Myers' greedy algorithm, bounded).
//! Rule: texts that differ in more than `MOST_EDITS` lines are shown as one removal and one addition.

/// Edits looked for before giving up on a minimal answer.
const MOST_EDITS: usize = 1_000;

base::words! {
    /// What became of a line.
    pub enum Change {
        /// It stayed.
        Same = "same",
        /// It is new.
        Added = "added",
        /// It is gone.
        Removed = "removed",
    }
}

/// The lines of both texts in reading order, each with what became of it.
pub fn lines<'t>(before: &'t str, after: &'t str) -> Vec<(Change, &'t str)> {
    let (before, after): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    let start = before.iter().zip(&after).take_while(|(one, other)| one == other).count();
    let (old, new) = (before.get(start..).unwrap_or_default(), after.get(start..).unwrap_or_default());
    let end = old.iter().rev().zip(new.iter().rev()).take_while(|(one, other)| one == other).count();
    let (old, tail) = old.split_at(old.len().saturating_sub(end));
    let new = new.get(..new.len().saturating_sub(end)).unwrap_or_default();
    let head = before.get(..start).unwrap_or_default().iter().map(|line| (Change::Same, *line));
    let middle = shortest(old, new).unwrap_or_else(|| replaced(old, new));
    head.chain(middle).chain(tail.iter().map(|line| (Change::Same, *line))).collect()
}

fn replaced<'t>(old: &[&'t str], new: &[&'t str]) -> Vec<(Change, &'t str)> {
    let removed = old.iter().map(|line| (Change::Removed, *line));
    removed.chain(new.iter().map(|line| (Change::Added, *line))).collect()
}

/// The furthest reach of each diagonal, kept for every number of edits, then walked back.
fn shortest<'t>(old: &[&'t str], new: &[&'t str]) -> Option<Vec<(Change, &'t str)>> {
    let (rows, columns) = (signed(old.len()), signed(new.len()));
    let most = MOST_EDITS.min(old.len() + new.len());
    let mut reach = Reach::new(most);
    let mut past = Vec::new();
    for edits in 0..=signed(most) {
        past.push(reach.clone());
        for diagonal in (-edits..=edits).step_by(2) {
            let mut x = reach.step(edits, diagonal);
            while x < rows && x - diagonal < columns && line(old, x) == line(new, x - diagonal) {
                x += 1;
            }
            reach.set(diagonal, x);
            if x >= rows && x - diagonal >= columns {
                return Some(walk_back(old, new, &past));
            }
        }
    }
    None
}

fn walk_back<'t>(old: &[&'t str], new: &[&'t str], past: &[Reach]) -> Vec<(Change, &'t str)> {
    let (mut x, mut y) = (signed(old.len()), signed(new.len()));
    let mut found = Vec::new();
    for (edits, reach) in past.iter().enumerate().rev() {
        let (edits, diagonal) = (signed(edits), x - y);
        let is_added = reach.goes_down(edits, diagonal);
        let from = if is_added { diagonal + 1 } else { diagonal - 1 };
        let (before_x, before_y) = if edits == 0 { (0, 0) } else { (reach.get(from), reach.get(from) - from) };
        let (least_x, least_y) = if edits == 0 {
            (0, 0)
        } else if is_added {
            (before_x, before_y + 1)
        } else {
            (before_x + 1, before_y)
        };
        while x > least_x && y > least_y {
            (x, y) = (x - 1, y - 1);
            found.push((Change::Same, line(old, x)));
        }
        if edits > 0 {
            found.push(if is_added { (Change::Added, line(new, y - 1)) } else { (Change::Removed, line(old, x - 1)) });
        }
        (x, y) = (before_x, before_y);
    }
    found.reverse();
    found
}

/// How far each diagonal reaches.
#[derive(Clone)]
struct Reach {
    middle: isize,
    at: Vec<isize>,
}

impl Reach {
    fn new(most: usize) -> Reach {
        Reach { middle: signed(most) + 1, at: vec![0; 2 * most + 3] }
    }

    fn get(&self, diagonal: isize) -> isize {
        usize::try_from(self.middle + diagonal).ok().and_then(|place| self.at.get(place)).copied().unwrap_or(0)
    }

    fn set(&mut self, diagonal: isize, x: isize) {
        let place = usize::try_from(self.middle + diagonal).ok();
        if let Some(slot) = place.and_then(|place| self.at.get_mut(place)) {
            *slot = x;
        }
    }

    /// Whether the best way to a diagonal with so many edits adds a line.
    fn goes_down(&self, edits: isize, diagonal: isize) -> bool {
        diagonal == -edits || (diagonal != edits && self.get(diagonal - 1) < self.get(diagonal + 1))
    }

    fn step(&self, edits: isize, diagonal: isize) -> isize {
        match (edits, self.goes_down(edits, diagonal)) {
            (0, _) => 0,
            (_, true) => self.get(diagonal + 1),
            (_, false) => self.get(diagonal - 1) + 1,
        }
    }
}

fn signed(number: usize) -> isize {
    isize::try_from(number).unwrap_or(isize::MAX)
}

fn line<'t>(lines: &[&'t str], at: isize) -> &'t str {
    usize::try_from(at).ok().and_then(|at| lines.get(at)).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(before: &str, after: &str) -> String {
        let sign = |change| match change {
            Change::Same => ' ',
            Change::Added => '+',
            Change::Removed => '-',
        };
        lines(before, after)
            .into_iter()
            .map(|(change, line)| format!("{}{line}", sign(change)))
            .collect::<Vec<_>>()
            .join("|")
    }

    #[test]
    fn a_changed_line_is_shown_between_those_that_stayed() {
        assert_eq!(shown("a\nb\nc", "a\nx\nc"), " a|-b|+x| c");
        assert_eq!(shown("a\nb\nc\nd\ne", "b\nc\nx\ne\nf"), "-a| b| c|-d|+x| e|+f");
        assert_eq!(shown("", "a\nb"), "+a|+b");
        assert_eq!(shown("a", ""), "-a");
        assert_eq!(shown("a\na", "a\na"), " a| a");
    }

    #[test]
    fn both_texts_can_be_read_out_of_it() {
        let texts = ["a\nb\nc\na\nb\nb\na", "c\nb\na\nb\na\nc", "", "x\ny\nz\nb\na"];
        for before in texts {
            for after in texts {
                let changes = lines(before, after);
                let side = |left_out| {
                    let kept = changes.iter().filter(|(change, _)| *change != left_out).map(|(_, line)| *line);
                    kept.collect::<Vec<_>>()
                };
                assert_eq!(side(Change::Added), before.lines().collect::<Vec<_>>());
                assert_eq!(side(Change::Removed), after.lines().collect::<Vec<_>>());
            }
        }
    }

    #[test]
    fn texts_without_a_line_in_common_cost_little() {
        let before: String = (0..50_000).map(|n| format!("a{n}\n")).collect();
        let after: String = (0..50_000).map(|n| format!("b{n}\n")).collect();
        assert_eq!(lines(&before, &after).len(), 100_000);
    }
}
