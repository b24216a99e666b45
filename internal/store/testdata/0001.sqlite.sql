CREATE TABLE goose_db_version (
		id INTEGER PRIMARY KEY AUTOINCREMENT,
		version_id INTEGER NOT NULL,
		is_applied INTEGER NOT NULL,
		tstamp TIMESTAMP DEFAULT (datetime('now'))
	);
CREATE TABLE zone (
  id integer primary key,
  name text not null unique,
  country text not null,
  settings text not null
) strict;
CREATE TABLE network (
  id integer primary key,
  zone integer not null references zone (id),
  name text not null,
  kind text not null,
  regime text not null,
  area text not null,
  facts text not null,
  unique (zone, name)
) strict;
CREATE TABLE official (
  id integer primary key,
  zone integer not null references zone (id),
  name blob not null,
  office text not null,
  language text not null,
  on_call integer not null
) strict;
CREATE TABLE mandate (
  id integer primary key,
  holder integer not null,
  role text not null,
  zone integer not null,
  network integer not null,
  from_at integer not null,
  until_at integer not null,
  ground text not null
) strict;
CREATE INDEX mandate_holder on mandate (holder);
CREATE TABLE household (
  id integer primary key,
  zone integer not null references zone (id)
) strict;
CREATE TABLE member (
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
CREATE INDEX member_network on member (zone, network);
CREATE INDEX member_import on member (import) where import <> 0;
CREATE TABLE contact (
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
CREATE INDEX contact_member on contact (member);
CREATE INDEX contact_hash on contact (hash);
CREATE TABLE alert (
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
CREATE TABLE confirmation (
  alert integer primary key references alert (id),
  zone integer not null,
  digest blob not null,
  people integer not null,
  asked_at integer not null,
  by_id integer not null,
  answered_at integer not null,
  answer text not null
) strict;
CREATE TABLE message (
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
CREATE INDEX message_running on message (class, id) where state = 'running';
CREATE INDEX message_unclosed on message (id) where state = 'stopped' and finished_at = 0;
CREATE INDEX message_alert on message (alert) where alert <> 0;
CREATE TABLE recipient (
  id integer primary key,
  zone integer not null,
  message integer not null,
  member integer not null,
  left_out text not null,
  heard_at integer not null,
  unique (message, member)
) strict;
CREATE TABLE delivery (
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
CREATE INDEX delivery_work on delivery (message, channel, due) where open = 1;
CREATE INDEX delivery_recipient on delivery (recipient);
CREATE INDEX delivery_sending on delivery (node) where state = 'sending';
CREATE TABLE attempt (
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
CREATE INDEX attempt_ref on attempt (carrier, ref) where ref <> '';
CREATE TABLE attempt_part (
  carrier text not null,
  ref text not null,
  delivery integer not null,
  number integer not null,
  zone integer not null,
  state text not null,
  primary key (carrier, ref)
) strict, without rowid;
CREATE TABLE early_receipt (
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
CREATE INDEX early_receipt_due on early_receipt (due);
CREATE TABLE inbound (
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
CREATE INDEX inbound_due on inbound (due) where state = 'new';
CREATE INDEX inbound_alert on inbound (zone, alert);
CREATE INDEX inbound_parts on inbound (sender_hash, part_group) where part_total > 1;
CREATE TABLE debt (
  alert integer primary key references alert (id),
  zone integer not null,
  due integer not null,
  settled_at integer not null,
  ground text not null,
  by_id integer not null,
  message integer not null
) strict;
CREATE INDEX debt_open on debt (zone, due) where settled_at = 0;
CREATE TABLE one_use (
  hash blob primary key,
  purpose text not null,
  subject integer not null,
  person integer not null,
  expires integer not null,
  used_at integer not null
) strict, without rowid;
CREATE TABLE session (
  hash blob primary key,
  person integer not null,
  zone integer not null,
  office text not null,
  created_at integer not null,
  seen_at integer not null,
  expires integer not null,
  ended_at integer not null
) strict, without rowid;
CREATE TABLE task (
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
CREATE INDEX task_due on task (due);
CREATE TABLE node (
  id integer primary key,
  boot integer not null,
  seen_at integer not null
) strict;
CREATE TABLE journal (
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
CREATE INDEX journal_zone on journal (zone, at);
CREATE TABLE journal_content (
  subject integer not null,
  node integer not null,
  seq integer not null,
  zone integer not null,
  salt blob not null,
  content blob not null,
  primary key (subject, node, seq)
) strict, without rowid;
CREATE TABLE journal_head (
  subject integer not null,
  node integer not null,
  seq integer not null,
  hash blob not null,
  primary key (subject, node)
) strict, without rowid;
CREATE TABLE member_change (
  id integer primary key autoincrement,
  zone integer not null,
  member integer not null
) strict;
CREATE TABLE street (
  id integer primary key,
  name text not null,
  folded text not null,
  postal_code text not null,
  municipality text not null,
  unique (postal_code, folded, municipality)
) strict;
CREATE TABLE address (
  street integer not null,
  number text not null,
  box text not null,
  lat integer not null,
  lon integer not null,
  primary key (street, number, box)
) strict, without rowid;
CREATE TABLE import_batch (
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
CREATE TABLE import_row (
  import integer not null,
  line integer not null,
  person integer not null,
  zone integer not null,
  payload blob not null,
  primary key (import, line, person)
) strict, without rowid;
CREATE TABLE template (
  zone integer not null,
  key text not null,
  body text not null,
  primary key (zone, key)
) strict;
insert into goose_db_version (version_id, is_applied) values (0, 1);
insert into goose_db_version (version_id, is_applied) values (1, 1);
insert into zone (id, name, country, settings) values (101, 'Politiezone Vlierbeek', 'BE', '{"time_zone":"Europe/Brussels"}');
insert into network (id, zone, name, kind, regime, area, facts) values (102, 101, 'BIN Kerkveld', 'residents', '["nl"]', '[]', '{}');
insert into task (id, zone, kind, subject, due, tries, node, lease, last_error) values (103, 101, 'work', 7, 1, 0, 0, 0, '');
