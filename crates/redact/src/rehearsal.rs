//! Weighs HTML before a document is built from it.
//! The same parser runs once without building anything and counts elements, depth, tags and
//! attributes, because short inputs can ask for huge trees (reopened formatting elements,
//! endless nesting, one tag with a million attributes). What does not fit is never built.

use std::borrow::Cow;
use std::cell::Cell;
use std::rc::Rc;

use html5ever::buffer_queue::BufferQueue;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};
use html5ever::tree_builder::{
    ElementFlags, NodeOrText, QuirksMode, TreeBuilder, TreeBuilderOpts, TreeSink, create_element,
};
use html5ever::{Attribute, ExpandedName, LocalName, QualName, TokenizerResult, local_name, ns};

/// Browsers stop nesting at about this depth too.
const MAX_DEPTH: u32 = 512;
const MAX_ELEMENTS: u32 = 60_000;
const MAX_TAGS: u32 = 150_000;
const MAX_ATTRIBUTES: usize = 128;
/// Parsers spend far more on a character reference than on its letters.
const MAX_REFERENCES: usize = 40_000;
const CHUNK: usize = 4096;
/// Chunks in a row without a token: one endless tag or comment.
const MAX_SILENCE: u32 = 16;

/// True when the document that `source` describes stays within the limits.
pub(crate) fn fits(source: &str) -> bool {
    count(source, b'&') <= MAX_REFERENCES && count(source, b'<') <= MAX_TAGS as usize && rehearse(source)
}

fn count(source: &str, wanted: u8) -> usize {
    source.bytes().filter(|&byte| byte == wanted).count()
}

fn rehearse(source: &str) -> bool {
    let sink = Scale::default();
    let context = create_element(&sink, QualName::new(None, ns!(html), local_name!("div")), Vec::new());
    let builder = TreeBuilder::new_for_fragment(sink, context, None, TreeBuilderOpts::default());
    let gate = Gate { builder, tags: Cell::new(0), silence: Cell::new(0), refused: Cell::new(false) };
    let tokenizer = Tokenizer::new(gate, TokenizerOpts::default());
    let queue = BufferQueue::default();
    let mut rest = source;
    while !rest.is_empty() {
        let chunk = crate::text::cut(rest, CHUNK);
        rest = rest.get(chunk.len()..).unwrap_or_default();
        queue.push_back(StrTendril::from_slice(chunk));
        tokenizer.sink.silence.set(tokenizer.sink.silence.get() + 1);
        while !matches!(tokenizer.feed(&queue), TokenizerResult::Done) {}
        if tokenizer.sink.is_over() {
            return false;
        }
    }
    tokenizer.end();
    !tokenizer.sink.is_over()
}

/// Stands between the tokenizer and the tree builder and counts what passes.
struct Gate {
    builder: TreeBuilder<Rc<Node>, Scale>,
    tags: Cell<u32>,
    silence: Cell<u32>,
    refused: Cell<bool>,
}

impl Gate {
    fn is_over(&self) -> bool {
        self.refused.get() || self.silence.get() > MAX_SILENCE || self.builder.sink.refused.get()
    }

    fn weigh(&self, token: &Token) {
        if let Token::TagToken(tag) = token {
            self.tags.set(self.tags.get() + 1);
            if self.tags.get() > MAX_TAGS || tag.attrs.len() > MAX_ATTRIBUTES {
                self.refused.set(true);
            }
        }
        if !matches!(token, Token::ParseError(_)) {
            self.silence.set(0);
        }
    }
}

impl TokenSink for Gate {
    type Handle = Rc<Node>;

    /// After a refusal tokens are swallowed, so the rest of the chunk costs nothing.
    fn process_token(&self, token: Token, line: u64) -> TokenSinkResult<Rc<Node>> {
        self.weigh(&token);
        if self.is_over() {
            return TokenSinkResult::Continue;
        }
        self.builder.process_token(token, line)
    }

    fn end(&self) {
        self.builder.end();
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&self) -> bool {
        self.builder.adjusted_current_node_present_but_not_in_html_namespace()
    }
}

/// An element that is only a name and a depth.
struct Node {
    name: QualName,
    depth: Cell<u32>,
}

impl Node {
    fn new(name: QualName) -> Rc<Node> {
        Rc::new(Node { name, depth: Cell::new(0) })
    }
}

/// A tree sink that keeps no tree.
struct Scale {
    document: Rc<Node>,
    elements: Cell<u32>,
    refused: Cell<bool>,
}

impl Default for Scale {
    fn default() -> Self {
        let name = QualName::new(None, ns!(), LocalName::from(""));
        Scale { document: Node::new(name), elements: Cell::new(0), refused: Cell::new(false) }
    }
}

impl Scale {
    fn place(&self, child: &NodeOrText<Rc<Node>>, depth: u32) {
        if let NodeOrText::AppendNode(node) = child {
            node.depth.set(depth);
            if depth > MAX_DEPTH {
                self.refused.set(true);
            }
        }
    }
}

impl TreeSink for Scale {
    type Handle = Rc<Node>;
    type Output = ();
    type ElemName<'a> = ExpandedName<'a>;

    fn finish(self) {}

    fn get_document(&self) -> Rc<Node> {
        self.document.clone()
    }

    fn elem_name<'a>(&'a self, target: &'a Rc<Node>) -> ExpandedName<'a> {
        target.name.expanded()
    }

    /// `selectedcontent` makes parsers copy whole options; no mail has use for it.
    fn create_element(&self, name: QualName, _: Vec<Attribute>, _: ElementFlags) -> Rc<Node> {
        self.elements.set(self.elements.get() + 1);
        if self.elements.get() > MAX_ELEMENTS || &*name.local == "selectedcontent" {
            self.refused.set(true);
        }
        Node::new(name)
    }

    fn create_comment(&self, _: StrTendril) -> Rc<Node> {
        Node::new(self.document.name.clone())
    }

    fn create_pi(&self, _: StrTendril, _: StrTendril) -> Rc<Node> {
        Node::new(self.document.name.clone())
    }

    fn append(&self, parent: &Rc<Node>, child: NodeOrText<Rc<Node>>) {
        self.place(&child, parent.depth.get() + 1);
    }

    fn append_before_sibling(&self, sibling: &Rc<Node>, child: NodeOrText<Rc<Node>>) {
        self.place(&child, sibling.depth.get());
    }

    fn append_based_on_parent_node(&self, element: &Rc<Node>, previous: &Rc<Node>, child: NodeOrText<Rc<Node>>) {
        self.place(&child, element.depth.get().max(previous.depth.get() + 1));
    }

    fn get_template_contents(&self, target: &Rc<Node>) -> Rc<Node> {
        target.clone()
    }

    fn same_node(&self, x: &Rc<Node>, y: &Rc<Node>) -> bool {
        Rc::ptr_eq(x, y)
    }

    fn parse_error(&self, _: Cow<'static, str>) {}
    fn set_quirks_mode(&self, _: QuirksMode) {}
    fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {}
    fn add_attrs_if_missing(&self, _: &Rc<Node>, _: Vec<Attribute>) {}
    fn remove_from_parent(&self, _: &Rc<Node>) {}
    fn reparent_children(&self, _: &Rc<Node>, _: &Rc<Node>) {}
}
