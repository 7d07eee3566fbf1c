-- Roles, schema, identity. Runs as whoever may create roles; from the next file on everything belongs to the owner.
-- Roles live in the cluster, not in the database: another database's migration may be creating them right now.
do $$ begin
  create role stagedoor_owner nologin nosuperuser nobypassrls;
exception when duplicate_object or unique_violation then null; end $$;
-- The server's role: owns nothing, reads what policies show, writes through functions only. Nobody logs in as it
-- unless an operator gives it a password; sessions start in it (startup option `role`).
do $$ begin
  create role stagedoor_app nologin nosuperuser nobypassrls;
exception when duplicate_object or unique_violation then null; end $$;

-- A login that is not a superuser needs both roles to become them.
do $$ begin
  if not (select r.rolsuper from pg_catalog.pg_roles r where r.rolname = current_user) then
    execute pg_catalog.format('grant stagedoor_owner, stagedoor_app to %I', current_user);
  end if;
exception when others then
  if sqlstate <> 'XX000' then raise; end if; -- "tuple concurrently updated": the other database's migration granted it
end $$;

create schema if not exists app authorization stagedoor_owner;
grant usage on schema app to stagedoor_app;

set local role stagedoor_owner;

-- A function is nobody's until it is granted by name.
alter default privileges revoke execute on functions from public;

create table if not exists app.migration (
  version int primary key,
  name text not null,
  applied_at timestamptz not null default pg_catalog.now()
);
alter table app.migration enable row level security;
alter table app.migration force row level security;
drop policy if exists migration_read on app.migration;
create policy migration_read on app.migration for select to stagedoor_app using (true);
drop policy if exists migration_own on app.migration;
create policy migration_own on app.migration to stagedoor_owner using (true) with check (true);
grant select on app.migration to stagedoor_app;

-- Who is asking. Set only by `set_config('app.pid', $1, true)` at the head of a transaction; afterwards the
-- setting is the empty string and not null, hence nullif.
create or replace function app.pid() returns uuid language sql stable parallel safe set search_path = ''
as $$ select nullif(pg_catalog.current_setting('app.pid', true), '')::pg_catalog.uuid $$;
grant execute on function app.pid() to stagedoor_app;
