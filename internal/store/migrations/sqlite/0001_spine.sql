-- +goose Up
create table zone (
  id integer primary key,
  name text not null unique,
  country text not null,
  settings text not null
) strict;
create table network (
  id integer primary key,
  zone integer not null references zone (id),
  name text not null,
  kind text not null,
  regime text not null,
  area text not null,
  facts text not null,
  unique (zone, name)
) strict;
create table official (
  id integer primary key,
  zone integer not null references zone (id),
  name blob not null,
  office text not null,
  language text not null,
  on_call integer not null
) strict;
create table mandate (
  id integer primary key,
  holder integer not null,
  role text not null,
  zone integer not null,
  network integer not null,
  from_at integer not null,
  until_at integer not null,
  ground text not null
) strict;
create index mandate_holder on mandate (holder);
create table household (
  id integer primary key,
  zone integer not null references zone (id)
) strict;
create table member (
  id integer primary key,
  zone integer not null references zone (id),
  network integer not null references network (id),
  household integer not null,
  state text not null,
  suspended_until integer not null,
  language text not null,
  choices text not null,
  away_from integer not null,
  away_until integer not null,
  name blob not null,
  home blob not null,
  place blob not null,
  import integer not null,
  joined_at integer not null
) strict;
create index member_network on member (zone, network);
create index member_import on member (import) where import <> 0;
create table contact (
  id integer primary key,
  zone integer not null references zone (id),
  member integer not null,
  kind text not null,
  rank integer not null,
  state text not null,
  verified_at integer not null,
  address blob not null,
  hash blob not null,
  changed_at integer not null,
  seen_at integer not null
) strict;
create index contact_member on contact (member);
create index contact_hash on contact (hash);
create table alert (
  id integer primary key,
  zone integer not null references zone (id),
  key text not null,
  fact text not null,
  priority integer not null,
  urgency text not null,
  plan_version integer not null,
  exercise integer not null,
  networks text not null,
  details blob not null,
  by_id integer not null,
  at integer not null,
  expires integer not null,
  state text not null,
  finished_at integer not null,
  unique (zone, key)
) strict;
create table confirmation (
  alert integer primary key references alert (id),
  zone integer not null,
  digest blob not null,
  people integer not null,
  asked_at integer not null,
  by_id integer not null,
  answered_at integer not null,
  answer text not null
) strict;
create table message (
  id integer primary key,
  zone integer not null references zone (id),
  alert integer not null,
  kind text not null,
  class integer not null,
  urgency text not null,
  exercise integer not null,
  state text not null,
  sender text not null,
  texts blob not null,
  links integer not null,
  expires integer not null,
  audience blob not null,
  audience_size integer not null,
  cursor integer not null,
  follows text not null,
  at integer not null,
  finished_at integer not null
) strict;
create index message_running on message (class, id) where state = 'running';
create index message_unclosed on message (id) where state = 'stopped' and finished_at = 0;
create index message_alert on message (alert) where alert <> 0;
create table recipient (
  id integer primary key,
  zone integer not null,
  message integer not null,
  member integer not null,
  left_out text not null,
  heard_at integer not null,
  unique (message, member)
) strict;
create table delivery (
  id integer primary key,
  zone integer not null,
  message integer not null,
  recipient integer not null,
  contact integer not null,
  channel text not null,
  rank integer not null,
  more integer not null,
  wording integer not null,
  state text not null,
  reason text not null,
  open integer not null,
  due integer not null,
  tries integer not null,
  doubts integer not null,
  node integer not null,
  changed_at integer not null
) strict;
create index delivery_work on delivery (message, channel, due) where open = 1;
create index delivery_recipient on delivery (recipient);
create index delivery_sending on delivery (node) where state = 'sending';
create table attempt (
  delivery integer not null,
  number integer not null,
  zone integer not null,
  carrier text not null,
  node integer not null,
  begun_at integer not null,
  settled_at integer not null,
  state text not null,
  reason text not null,
  code text not null,
  ref text not null,
  parts integer not null,
  arrived integer not null,
  receipt_at integer not null,
  primary key (delivery, number)
) strict, without rowid;
create index attempt_ref on attempt (carrier, ref) where ref <> '';
create table attempt_part (
  carrier text not null,
  ref text not null,
  delivery integer not null,
  number integer not null,
  zone integer not null,
  state text not null,
  primary key (carrier, ref)
) strict, without rowid;
create table early_receipt (
  carrier text not null,
  ref text not null,
  state text not null,
  reason text not null,
  code text not null,
  at integer not null,
  seen_at integer not null,
  due integer not null,
  tries integer not null,
  primary key (carrier, ref, state)
) strict, without rowid;
create index early_receipt_due on early_receipt (due);
create table inbound (
  id integer primary key,
  zone integer not null,
  carrier text not null,
  channel text not null,
  dedupe blob not null unique,
  sender_hash blob not null,
  sender blob not null,
  recipient blob not null,
  body blob not null,
  part_group integer not null,
  part_total integer not null,
  part_number integer not null,
  at integer not null,
  due integer not null,
  state text not null,
  meaning text not null,
  member integer not null,
  alert integer not null
) strict;
create index inbound_due on inbound (due) where state = 'new';
create index inbound_alert on inbound (zone, alert);
create index inbound_parts on inbound (sender_hash, part_group) where part_total > 1;
create table debt (
  alert integer primary key references alert (id),
  zone integer not null,
  due integer not null,
  settled_at integer not null,
  ground text not null,
  by_id integer not null,
  message integer not null
) strict;
create index debt_open on debt (zone, due) where settled_at = 0;
create table one_use (
  hash blob primary key,
  purpose text not null,
  subject integer not null,
  person integer not null,
  expires integer not null,
  used_at integer not null
) strict, without rowid;
create table session (
  hash blob primary key,
  person integer not null,
  zone integer not null,
  office text not null,
  created_at integer not null,
  seen_at integer not null,
  expires integer not null,
  ended_at integer not null
) strict, without rowid;
create table task (
  id integer primary key,
  zone integer not null,
  kind text not null,
  subject integer not null,
  due integer not null,
  tries integer not null,
  node integer not null,
  lease integer not null,
  last_error text not null,
  unique (kind, subject, zone)
) strict;
create index task_due on task (due);
create table node (
  id integer primary key,
  boot integer not null,
  seen_at integer not null
) strict;
create table journal (
  subject integer not null,
  node integer not null,
  seq integer not null,
  zone integer not null,
  at integer not null,
  kind text not null,
  actor integer not null,
  commitment blob not null,
  prev blob not null,
  hash blob not null,
  primary key (subject, node, seq)
) strict, without rowid;
create index journal_zone on journal (zone, at);
create table journal_content (
  subject integer not null,
  node integer not null,
  seq integer not null,
  zone integer not null,
  salt blob not null,
  content blob not null,
  primary key (subject, node, seq)
) strict, without rowid;
create table journal_head (
  subject integer not null,
  node integer not null,
  seq integer not null,
  hash blob not null,
  primary key (subject, node)
) strict, without rowid;
create table member_change (
  id integer primary key autoincrement,
  zone integer not null,
  member integer not null
) strict;
create table street (
  id integer primary key,
  name text not null,
  folded text not null,
  postal_code text not null,
  municipality text not null,
  unique (postal_code, folded, municipality)
) strict;
create table address (
  street integer not null,
  number text not null,
  box text not null,
  lat integer not null,
  lon integer not null,
  primary key (street, number, box)
) strict, without rowid;
create table import_batch (
  id integer primary key,
  zone integer not null,
  kind text not null,
  network integer not null,
  by_id integer not null,
  at integer not null,
  state text not null,
  rows_total integer not null,
  rows_done integer not null
) strict;
create table import_row (
  import integer not null,
  line integer not null,
  person integer not null,
  zone integer not null,
  payload blob not null,
  primary key (import, line, person)
) strict, without rowid;
create table template (
  zone integer not null,
  key text not null,
  body text not null,
  primary key (zone, key)
) strict;

-- +goose Down
drop table template;
drop table import_row;
drop table import_batch;
drop table address;
drop table street;
drop table member_change;
drop table journal_head;
drop table journal_content;
drop table journal;
drop table node;
drop table task;
drop table session;
drop table one_use;
drop table debt;
drop table inbound;
drop table early_receipt;
drop table attempt_part;
drop table attempt;
drop table delivery;
drop table recipient;
drop table message;
drop table confirmation;
drop table alert;
drop table contact;
drop table member;
drop table household;
drop table mandate;
drop table official;
drop table network;
drop table zone;
