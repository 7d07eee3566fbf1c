-- Several nodes on one database: one host, one key, and who has a stream on air.
set local role stagedoor_owner;

-- True when it made the host: nobody could host before. Nodes that start together wait for each other here.
create or replace function app.create_first_host(p_id uuid, p_name text) returns boolean
language plpgsql security definer set search_path = '' as $$
begin
  perform pg_advisory_xact_lock(7301115); -- any number, the same for every node
  if exists (select from app.account a where a.can_host) then return false; end if;
  insert into app.principal (id, kind, name) values (p_id, 'account', p_name);
  insert into app.account (id, can_host) values (p_id, true);
  return true;
end $$;

-- What the key that signs sessions is known by. One row: nodes with different keys would turn each other's people
-- away. Nothing leads from here back to the key.
create table if not exists app.key_mark (
  only_one boolean primary key default true check (only_one),
  mark text not null,
  since timestamptz not null default now()
);
alter table app.key_mark enable row level security;
alter table app.key_mark force row level security;
drop policy if exists by_function on app.key_mark;
create policy by_function on app.key_mark to stagedoor_owner using (true) with check (true);

-- 'same': it is the mark of all (the first one becomes it); 'other': it is not; 'replaced': it is from now on.
create or replace function app.settle_key(p_mark text, p_replace boolean) returns text
language plpgsql security definer set search_path = '' as $$
declare v_mark text;
begin
  insert into app.key_mark (mark) values (p_mark) on conflict do nothing;
  select k.mark into strict v_mark from app.key_mark k for update;
  if v_mark = p_mark then return 'same'; end if;
  if not p_replace then return 'other'; end if;
  update app.key_mark k set mark = p_mark, since = now();
  return 'replaced';
end $$;

-- The lease of a stream on air: when its publisher was last there, and on which node.
alter table app.stream add column if not exists aired_at timestamptz;
alter table app.stream add column if not exists aired_by uuid;
-- What is on air while this runs is on air now.
update app.stream s set aired_at = now() where s.state = 'live' and s.aired_at is null;

-- Renews leases; answers which of these streams are over. Rows are locked in one order, since two nodes may name
-- the same ones.
create or replace function app.air(p_node uuid, p_streams uuid[]) returns setof uuid
language plpgsql security definer set search_path = '' as $$
begin
  perform from app.stream s where s.id = any (p_streams) order by s.id for no key update;
  update app.stream s set aired_at = clock_timestamp(), aired_by = p_node
  where s.id = any (p_streams) and s.state <> 'ended';
  return query select s.id from app.stream s where s.id = any (p_streams) and s.state = 'ended';
end $$;

create or replace function app.unaired(p_ms int) returns setof uuid
language sql stable security definer set search_path = '' as $$
  select s.id from app.stream s
  where s.state = 'live' and coalesce(s.aired_at, s.started_at) <= now() - p_ms * interval '1 ms'
$$;

create or replace function app.aired_elsewhere(p_node uuid, p_stream uuid, p_ms int) returns boolean
language sql stable security definer set search_path = '' as $$
  select exists (
    select from app.stream s
    where s.id = p_stream and s.aired_by <> p_node and s.aired_at > now() - p_ms * interval '1 ms')
$$;

grant execute on function
  app.create_first_host(uuid, text), app.settle_key(text, boolean),
  app.air(uuid, uuid[]), app.unaired(int), app.aired_elsewhere(uuid, uuid, int)
to stagedoor_app;
