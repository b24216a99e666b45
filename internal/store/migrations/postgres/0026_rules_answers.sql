-- +goose Up
-- The message that reminded who had not answered about new internal rules, 0: none yet; and who does not accept a version: 1. Who accepts it later
-- is 0 again.
alter table house_rules add column reminder bigint not null default 0;
create index house_rules_reminder on house_rules (reminder) where reminder <> 0;
alter table house_rules_accepted add column refused bigint not null default 0;

-- +goose Down
delete from house_rules_accepted where refused = 1;
alter table house_rules_accepted drop column refused;
drop index house_rules_reminder;
alter table house_rules drop column reminder;
