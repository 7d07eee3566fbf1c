-- Streams whose video goes through Mux: which, what its webhooks said, and what is to be deleted there.
set local role stagedoor_owner;

-- A stream stays where it began, whatever the configuration says later.
alter table app.stream add column if not exists provider text not null default 'local'
  check (provider in ('local', 'mux'));

-- The live stream at Mux that stands for one of ours. No key: it is asked for when it is needed.
-- `newest` is what the newest webhook (or poll) said by Mux's own clock, so that the order in which they arrive does not
-- matter; `active_at` is when the picture was playable last. What follows from the two is decided in the server.
create table if not exists app.mux_stream (
  stream_id uuid primary key references app.stream (id) on delete cascade,
  live_id text not null unique,
  playback_id text not null,
  newest text not null default 'none' check (newest in ('none', 'connected', 'active', 'disconnected', 'idle')),
  newest_at timestamptz not null default '-infinity',
  active_at timestamptz,
  -- Somebody looks after it; see app.unaired.
  checked_at timestamptz not null default clock_timestamp(),
  -- Ended at Mux as well: no encoder gets in any more.
  closed_at timestamptz
);

-- What Mux recorded. `ready`, `complete`, `errored` and `deleted` only ever become true; the rest is of the newest.
create table if not exists app.mux_asset (
  asset_id text primary key,
  stream_id uuid not null references app.stream (id) on delete cascade,
  recording_id uuid not null unique default gen_random_uuid(),
  newest_at timestamptz not null,
  ready boolean not null default false,
  complete boolean not null default false,
  errored boolean not null default false,
  deleted boolean not null default false,
  playback_id text,
  duration_ms bigint,
  started_at timestamptz
);
create index if not exists mux_asset_stream on app.mux_asset (stream_id);

-- What is to be deleted at Mux, and for a while what was: a webhook that comes late must not bring it back.
create table if not exists app.mux_doomed (
  id text primary key,
  kind text not null check (kind in ('live', 'asset')),
  since timestamptz not null default clock_timestamp(),
  tried_at timestamptz,
  done_at timestamptz
);

-- Signed webhooks as they came, without what is not needed of them: never a key.
create table if not exists app.webhook (
  provider text not null,
  event_id text not null,
  type text not null,
  object_id text,
  created_at timestamptz not null,
  received_at timestamptz not null default clock_timestamp(),
  payload jsonb not null,
  primary key (provider, event_id)
);
create index if not exists webhook_received on app.webhook (received_at);

do $$ declare t text; begin
  foreach t in array array['mux_stream', 'mux_asset', 'mux_doomed', 'webhook'] loop
    execute format('alter table app.%I enable row level security', t);
    execute format('alter table app.%I force row level security', t);
    execute format('drop policy if exists by_function on app.%I', t);
    execute format('create policy by_function on app.%I to stagedoor_owner using (true) with check (true)', t);
  end loop;
end $$;

-- Erasing a stream erases its rows here; what they stood for at Mux is deleted there in its turn.
create or replace function app.doom_mux() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if tg_table_name = 'mux_stream' then
    insert into app.mux_doomed (id, kind) values (old.live_id, 'live') on conflict do nothing;
  elsif not old.deleted then
    insert into app.mux_doomed (id, kind) values (old.asset_id, 'asset') on conflict do nothing;
  end if;
  return old;
end $$;
create or replace trigger doom_mux_stream before delete on app.mux_stream
  for each row execute function app.doom_mux();
create or replace trigger doom_mux_asset before delete on app.mux_asset
  for each row execute function app.doom_mux();

-- Called with create_stream, in its statement. Null on success, else the refusal.
create or replace function app.choose_provider(p_stream uuid, p_provider text) returns text
language plpgsql security definer set search_path = '' as $$
begin
  update app.stream s set provider = p_provider
  where s.id = p_stream and s.host_id = app.pid() and s.state = 'scheduled';
  if not found then return 'not_found'; end if;
  return null;
end $$;

-- The live stream at Mux that this stream has from now on: the one given, or the one it had. No row: the stream is
-- gone or over.
create or replace function app.mux_keep(p_stream uuid, p_live text, p_playback text)
returns table (live_id text, playback_id text)
language plpgsql security definer set search_path = '' as $$
begin
  perform from app.stream s where s.id = p_stream and s.provider = 'mux' and s.state <> 'ended' for key share;
  if not found then return; end if;
  insert into app.mux_stream (stream_id, live_id, playback_id) values (p_stream, p_live, p_playback)
  on conflict do nothing;
  return query select m.live_id, m.playback_id from app.mux_stream m where m.stream_id = p_stream;
end $$;

do $$ begin
  create type app.mux_row as (
    stream_id uuid, live_id text, playback_id text, newest text, newest_at timestamptz,
    active_at timestamptz, closed_at timestamptz, state text);
exception when duplicate_object then null; end $$;

