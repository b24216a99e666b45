-- +goose Up
create table zone (
  id bigint primary key,
  name text not null unique,
  country text not null,
  settings text not null
);
create table network (
  id bigint primary key,
  zone bigint not null references zone (id),
  name text not null,
  kind text not null,
  regime text not null,
  area text not null,
  facts text not null,
  unique (zone, name)
);
create table official (
  id bigint primary key,
  zone bigint not null references zone (id),
  name bytea not null,
  office text not null,
  language text not null,
  on_call bigint not null
);
create table mandate (
  id bigint primary key,
  holder bigint not null,
  role text not null,
  zone bigint not null,
  network bigint not null,
  from_at bigint not null,
  until_at bigint not null,
  ground text not null
);
create index mandate_holder on mandate (holder);
create table household (
  id bigint primary key,
  zone bigint not null references zone (id)
);
create table member (
  id bigint primary key,
  zone bigint not null references zone (id),
  network bigint not null references network (id),
  household bigint not null,
  state text not null,
  suspended_until bigint not null,
  language text not null,
  choices text not null,
  away_from bigint not null,
  away_until bigint not null,
  name bytea not null,
  home bytea not null,
  place bytea not null,
  import bigint not null,
  joined_at bigint not null
);
create index member_network on member (zone, network);
create index member_import on member (import) where import <> 0;
create table contact (
  id bigint primary key,
  zone bigint not null references zone (id),
  member bigint not null,
  kind text not null,
  rank bigint not null,
  state text not null,
  verified_at bigint not null,
  address bytea not null,
  hash bytea not null,
  changed_at bigint not null,
  seen_at bigint not null
);
create index contact_member on contact (member);
create index contact_hash on contact (hash);
create table alert (
  id bigint primary key,
  zone bigint not null references zone (id),
  key text not null,
  fact text not null,
  priority bigint not null,
  urgency text not null,
  plan_version bigint not null,
  exercise bigint not null,
  networks text not null,
  details bytea not null,
  by_id bigint not null,
  at bigint not null,
  expires bigint not null,
  state text not null,
  finished_at bigint not null,
  unique (zone, key)
);
create table confirmation (
  alert bigint primary key references alert (id),
  zone bigint not null,
  digest bytea not null,
  people bigint not null,
  asked_at bigint not null,
  by_id bigint not null,
  answered_at bigint not null,
  answer text not null
);
create table message (
  id bigint primary key,
  zone bigint not null references zone (id),
  alert bigint not null,
  kind text not null,
  class bigint not null,
  urgency text not null,
  exercise bigint not null,
  state text not null,
  sender text not null,
  texts bytea not null,
  links bigint not null,
  expires bigint not null,
  audience bytea not null,
  audience_size bigint not null,
  cursor bigint not null,
  follows text not null,
  at bigint not null,
  finished_at bigint not null
);
create index message_running on message (class, id) where state = 'running';
create index message_unclosed on message (id) where state = 'stopped' and finished_at = 0;
create index message_alert on message (alert) where alert <> 0;
create table recipient (
  id bigint primary key,
  zone bigint not null,
  message bigint not null,
  member bigint not null,
  left_out text not null,
  heard_at bigint not null,
  unique (message, member)
);
create table delivery (
  id bigint primary key,
  zone bigint not null,
  message bigint not null,
  recipient bigint not null,
  contact bigint not null,
  channel text not null,
  rank bigint not null,
  more bigint not null,
  wording bigint not null,
  state text not null,
  reason text not null,
  open bigint not null,
  due bigint not null,
  tries bigint not null,
  doubts bigint not null,
  node bigint not null,
  changed_at bigint not null
);
create index delivery_work on delivery (message, channel, due) where open = 1;
create index delivery_recipient on delivery (recipient);
create index delivery_sending on delivery (node) where state = 'sending';
create table attempt (
  delivery bigint not null,
  number bigint not null,
  zone bigint not null,
  carrier text not null,
  node bigint not null,
  begun_at bigint not null,
  settled_at bigint not null,
  state text not null,
  reason text not null,
  code text not null,
  ref text not null,
  parts bigint not null,
  arrived bigint not null,
  receipt_at bigint not null,
  primary key (delivery, number)
);
create index attempt_ref on attempt (carrier, ref) where ref <> '';
create table attempt_part (
  carrier text not null,
  ref text not null,
  delivery bigint not null,
  number bigint not null,
  zone bigint not null,
  state text not null,
  primary key (carrier, ref)
);
create table early_receipt (
  carrier text not null,
  ref text not null,
  state text not null,
  reason text not null,
  code text not null,
  at bigint not null,
  seen_at bigint not null,
  due bigint not null,
  tries bigint not null,
  primary key (carrier, ref, state)
);
create index early_receipt_due on early_receipt (due);
create table inbound (
  id bigint primary key,
  zone bigint not null,
  carrier text not null,
  channel text not null,
  dedupe bytea not null unique,
  sender_hash bytea not null,
  sender bytea not null,
  recipient bytea not null,
  body bytea not null,
  part_group bigint not null,
  part_total bigint not null,
  part_number bigint not null,
  at bigint not null,
  due bigint not null,
  state text not null,
  meaning text not null,
  member bigint not null,
  alert bigint not null
);
create index inbound_due on inbound (due) where state = 'new';
create index inbound_alert on inbound (zone, alert);
create index inbound_parts on inbound (sender_hash, part_group) where part_total > 1;
create table debt (
  alert bigint primary key references alert (id),
  zone bigint not null,
  due bigint not null,
  settled_at bigint not null,
  ground text not null,
  by_id bigint not null,
  message bigint not null
);
create index debt_open on debt (zone, due) where settled_at = 0;
create table one_use (
  hash bytea primary key,
  purpose text not null,
  subject bigint not null,
  person bigint not null,
  expires bigint not null,
  used_at bigint not null
);
create table session (
  hash bytea primary key,
  person bigint not null,
  zone bigint not null,
  office text not null,
  created_at bigint not null,
  seen_at bigint not null,
  expires bigint not null,
  ended_at bigint not null
);
create table task (
  id bigint primary key,
  zone bigint not null,
  kind text not null,
  subject bigint not null,
  due bigint not null,
  tries bigint not null,
  node bigint not null,
  lease bigint not null,
  last_error text not null,
  unique (kind, subject, zone)
);
create index task_due on task (due);
create table node (
  id bigint primary key,
  boot bigint not null,
  seen_at bigint not null
);
create table journal (
  subject bigint not null,
  node bigint not null,
  seq bigint not null,
  zone bigint not null,
  at bigint not null,
  kind text not null,
  actor bigint not null,
  commitment bytea not null,
  prev bytea not null,
  hash bytea not null,
  primary key (subject, node, seq)
);
create index journal_zone on journal (zone, at);
create table journal_content (
  subject bigint not null,
  node bigint not null,
  seq bigint not null,
  zone bigint not null,
  salt bytea not null,
  content bytea not null,
  primary key (subject, node, seq)
);
create table journal_head (
  subject bigint not null,
  node bigint not null,
  seq bigint not null,
  hash bytea not null,
  primary key (subject, node)
);
create table member_change (
  id bigint generated always as identity primary key,
  zone bigint not null,
  member bigint not null,
  xid xid8 not null default pg_current_xact_id()
);
create index member_change_xid on member_change (xid);
create table street (
  id bigint primary key,
  name text not null,
  folded text not null,
  postal_code text not null,
  municipality text not null,
  unique (postal_code, folded, municipality)
);
create table address (
  street bigint not null,
  number text not null,
  box text not null,
  lat bigint not null,
  lon bigint not null,
  primary key (street, number, box)
);
create table import_batch (
  id bigint primary key,
  zone bigint not null,
  kind text not null,
  network bigint not null,
  by_id bigint not null,
  at bigint not null,
  state text not null,
  rows_total bigint not null,
  rows_done bigint not null
);
create table import_row (
  import bigint not null,
  line bigint not null,
  person bigint not null,
  zone bigint not null,
  payload bytea not null,
  primary key (import, line, person)
);
create table template (
  zone bigint not null,
  key text not null,
  body text not null,
  primary key (zone, key)
);

-- +goose Down
drop table template, import_row, import_batch, address, street, member_change, journal_head, journal_content, journal,
  node, task, session, one_use, debt, inbound, early_receipt, attempt_part, attempt, delivery, recipient, message,
  confirmation, alert, contact, member, household, mandate, official, network, zone;
