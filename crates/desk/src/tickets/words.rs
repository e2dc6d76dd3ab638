//! The words of a ticket: status, priority, type, channel, and who holds it.

use base::noun;
pub use taxonomy::statuses::Status;

noun! {
    /// A message.
    Message, MessageId, "msg"
}

/// The prefix of a message's id.
pub(crate) const MESSAGE_PREFIX: &str = <Message as base::Noun>::PREFIX;

base::words! {
    /// Whom a pending ticket waits for.
    pub enum WaitingOn {
        /// The customer.
        Customer = "customer",
        /// Somebody outside.
        ThirdParty = "third_party",
        /// Somebody of ours.
        Internal = "internal",
    }
}

base::words! {
    /// How much it presses.
    pub enum Priority {
        /// It can wait.
        Low = "low",
        /// As usual.
        Normal = "normal",
        /// Before the others.
        High = "high",
        /// Now.
        Urgent = "urgent",
    }
}

base::words! {
    /// What sort of request it is.
    pub enum TicketType {
        /// A question.
        Question = "question",
        /// The cause of several tickets.
        Problem = "problem",
        /// Something is broken.
        Incident = "incident",
        /// Something to do.
        Task = "task",
    }
}

base::words! {
    /// How it came in.
    pub enum Channel {
        /// The API.
        Api = "api",
        /// The widget.
        Widget = "widget",
        /// E-mail.
        Email = "email",
        /// Live chat.
        Chat = "chat",
        /// The telephone.
        Phone = "phone",
        /// A form on a page.
        Form = "form",
    }
}

base::words! {
    /// Who works on it: nothing held by the assistant shows at the desk.
    pub enum HeldBy {
        /// The desk.
        Desk = "desk",
        /// The assistant.
        Assistant = "assistant",
    }
}

base::words! {
    /// What sort of message it is.
    pub enum MessageKind {
        /// Between the customer and us.
        Reply = "reply",
        /// Among ourselves.
        Note = "note",
        /// Said by the system.
        System = "system",
    }
}

base::words! {
    /// Which way a message goes.
    pub enum Direction {
        /// From the customer.
        In = "in",
        /// To the customer, or among ourselves.
        Out = "out",
    }
}

base::words! {
    /// How a body is written.
    pub enum BodyFormat {
        /// Plain text.
        Text = "text",
        /// Markdown.
        Markdown = "markdown",
        /// HTML.
        Html = "html",
        /// Ciphertext that only browsers open.
        Sealed = "sealed",
    }
}
