//! A condition that was looked over and can be asked.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};

use cel::extractors::This;
use cel::{Context, ExecutionError, Program, Value};
use parking_lot::Mutex;
use regex::Regex;

use crate::fact::Facts;
use crate::fault::Fault;
use crate::form::Form;
use crate::limits::{LOOKED_OVER, MATCHED, SOURCE};
use crate::parsing::{STANDARD, parse};
use crate::reading;
use crate::typing::{Looks, look_over};
use crate::vocabulary::Vocabulary;

/// The function that goes over texts with a pattern.
const MATCHES: &str = "matches";
/// Conditions that one process keeps compiled.
const KEPT: usize = 1_024;

/// The list of names a condition was read with, by its place and length, and the condition's source.
type Source = (usize, usize, String);

/// Conditions by their sources.
static COMPILED: LazyLock<Mutex<HashMap<Source, Condition>>> = LazyLock::new(Mutex::default);

/// How a condition was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Held {
    /// It holds.
    Yes,
    /// It does not.
    No,
    /// It could not be decided, so it does not match; the reason is shown.
    Erred(Fault),
}

impl Held {
    /// Whether the rule goes on.
    pub fn is_yes(&self) -> bool {
        *self == Held::Yes
    }
}

/// A condition.
#[derive(Clone)]
pub struct Condition(Arc<Compiled>);

struct Compiled {
    source: String,
    program: Program,
    vocabulary: Vocabulary,
    roots: Vec<&'static str>,
    patterns: Arc<Vec<(String, Regex)>>,
    looks: Looks,
}

impl fmt::Debug for Condition {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "Condition({:?})", self.0.source)
    }
}

impl Condition {
    /// Reads a condition and refuses what would not run: unknown names and words, sides that never go together, too
    /// much of anything.
    ///
    /// What was compiled before is kept for a while, because settings are read much more often than they change.
    pub fn compile(source: &str, vocabulary: &Vocabulary) -> Result<Condition, Fault> {
        let key = (vocabulary.0.as_ptr().addr(), vocabulary.0.len(), source.to_owned());
        if let Some(condition) = COMPILED.lock().get(&key) {
            return Ok(condition.clone());
        }
        let condition = Condition::read(source, vocabulary)?;
        let mut kept = COMPILED.lock();
        if kept.len() >= KEPT {
            kept.clear();
        }
        kept.insert(key, condition.clone());
        Ok(condition)
    }

    fn read(source: &str, vocabulary: &Vocabulary) -> Result<Condition, Fault> {
        let program = parse(source)?;
        let learned = look_over(&program, vocabulary)?;
        Ok(Condition(Arc::new(Compiled {
            source: source.to_owned(),
            program,
            vocabulary: *vocabulary,
            roots: learned.roots,
            patterns: Arc::new(learned.patterns),
            looks: learned.looks,
        })))
    }

    /// Its source.
    pub fn source(&self) -> &str {
        &self.0.source
    }

    /// The same condition as a form, when it has the shape of one.
    pub fn as_form(&self) -> Option<Form> {
        reading::form(self.0.program.expression())
    }

    /// Asks whether it holds. Facts that are not given are nothing, and nothing is neither more nor less than anything.
    pub fn holds(&self, facts: &Facts) -> Held {
        if self.looks_over(facts) > LOOKED_OVER {
            return Held::Erred(Fault::whole("It would look for words in too much text."));
        }
        let mut context = Context::with_env(STANDARD.clone());
        for root in &self.0.roots {
            let names = self.0.vocabulary.0.iter().filter(|name| name.root == *root).map(|name| name.field);
            context.add_variable_from_value(*root, facts.root(root, names));
        }
        if !self.0.patterns.is_empty() && self.add_matching(&mut context).is_err() {
            return Held::Erred(Fault::whole("Patterns cannot be matched by this release."));
        }
        match self.0.program.execute(&context) {
            Ok(Value::Bool(true)) => Held::Yes,
            Ok(Value::Bool(false)) => Held::No,
            Ok(_) => Held::Erred(Fault::whole("It gave something else than true or false.")),
            Err(error) if is_about_nothing(&error) => Held::No,
            Err(error) => Held::Erred(Fault::whole(told(&error))),
        }
    }

    /// Bytes of text that a run goes over at most, apart from patterns.
    fn looks_over(&self, facts: &Facts) -> usize {
        let Looks { once, looped, entries } = self.0.looks;
        if once + looped == 0 {
            return 0;
        }
        let extent = facts.text(&self.0.roots);
        let longest = extent.longest.max(SOURCE);
        let steps = extent.entries.max(entries);
        once.saturating_mul(longest) + looped.saturating_mul(extent.listed.max(steps.saturating_mul(longest)))
    }

    fn add_matching(&self, context: &mut Context<'_, '_>) -> Result<(), cel::DeclarationError> {
        let (patterns, gone_over) = (self.0.patterns.clone(), AtomicUsize::new(0));
        let matches = move |This(text): This<Arc<String>>, wanted: Arc<String>| {
            if gone_over.fetch_add(text.len(), Ordering::Relaxed) > MATCHED {
                return Err(ExecutionError::function_error(MATCHES, ""));
            }
            let is_match = patterns.iter().any(|(source, pattern)| *source == *wanted && pattern.is_match(&text));
            Ok(Value::Bool(is_match))
        };
        context.add_function(MATCHES, matches)
    }
}

/// Whether something was asked of a fact that is not there.
fn is_about_nothing(error: &ExecutionError) -> bool {
    match error {
        ExecutionError::NoSuchKey(_) => true,
        ExecutionError::NoSuchOverload(overload) => overload.argument_types().iter().any(|one| one.starts_with("null")),
        ExecutionError::ValuesNotComparable(left, right)
        | ExecutionError::UnsupportedBinaryOperator(_, left, right) => [left, right].contains(&&Value::Null),
        ExecutionError::UnexpectedType { got, .. } => got.starts_with("null"),
        ExecutionError::NotSupportedAsMethod { target, .. } | ExecutionError::UnsupportedTargetType { target } => {
            *target == Value::Null
        }
        _ => false,
    }
}

/// What went wrong, without the values it went wrong with: they may be somebody's.
fn told(error: &ExecutionError) -> String {
    match error {
        ExecutionError::DivisionByZero(_) | ExecutionError::RemainderByZero(_) => "It divides by zero.".to_owned(),
        ExecutionError::Overflow(..) => "A number grew too large.".to_owned(),
        ExecutionError::IndexOutOfBounds(_) => "It looks past the end of a list.".to_owned(),
        ExecutionError::FunctionError { function, .. } if function == MATCHES => {
            "Its patterns would go over too much text.".to_owned()
        }
        ExecutionError::NoSuchOverload(overload) => {
            format!("`{}` does not go with {}.", overload.function(), overload.argument_types().join(" and "))
        }
        _ => "It asks something that these facts cannot answer.".to_owned(),
    }
}
