-- What is left of a show: one row for each stretch that one process kept. The media itself lies in the storage under
-- the id of the row; whatever deletes a row leaves its id behind until the storage is rid of it too.
set local role stagedoor_owner;

create table if not exists app.recording (
  id uuid primary key,
  stream_id uuid not null references app.stream (id) on delete cascade,
  -- File names of the show begin with it.
  prefix text not null unique,
  provider text not null default 'local' check (provider in ('local', 'mux')),
  state text not null default 'recording' check (state in ('recording', 'ready', 'failed')),
  started_at timestamptz not null,
  ended_at timestamptz,
  whole_ms bigint not null default 0 check (whole_ms >= 0),
  bytes bigint not null default 0 check (bytes >= 0),
  trim_start_ms bigint not null default 0 check (trim_start_ms >= 0),
  trim_end_ms bigint check (trim_end_ms > trim_start_ms),
  fault text,
  -- Of somebody else who keeps it; null where we do.
  asset_id text,
  playback_id text,
  -- Who writes to it, and when that was last seen to live.
  node text,
  beat_at timestamptz not null default clock_timestamp()
);
create index if not exists recording_stream on app.recording (stream_id, started_at);
create index if not exists recording_open on app.recording (beat_at) where state = 'recording';

create table if not exists app.recording_gone (
  id uuid primary key,
  at timestamptz not null default clock_timestamp()
);

alter table app.recording enable row level security;
alter table app.recording force row level security;
drop policy if exists by_function on app.recording;
create policy by_function on app.recording to stagedoor_owner using (true) with check (true);
alter table app.recording_gone enable row level security;
alter table app.recording_gone force row level security;
drop policy if exists by_function on app.recording_gone;
create policy by_function on app.recording_gone to stagedoor_owner using (true) with check (true);

create or replace function app.leave_recording() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  insert into app.recording_gone (id) values (old.id) on conflict do nothing;
  return null;
end $$;
create or replace trigger recording_left after delete on app.recording
  for each row execute function app.leave_recording();

-- False: there is no such stream. Done again it changes nothing.
create or replace function app.begin_recording(
  p_id uuid, p_stream uuid, p_prefix text, p_node text, p_started timestamptz
) returns boolean language plpgsql security definer set search_path = '' as $$
begin
  perform from app.stream s where s.id = p_stream for key share;
  if not found then return false; end if;
  insert into app.recording (id, stream_id, prefix, node, started_at)
  values (p_id, p_stream, p_prefix, p_node, p_started) on conflict (id) do nothing;
  return true;
end $$;

-- What is being written, by who writes it. Answers the ids that are still there and still theirs to write.
create or replace function app.beat_recordings(p_node text, p_rows jsonb) returns setof uuid
language sql security definer set search_path = '' as $$
  update app.recording r set beat_at = clock_timestamp(), whole_ms = x.whole_ms, bytes = x.bytes, fault = x.fault
  from jsonb_to_recordset(p_rows) as x (id uuid, whole_ms bigint, bytes bigint, fault text)
  where r.id = x.id and r.node = p_node and r.state = 'recording'
  returning r.id
$$;

-- False: it is gone, or was another's to finish.
create or replace function app.finish_recording(
  p_id uuid, p_node text, p_state text, p_ms bigint, p_bytes bigint, p_fault text, p_ended timestamptz
) returns boolean language plpgsql security definer set search_path = '' as $$
begin
  update app.recording r set state = p_state, whole_ms = p_ms, bytes = p_bytes, fault = p_fault, ended_at = p_ended,
    node = null
  where r.id = p_id and r.node = p_node and r.state = 'recording';
  return found;
end $$;

-- Those whose writer was not heard of for so long, from now on this node's to finish.
create or replace function app.adopt_recordings(p_node text, p_ms bigint) returns setof app.recording
language sql security definer set search_path = '' as $$
  update app.recording r set node = p_node, beat_at = clock_timestamp()
  where r.id in (
    select x.id from app.recording x
    where x.state = 'recording' and x.provider = 'local'
      and x.beat_at <= clock_timestamp() - p_ms * interval '1 ms'
    for update skip locked)
  returning r.*
$$;

create or replace function app.recordings_of(p_stream uuid) returns setof app.recording
language sql stable security definer set search_path = '' as $$
  select * from app.recording r where r.stream_id = p_stream order by r.started_at, r.id
$$;

-- Null: done; else the refusal. One that is being written is nobody's to cut.
create or replace function app.trim_recording(p_id uuid, p_start bigint, p_end bigint) returns text
language plpgsql security definer set search_path = '' as $$
declare r app.recording;
begin
  select x.* into r from app.recording x join app.stream s on s.id = x.stream_id
  where x.id = p_id and s.host_id = app.pid() for update of x;
  if not found then return 'not_found'; end if;
  if r.state <> 'ready' then return 'wrong_state'; end if;
  update app.recording x set trim_start_ms = p_start, trim_end_ms = p_end where x.id = p_id;
  return null;
end $$;

create or replace function app.delete_recording(p_id uuid) returns text
language plpgsql security definer set search_path = '' as $$
declare r app.recording;
begin
  select x.* into r from app.recording x join app.stream s on s.id = x.stream_id
  where x.id = p_id and s.host_id = app.pid() for update of x;
  if not found then return 'not_found'; end if;
  if r.state = 'recording' then return 'wrong_state'; end if;
  delete from app.recording x where x.id = p_id;
  return null;
end $$;

-- What is older than the host of the installation keeps.
create or replace function app.expire_recordings(p_days int) returns setof uuid
language sql security definer set search_path = '' as $$
  delete from app.recording r
  where r.state <> 'recording' and r.provider = 'local' and r.ended_at < now() - p_days * interval '1 day'
  returning r.id
$$;

create or replace function app.gone_recordings() returns setof uuid
language sql stable security definer set search_path = '' as $$
  select g.id from app.recording_gone g order by g.at limit 100
$$;

create or replace function app.forget_recordings(p_ids uuid[]) returns void
language sql security definer set search_path = '' as $$
  delete from app.recording_gone g where g.id = any (p_ids)
$$;

grant execute on function
  app.begin_recording(uuid, uuid, text, text, timestamptz), app.beat_recordings(text, jsonb),
  app.finish_recording(uuid, text, text, bigint, bigint, text, timestamptz), app.adopt_recordings(text, bigint),
  app.recordings_of(uuid), app.trim_recording(uuid, bigint, bigint), app.delete_recording(uuid),
  app.expire_recordings(int), app.gone_recordings(), app.forget_recordings(uuid[])
to stagedoor_app;