create or replace function app.mux_of(p_streams uuid[]) returns setof app.mux_row
language sql stable security definer set search_path = '' as $$
  select m.stream_id, m.live_id, m.playback_id, m.newest, nullif(m.newest_at, '-infinity'),
    m.active_at, m.closed_at, s.state
  from app.mux_stream m join app.stream s on s.id = m.stream_id
  where m.stream_id = any (p_streams)
$$;

-- Rows by what Mux calls its live streams.
create or replace function app.mux_by_live(p_live text[]) returns setof app.mux_row
language sql stable security definer set search_path = '' as $$
  select r.* from app.mux_of(array(select m.stream_id from app.mux_stream m where m.live_id = any (p_live))) r
$$;

-- What happens at the same instant by Mux's clock is taken in the order of a show.
create or replace function app.mux_rank(p_newest text) returns int
language sql immutable set search_path = '' as $$
  select array_position(array['none', 'connected', 'active', 'disconnected', 'idle'], p_newest)
$$;

-- Commutes with itself: after any order of the same calls the row is the same.
create or replace function app.mux_live(p_live text, p_said text, p_at timestamptz) returns void
language sql security definer set search_path = '' as $$
  update app.mux_stream m set
    newest = case when (p_at, app.mux_rank(p_said)) > (m.newest_at, app.mux_rank(m.newest))
      then p_said else m.newest end,
    newest_at = greatest(m.newest_at, p_at),
    active_at = case when p_said = 'active' then greatest(m.active_at, p_at) else m.active_at end
  where m.live_id = p_live
$$;

-- The same of an asset. `p_live`: the live stream it was recorded from.
create or replace function app.mux_asset(
  p_live text, p_asset text, p_at timestamptz, p_ready boolean, p_complete boolean, p_errored boolean,
  p_deleted boolean, p_playback text, p_duration_ms bigint, p_started_at timestamptz
) returns void language plpgsql security definer set search_path = '' as $$
declare v_stream uuid;
begin
  select m.stream_id into v_stream from app.mux_stream m where m.live_id = p_live for no key update;
  if not found or exists (select from app.mux_doomed d where d.id = p_asset) then return; end if;
  insert into app.mux_asset as a (
    asset_id, stream_id, newest_at, ready, complete, errored, deleted, playback_id, duration_ms, started_at)
  values (p_asset, v_stream, p_at, p_ready, p_complete, p_errored, p_deleted, p_playback, p_duration_ms, p_started_at)
  on conflict (asset_id) do update set
    ready = a.ready or excluded.ready,
    complete = a.complete or excluded.complete,
    errored = a.errored or excluded.errored,
    deleted = a.deleted or excluded.deleted,
    newest_at = greatest(a.newest_at, excluded.newest_at),
    playback_id = least(a.playback_id, excluded.playback_id),
    -- It only ever grows, and the beginning only ever becomes known.
    duration_ms = greatest(a.duration_ms, excluded.duration_ms),
    started_at = least(a.started_at, excluded.started_at);
  -- What can be played was on air, whether or not anybody said so.
  if p_ready then
    update app.mux_stream m set active_at = greatest(m.active_at, p_started_at) where m.stream_id = v_stream;
  end if;
end $$;

-- Keeps one webhook. False: it was here before.
create or replace function app.keep_webhook(
  p_provider text, p_event text, p_type text, p_object text, p_at timestamptz, p_payload jsonb
) returns boolean language plpgsql security definer set search_path = '' as $$
begin
  insert into app.webhook (provider, event_id, type, object_id, created_at, payload)
  values (p_provider, p_event, p_type, p_object, p_at, p_payload) on conflict do nothing;
  return found;
end $$;

-- Claims what has to be looked at, for at least `p_ms`: no other node asks for the same meanwhile.
--   * on air, or nearly, or until just now, as far as we know
--   * over here and not closed there
--   * over, was on air, and its recording is not whole yet
create or replace function app.mux_due(p_ms int, p_count int) returns setof app.mux_row
language plpgsql security definer set search_path = '' as $$
declare v_ids uuid[];
begin
  select array_agg(d.stream_id) into v_ids from (
    select m.stream_id from app.mux_stream m join app.stream s on s.id = m.stream_id
    where m.checked_at <= clock_timestamp() - p_ms * interval '1 ms'
      and (
        (s.state <> 'ended' and m.newest in ('connected', 'active', 'disconnected'))
        or (s.state = 'scheduled' and m.active_at is not null)
        or (s.state = 'live')
        or (s.state = 'scheduled' and m.newest = 'idle' and m.newest_at > clock_timestamp() - interval '1 hour')
        or (s.state = 'ended' and m.closed_at is null)
        or (s.state = 'ended' and m.active_at is not null and s.ended_at > clock_timestamp() - interval '1 day'
          and not exists (
            select from app.mux_asset a
            where a.stream_id = m.stream_id and (a.errored or a.deleted or (a.ready and a.complete)))))
    order by m.checked_at limit p_count for no key update of m skip locked) d;
  update app.mux_stream m set checked_at = clock_timestamp() where m.stream_id = any (v_ids);
  return query select * from app.mux_of(v_ids);
