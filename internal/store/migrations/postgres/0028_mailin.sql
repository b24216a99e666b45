-- +goose Up
-- A mail that arrived, as it came: stored before it was acknowledged. Its bytes lie in pieces, so that no transaction is long.
create table mail_in (
  id bigint not null primary key,
  zone bigint not null,
  member bigint not null,
  at bigint not null,
  digest bytea not null unique,
  envelope bytea not null,
  pieces bigint not null,
  size bigint not null,
  state text not null,
  kind text not null,
  sign text not null,
  verdict text not null,
  refusal text not null
);
create index mail_in_member on mail_in (member) where member <> 0;
create index mail_in_at on mail_in (zone, at);
create table mail_piece (
  mail bigint not null,
  number bigint not null,
  zone bigint not null,
  body bytea not null,
  primary key (mail, number, zone)
);
-- What a member wrote and what was answered. The member is known to nobody who reads it.
create table conversation (
  id bigint not null primary key,
  zone bigint not null,
  network bigint not null,
  member bigint not null,
  about bigint not null,
  place bytea not null,
  state text not null,
  danger text not null,
  seen_at bigint not null,
  police_at bigint not null,
  city_at bigint not null,
  begun_at bigint not null,
  last_at bigint not null
);
create unique index conversation_about on conversation (member, about) where about <> 0;
create index conversation_network on conversation (zone, network, last_at);
create table conversation_line (
  id bigint not null primary key,
  conversation bigint not null,
  zone bigint not null,
  author text not null,
  by_id bigint not null,
  at bigint not null,
  body bytea not null,
  unsealed bigint not null
);
create index conversation_line_of on conversation_line (conversation, id);
-- Which letter of ours tells of which conversation, so that an answer to it comes back to it.
create table conversation_letter (
  message bigint not null primary key,
  conversation bigint not null,
  zone bigint not null
);
create index conversation_letter_of on conversation_letter (conversation);

-- +goose Down
drop table conversation_letter;
drop table conversation_line;
drop table conversation;
drop table mail_piece;
drop table mail_in;
