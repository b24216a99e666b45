-- +goose Up
-- By which message a code is on its way, so that using it stops what would still go out with it. 0: none that we know.
alter table proof add column message integer not null default 0;
alter table own_code add column message integer not null default 0;

-- +goose Down
alter table own_code drop column message;
alter table proof drop column message;
