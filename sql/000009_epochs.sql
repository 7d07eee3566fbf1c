-- After a restore: a new numbering for every stream, so that no client continues a history that is gone.
set local role stagedoor_owner;

-- Granted to nobody: for the login that migrates.
create or replace function app.rotate_epochs() returns bigint
language sql security definer set search_path = '' as $$
  with fresh as materialized (select s.id, gen_random_uuid() as epoch from app.stream s),
  moved as (update app.log l set epoch = f.epoch from fresh f where f.id = l.stream_id)
  select count(*) from fresh
$$;