end $$;

create or replace function app.mux_closed(p_stream uuid) returns void
language sql security definer set search_path = '' as $$
  update app.mux_stream m set closed_at = clock_timestamp() where m.stream_id = p_stream
$$;

create or replace function app.mux_assets(p_stream uuid)
returns table (
  recording_id uuid, asset_id text, ready boolean, complete boolean, errored boolean, playback_id text,
  duration_ms bigint, started_at timestamptz
) language sql stable security definer set search_path = '' as $$
  select a.recording_id, a.asset_id, a.ready, a.complete, a.errored, a.playback_id, a.duration_ms, a.started_at
  from app.mux_asset a where a.stream_id = p_stream and not a.deleted
  order by a.started_at nulls last, a.asset_id
$$;

-- For its host alone. Null on success, else the refusal.
create or replace function app.mux_forget_asset(p_recording uuid) returns text
language plpgsql security definer set search_path = '' as $$
begin
  delete from app.mux_asset a using app.stream s
  where a.recording_id = p_recording and s.id = a.stream_id and s.host_id = app.pid();
  return case when found then null else 'not_found' end;
end $$;

create or replace function app.mux_doomed(p_ms int, p_count int) returns table (id text, kind text)
language plpgsql security definer set search_path = '' as $$
begin
  return query
  with d as (
    select x.id from app.mux_doomed x
    where x.done_at is null and coalesce(x.tried_at, '-infinity') <= clock_timestamp() - p_ms * interval '1 ms'
    order by x.tried_at nulls first, x.since limit p_count for update skip locked)
  update app.mux_doomed x set tried_at = clock_timestamp() from d where x.id = d.id returning x.id, x.kind;
end $$;

create or replace function app.mux_gone(p_id text) returns void
language sql security definer set search_path = '' as $$
  update app.mux_doomed d set done_at = clock_timestamp() where d.id = p_id
$$;

-- What nobody can ask for any more: Mux sends a webhook again for a day.
create or replace function app.forget_webhooks() returns void
language sql security definer set search_path = '' as $$
  delete from app.webhook w where w.received_at < clock_timestamp() - interval '30 days';
  delete from app.mux_doomed d where d.done_at < clock_timestamp() - interval '30 days'
$$;

-- As in 000011, but a stream that Mux carries has no publisher at a node of ours: it is looked after by whoever polls
-- it, and only when nobody does any more it ends like one that lost its node.
create or replace function app.unaired(p_ms int) returns setof uuid
language sql stable security definer set search_path = '' as $$
  select s.id from app.stream s
  where s.state = 'live' and coalesce(s.aired_at, s.started_at) <= now() - p_ms * interval '1 ms'
    and not exists (
      select from app.mux_stream m where m.stream_id = s.id and m.checked_at > now() - interval '10 minutes')
$$;

-- As in 000006, but a show that Mux carries is over once: what says that it is on air may be late.
create or replace function app.act_state(p_stream uuid, p_state text) returns setof app.placed
language plpgsql security definer set search_path = '' as $$
declare
  v_barred text := app.barred(p_stream);
  v_was text;
  v_provider text;
begin
  if app.pid() is null and v_barred = 'not_allowed' then v_barred := null;
  elsif v_barred is null and app.role_of(p_stream, app.pid()) <> 'host' then v_barred := 'not_allowed'; end if;
  if v_barred is not null then return next app.refused(v_barred); return; end if;
  perform app.lock_logs(p_stream, null);
  select s.state, s.provider into v_was, v_provider from app.stream s where s.id = p_stream for update;
  if v_was = p_state then return next app.refused('dup'); return; end if;
  if (v_was, p_state) not in (('scheduled', 'live'), ('live', 'ended'), ('ended', 'live'))
    or (v_was = 'ended' and v_provider = 'mux') then
    return next app.refused('wrong_state'); return;
  end if;
  update app.stream s set state = p_state,
    started_at = coalesce(s.started_at, now()),
    ended_at = case when p_state = 'ended' then now() end
  where s.id = p_stream;
  return next app.enter(p_stream, 'room', p_stream, 'stream', null, jsonb_build_object('state', p_state));
end $$;

grant execute on function
  app.choose_provider(uuid, text), app.mux_keep(uuid, text, text), app.mux_of(uuid[]), app.mux_by_live(text[]),
  app.mux_live(text, text, timestamptz),
  app.mux_asset(text, text, timestamptz, boolean, boolean, boolean, boolean, text, bigint, timestamptz),
  app.keep_webhook(text, text, text, text, timestamptz, jsonb), app.mux_due(int, int), app.mux_closed(uuid),
  app.mux_assets(uuid), app.mux_forget_asset(uuid), app.mux_doomed(int, int), app.mux_gone(text),
  app.forget_webhooks(), app.unaired(int), app.act_state(uuid, text)
to stagedoor_app;
