//! Looks a tree over before it is saved: names are known, functions allowed, sides of a comparison go together, and the
//! whole says yes or no.

use cel::Program;
use cel::common::ast::{CallExpr, ComprehensionExpr, Expr, IdedExpr, LiteralValue, SelectExpr, operators};
use regex::{Regex, RegexBuilder};

use crate::fault::Fault;
use crate::limits::{DEPTH, FUNCTIONS, LIST, NODES, PATTERN};
use crate::vocabulary::{Kind, Vocabulary};

/// What an expression gives, as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Type {
    Text,
    Word(&'static [&'static str]),
    Number,
    Truth,
    List,
    Nothing,
    Unknown,
}

impl Type {
    fn of(kind: Kind) -> Type {
        match kind {
            Kind::Text => Type::Text,
            Kind::Word(words) => Type::Word(words),
            Kind::Number => Type::Number,
            Kind::Truth => Type::Truth,
            Kind::Texts => Type::List,
            Kind::Open => Type::Unknown,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Type::Text | Type::Word(_) => "a text",
            Type::Number => "a number",
            Type::Truth => "true or false",
            Type::List => "a list",
            Type::Nothing => "nothing",
            Type::Unknown => "something unknown",
        }
    }

    fn goes_with(self, other: Type) -> bool {
        let plain = |one| if matches!(one, Type::Word(_)) { Type::Text } else { one };
        let either = |one| self == one || other == one;
        either(Type::Unknown) || either(Type::Nothing) || plain(self) == plain(other)
    }
}

/// What was learned of a condition.
#[derive(Debug, Default)]
pub(crate) struct Learned {
    /// The patterns in it, compiled.
    pub patterns: Vec<(String, Regex)>,
    /// The first words of names it uses.
    pub roots: Vec<&'static str>,
    /// How often it looks into a text.
    pub looks: Looks,
}

/// How often a condition looks into a text, other than with a pattern.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Looks {
    /// Once in a run.
    pub once: usize,
    /// At each step of a loop.
    pub looped: usize,
    /// Entries of the longest list that is written out.
    pub entries: usize,
}

/// Looks a program over.
pub(crate) fn look_over(program: &Program, vocabulary: &Vocabulary) -> Result<Learned, Fault> {
    let mut look = Look { program, vocabulary, nodes: 0, variables: Vec::new(), learned: Learned::default() };
    let found = look.at(program.expression(), 0)?;
    if !matches!(found, Type::Truth | Type::Unknown) {
        let reason = format!("The condition gives {} instead of true or false.", found.name());
        return Err(look.fault(program.expression(), reason));
    }
    Ok(look.learned)
}

struct Look<'a> {
    program: &'a Program,
    vocabulary: &'a Vocabulary,
    nodes: usize,
    /// Variables of the loops around this place.
    variables: Vec<String>,
    learned: Learned,
}

