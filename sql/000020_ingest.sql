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
