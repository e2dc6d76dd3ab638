-- Spam: messages that were held back, whom to let in and whom not, what the filter learned, and automatic replies sent.
CREATE TABLE quarantined (workspace_id UUID NOT NULL, id UUID NOT NULL, number BIGINT NOT NULL, cause TEXT NOT NULL, score DOUBLE PRECISION, channel TEXT NOT NULL, customer_id UUID NOT NULL, address TEXT, network TEXT, subject TEXT NOT NULL, body TEXT NOT NULL, client_id TEXT, message_id UUID NOT NULL, attachments BIGINT NOT NULL, follows_id UUID, received_at BIGINT NOT NULL, purge_at BIGINT NOT NULL, PRIMARY KEY (workspace_id, id));
CREATE INDEX quarantined_received ON quarantined (workspace_id, received_at, id);
CREATE INDEX quarantined_customer ON quarantined (workspace_id, customer_id, received_at);
CREATE INDEX quarantined_purge ON quarantined (purge_at);
CREATE TABLE sender_rule (workspace_id UUID NOT NULL, id UUID NOT NULL, kind TEXT NOT NULL, value TEXT NOT NULL, is_blocked BIGINT NOT NULL, reason TEXT, until BIGINT, author_id UUID, hits BIGINT NOT NULL, last_hit_at BIGINT, created_at BIGINT NOT NULL, PRIMARY KEY (workspace_id, id));
CREATE UNIQUE INDEX sender_rule_value ON sender_rule (workspace_id, kind, value);
CREATE TABLE spam_setting (workspace_id UUID NOT NULL, is_on BIGINT NOT NULL, per_hour BIGINT NOT NULL, threshold DOUBLE PRECISION NOT NULL, spam_learned BIGINT NOT NULL, fine_learned BIGINT NOT NULL, version BIGINT NOT NULL, PRIMARY KEY (workspace_id));
CREATE TABLE spam_word (workspace_id UUID NOT NULL, word BIGINT NOT NULL, spam BIGINT NOT NULL, fine BIGINT NOT NULL, PRIMARY KEY (workspace_id, word));
CREATE TABLE spam_lesson (workspace_id UUID NOT NULL, ticket_id UUID NOT NULL, is_spam BIGINT NOT NULL, learned_at BIGINT NOT NULL, PRIMARY KEY (workspace_id, ticket_id));
CREATE TABLE automatic_reply (workspace_id UUID NOT NULL, ticket_id UUID NOT NULL, customer_id UUID NOT NULL, sent_at BIGINT NOT NULL, PRIMARY KEY (workspace_id, ticket_id, customer_id));
