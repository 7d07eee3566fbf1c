-- The key with which an encoder publishes a stream. It is never kept: it is derived from the server's key, the stream
-- and this revision, so a new revision is a new key.
set local role stagedoor_owner;

-- No row: the first revision, 0.
create table if not exists app.ingest_key (
  stream_id uuid primary key references app.stream (id) on delete cascade,
  revision integer not null
);

alter table app.ingest_key enable row level security;
alter table app.ingest_key force row level security;
drop policy if exists by_function on app.ingest_key;
create policy by_function on app.ingest_key to stagedoor_owner using (true) with check (true);

-- What a key is checked against: no row for a stream that there is not.
create or replace function app.ingest_of(p_stream uuid) returns table (revision integer, state text)
language sql stable security definer set search_path = '' as $$
  select coalesce(k.revision, 0), s.state
  from app.stream s left join app.ingest_key k on k.stream_id = s.id
  where s.id = p_stream
$$;

-- For its host alone; null for anybody else.
create or replace function app.ingest_revision(p_stream uuid) returns integer
language sql stable security definer set search_path = '' as $$
  select coalesce(k.revision, 0)
  from app.stream s left join app.ingest_key k on k.stream_id = s.id
  where s.id = p_stream and s.host_id = app.pid()
$$;

-- The new revision, or null for anybody but the host. Whoever publishes with the former key sits under the id of the
-- stream, which no person has: its revocation closes them, on every node. The stream is locked first, the
-- revocations last, as everywhere.
create or replace function app.reset_ingest_key(p_stream uuid) returns integer
language plpgsql security definer set search_path = '' as $$
declare v_revision integer;
begin
  perform from app.stream s where s.id = p_stream and s.host_id = app.pid() for no key update;
  if not found then return null; end if;
  insert into app.ingest_key as k (stream_id, revision) values (p_stream, 1)
  on conflict (stream_id) do update set revision = k.revision + 1
  returning k.revision into v_revision;
  perform app.revoke(p_stream, p_stream, null, null, 'session');
  return v_revision;
end $$;

grant execute on function app.ingest_of(uuid), app.ingest_revision(uuid), app.reset_ingest_key(uuid)
to stagedoor_app;

-- Where else a show is sent to. What opens the other side is sealed by the server before it comes here.
create table if not exists app.simulcast_target (
  id uuid primary key,
  stream_id uuid not null references app.stream (id) on delete cascade,
  name text not null check (octet_length(name) between 1 and 160),
  url text not null check (octet_length(url) between 1 and 512),
  sealed text not null check (octet_length(sealed) between 1 and 1024),
  created_at timestamptz not null default clock_timestamp()
);
create index if not exists simulcast_target_stream on app.simulcast_target (stream_id);

alter table app.simulcast_target enable row level security;
alter table app.simulcast_target force row level security;
drop policy if exists by_function on app.simulcast_target;
create policy by_function on app.simulcast_target to stagedoor_owner using (true) with check (true);

-- Null when it is there, else the refusal. The lock on the stream keeps two from being the last at once.
create or replace function app.add_simulcast_target(
  p_stream uuid, p_id uuid, p_name text, p_url text, p_sealed text, p_most integer
) returns text language plpgsql security definer set search_path = '' as $$
begin
  perform from app.stream s where s.id = p_stream and s.host_id = app.pid() for no key update;
  if not found then return 'not_found'; end if;
  if (select count(*) from app.simulcast_target t where t.stream_id = p_stream) >= p_most then
    return 'wrong_state';
  end if;
  insert into app.simulcast_target (id, stream_id, name, url, sealed)
  values (p_id, p_stream, p_name, p_url, p_sealed);
  return null;
end $$;

-- Whatever sends to it sits under its id, and ends with its revocation.
create or replace function app.remove_simulcast_target(p_stream uuid, p_id uuid) returns text
language plpgsql security definer set search_path = '' as $$
begin
  perform from app.stream s where s.id = p_stream and s.host_id = app.pid() for no key update;
  if not found then return 'not_found'; end if;
  delete from app.simulcast_target t where t.id = p_id and t.stream_id = p_stream;
  if not found then return 'not_found'; end if;
  perform app.revoke(p_id, p_stream, null, null, 'session');
  return null;
end $$;

-- For its host alone, without what opens them.
create or replace function app.own_simulcast_targets(p_stream uuid) returns table (id uuid, name text, url text)
language sql stable security definer set search_path = '' as $$
  select t.id, t.name, t.url
  from app.simulcast_target t join app.stream s on s.id = t.stream_id
  where t.stream_id = p_stream and s.host_id = app.pid()
  order by t.created_at, t.id
$$;

-- For the node that has the publisher.
create or replace function app.simulcast_targets(p_stream uuid) returns table (id uuid, url text, sealed text)
language sql stable security definer set search_path = '' as $$
  select t.id, t.url, t.sealed from app.simulcast_target t where t.stream_id = p_stream order by t.created_at, t.id
$$;

grant execute on function
  app.add_simulcast_target(uuid, uuid, text, text, text, integer), app.remove_simulcast_target(uuid, uuid),
  app.own_simulcast_targets(uuid), app.simulcast_targets(uuid)
to stagedoor_app;