impl Look<'_> {
    fn fault(&self, at: &IdedExpr, reason: impl Into<String>) -> Fault {
        let info = self.program.source_info();
        match info.offset_for(at.id) {
            // The parser counts characters.
            Some((start, _)) => {
                let offset = info.source.char_indices().nth(start as usize).map_or(info.source.len(), |(at, _)| at);
                Fault::at(&info.source, offset, reason)
            }
            None => Fault::whole(reason),
        }
    }

    fn at(&mut self, node: &IdedExpr, depth: usize) -> Result<Type, Fault> {
        self.nodes += 1;
        if self.nodes > NODES {
            return Err(Fault::whole(format!("The condition has more than {NODES} parts. Split it into two rules.")));
        }
        if depth > DEPTH {
            return Err(self.fault(node, format!("The condition goes deeper than {DEPTH} levels here.")));
        }
        match &node.expr {
            Expr::Literal(literal) => Ok(literal_type(literal)),
            Expr::Ident(name) => self.variable(node, name),
            Expr::Select(select) => self.select(node, select, depth),
            Expr::Call(call) => self.call(node, call, depth),
            Expr::List(list) => {
                if list.elements.len() > LIST {
                    return Err(self.fault(node, format!("A list takes at most {LIST} entries.")));
                }
                let looks = &mut self.learned.looks;
                looks.entries = looks.entries.max(list.elements.len());
                list.elements.iter().try_for_each(|one| self.at(one, depth + 1).map(drop))?;
                Ok(Type::List)
            }
            Expr::Comprehension(around) => self.comprehension(node, around, depth),
            Expr::Map(_) | Expr::Struct(_) => Err(self.fault(node, "Conditions do not make objects.")),
            Expr::Unspecified => Err(self.fault(node, "There is nothing here.")),
        }
    }

    fn variable(&self, node: &IdedExpr, name: &str) -> Result<Type, Fault> {
        if self.variables.iter().any(|known| known == name) {
            return Ok(Type::Unknown);
        }
        if self.vocabulary.has_root(name) {
            return Err(self.fault(node, format!("`{name}` has several facts: write `{name}.` and one of them.")));
        }
        Err(self.unknown(node, name))
    }

    fn unknown(&self, node: &IdedExpr, name: &str) -> Fault {
        let near = self.vocabulary.nearest(name).map_or_else(String::new, |near| format!(" Is `{near}` meant?"));
        self.fault(node, format!("There is no `{name}`.{near}"))
    }

    fn select(&mut self, node: &IdedExpr, select: &SelectExpr, depth: usize) -> Result<Type, Fault> {
        if select.test {
            let reason = "`has` is not needed: what is not there is null. Write `… != null`.";
            return Err(self.fault(node, reason));
        }
        if let Expr::Ident(root) = &select.operand.expr
            && !self.variables.iter().any(|known| known == root)
        {
            self.nodes += 1;
            let Some(name) = self.vocabulary.0.iter().find(|name| name.root == root && name.field == select.field)
            else {
                return Err(self.unknown(node, &format!("{root}.{}", select.field)));
            };
            if !self.learned.roots.contains(&name.root) {
                self.learned.roots.push(name.root);
            }
            return Ok(Type::of(name.kind));
        }
        match self.at(&select.operand, depth + 1)? {
            Type::Unknown => Ok(Type::Unknown),
            other => Err(self.fault(node, format!("{} has no part `{}`.", other.name(), select.field))),
        }
    }

    fn call(&mut self, node: &IdedExpr, call: &CallExpr, depth: usize) -> Result<Type, Fault> {
        let mut types = Vec::with_capacity(call.args.len() + 1);
        for argument in call.target.as_deref().into_iter().chain(&call.args) {
            types.push((self.at(argument, depth + 1)?, argument));
        }
        match (call.func_name.as_str(), types.as_slice()) {
            (operators::LOGICAL_AND | operators::LOGICAL_OR | operators::LOGICAL_NOT, sides) => {
                sides.iter().try_for_each(|(found, at)| self.wants(*found, Type::Truth, at))?;
                Ok(Type::Truth)
            }
            (operators::NOT_STRICTLY_FALSE, _) => Ok(Type::Truth),
            (operators::CONDITIONAL, [(test, at), (yes, _), (no, no_at)]) => {
                self.wants(*test, Type::Truth, at)?;
                self.wants(*no, *yes, no_at)?;
                Ok(*yes)
            }
            (operators::EQUALS | operators::NOT_EQUALS, [left, right]) => self.compared(node, *left, *right),
            (operators::IN, [left, right]) => self.within(node, *left, *right),
            (
                operators::LESS | operators::LESS_EQUALS | operators::GREATER | operators::GREATER_EQUALS,
                [(left, left_at), (right, right_at)],
            ) => {
                self.wants(*left, Type::Number, left_at)?;
                self.wants(*right, Type::Number, right_at)?;
                Ok(Type::Truth)
            }
            (operators::NEGATE, [(only, at)]) => self.wants(*only, Type::Number, at).map(|()| Type::Number),
            (
                operators::ADD | operators::SUBSTRACT | operators::MULTIPLY | operators::DIVIDE | operators::MODULO,
                sides,
            ) => {
                // A loop that collects adds lists; the parser writes that, people may not.
                if sides.iter().any(|(found, _)| *found == Type::List) && !self.variables.is_empty() {
                    return Ok(Type::List);
                }
                sides.iter().try_for_each(|(found, at)| self.wants(*found, Type::Number, at))?;
                Ok(Type::Number)
            }
            (operators::INDEX, [(list, at), _]) => {
                self.wants(*list, Type::List, at)?;
                Ok(Type::Unknown)
            }
            (name, arguments) if FUNCTIONS.contains(&name) => self.function(node, name, arguments),
            (name, _) => {
                let known = FUNCTIONS.join(", ");
                Err(self.fault(node, format!("There is no function `{name}`. Known are {known}.")))
            }
        }
    }

    fn wants(&self, found: Type, wanted: Type, at: &IdedExpr) -> Result<(), Fault> {
        if found.goes_with(wanted) {
            return Ok(());
        }
        Err(self.fault(at, format!("This is {}, but {} is needed here.", found.name(), wanted.name())))
    }

    fn compared(&self, node: &IdedExpr, left: (Type, &IdedExpr), right: (Type, &IdedExpr)) -> Result<Type, Fault> {
        if !left.0.goes_with(right.0) {
            let reason = format!("{} never equals {}.", left.0.name(), right.0.name());
            return Err(self.fault(node, reason));
        }
        self.is_one_of(left.0, right.1)?;
        self.is_one_of(right.0, left.1)?;
        Ok(Type::Truth)
    }

    fn within(&self, node: &IdedExpr, left: (Type, &IdedExpr), right: (Type, &IdedExpr)) -> Result<Type, Fault> {
        self.wants(right.0, Type::List, right.1).map_err(|_| self.fault(node, "`in` needs a list on its right."))?;
        if let Expr::List(list) = &right.1.expr {
            list.elements.iter().try_for_each(|one| self.is_one_of(left.0, one))?;
        }
        Ok(Type::Truth)
    }

    /// Refuses a word that a fact never is.
    fn is_one_of(&self, fact: Type, other: &IdedExpr) -> Result<(), Fault> {
        if let (Type::Word(words), Expr::Literal(LiteralValue::String(text))) = (fact, &other.expr)
            && !words.contains(&text.inner())
        {
            return Err(self.fault(other, format!("It is never this. Possible are {}.", words.join(", "))));
        }
        Ok(())
    }

    /// Counts a look into a text.
    fn looks_into(&mut self, text: Type) {
        let looks = &mut self.learned.looks;
        match (text, self.variables.is_empty()) {
            (Type::List, _) => {}
            (_, true) => looks.once += 1,
            (_, false) => looks.looped += 1,
        }
    }

    fn function(&mut self, node: &IdedExpr, name: &str, arguments: &[(Type, &IdedExpr)]) -> Result<Type, Fault> {
        match (name, arguments) {
            ("size", [(only, at)]) => {
                if !only.goes_with(Type::List) && !only.goes_with(Type::Text) {
                    return Err(self.fault(at, "`size` counts the entries of a list or the characters of a text."));
                }
                self.looks_into(*only);
                Ok(Type::Number)
            }
            ("matches", [(text, at), (_, pattern)]) => {
                self.wants(*text, Type::Text, at)?;
                self.pattern(pattern)?;
                Ok(Type::Truth)
            }
            ("contains" | "startsWith" | "endsWith", [(text, at), (part, part_at)]) => {
                if *text == Type::List {
                    return Err(self.fault(node, "This is a list: write `\"…\" in …`."));
                }
                self.wants(*text, Type::Text, at)?;
                self.wants(*part, Type::Text, part_at)?;
                self.looks_into(*text);
                Ok(Type::Truth)
            }
            _ => Err(self.fault(node, format!("`{name}` takes another number of arguments."))),
        }
    }

    fn pattern(&mut self, at: &IdedExpr) -> Result<(), Fault> {
        let Expr::Literal(LiteralValue::String(text)) = &at.expr else {
            return Err(self.fault(at, "A pattern is written out, in quotes."));
        };
        let built = RegexBuilder::new(text.inner()).size_limit(PATTERN).dfa_size_limit(PATTERN).nest_limit(32).build();
        let pattern = built.map_err(|_| self.fault(at, "This pattern cannot be read, or is too large."))?;
        self.learned.patterns.push((text.inner().to_owned(), pattern));
        Ok(())
    }

    fn comprehension(&mut self, node: &IdedExpr, around: &ComprehensionExpr, depth: usize) -> Result<Type, Fault> {
        if !self.variables.is_empty() {
            return Err(self.fault(node, "A loop does not stand in another loop."));
        }
        let range = self.at(&around.iter_range, depth + 1)?;
        self.wants(range, Type::List, &around.iter_range)?;
        let own = [Some(&around.iter_var), around.iter_var2.as_ref(), Some(&around.accu_var)];
        self.variables.extend(own.into_iter().flatten().cloned());
        self.at(&around.accu_init, depth + 1)?;
        self.at(&around.loop_cond, depth + 1)?;
        self.at(&around.loop_step, depth + 1)?;
        self.at(&around.result, depth + 1)?;
        self.variables.clear();
        // What the loop starts with is what it gives: a list that is collected, or whether some or all are so.
        let starts_with = match &around.accu_init.expr {
            Expr::List(_) => Type::List,
            Expr::Literal(LiteralValue::Boolean(_)) => Type::Truth,
            // `exists_one` counts and compares at its end.
            _ => Type::Truth,
        };
        Ok(starts_with)
    }
}

fn literal_type(literal: &LiteralValue) -> Type {
    match literal {
        LiteralValue::String(_) => Type::Text,
        LiteralValue::Int(_) | LiteralValue::UInt(_) | LiteralValue::Double(_) => Type::Number,
        LiteralValue::Boolean(_) => Type::Truth,
        LiteralValue::Null => Type::Nothing,
        LiteralValue::Bytes(_) => Type::Unknown,
    }
}
