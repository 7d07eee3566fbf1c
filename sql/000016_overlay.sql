-- The key of a stream's overlay: the public room alone, drawn into the host's own picture. It belongs to nobody and
-- opens nothing else.
set local role stagedoor_owner;

-- `id` stands in for a person: open overlays sit under it, and a revocation of it closes them. It changes with the key.
create table if not exists app.overlay_key (
  stream_id uuid primary key references app.stream (id) on delete cascade,
  id uuid not null unique default gen_random_uuid(),
  token_hash text not null unique,
  created_at timestamptz not null default clock_timestamp()
);

alter table app.overlay_key enable row level security;
alter table app.overlay_key force row level security;
drop policy if exists by_function on app.overlay_key;
create policy by_function on app.overlay_key to stagedoor_owner using (true) with check (true);

-- Null when the key is gone, else the refusal. Whoever makes or clears one waits here for the other: the stream is
-- locked first, the revocations last, as everywhere.
create or replace function app.clear_overlay_key(p_stream uuid) returns text
language plpgsql security definer set search_path = '' as $$
declare v_id uuid;
begin
  perform from app.stream s where s.id = p_stream and s.host_id = app.pid() for no key update;
  if not found then return 'not_found'; end if;
  delete from app.overlay_key k where k.stream_id = p_stream returning k.id into v_id;
  if found then perform app.revoke(v_id, p_stream, null, null, 'session'); end if;
  return null;
end $$;

create or replace function app.set_overlay_key(p_stream uuid, p_hash text) returns text
language plpgsql security definer set search_path = '' as $$
declare v_code text := app.clear_overlay_key(p_stream);
begin
  if v_code is not null then return v_code; end if;
  insert into app.overlay_key (stream_id, token_hash) values (p_stream, p_hash);
  return null;
end $$;

-- For its host alone: since when there is a key. No row for anybody else.
create or replace function app.overlay_since(p_stream uuid) returns table (since timestamptz)
language sql stable security definer set search_path = '' as $$
  select k.created_at from app.stream s left join app.overlay_key k on k.stream_id = s.id
  where s.id = p_stream and s.host_id = app.pid()
$$;

create or replace function app.overlay_stream(p_hash text) returns table (stream_id uuid, id uuid)
language sql stable security definer set search_path = '' as $$
  select k.stream_id, k.id from app.overlay_key k where k.token_hash = p_hash
$$;

-- Whether a key still holds, of the same moment as the newest revocation it knows of.
create or replace function app.overlay_seat(p_id uuid) returns table (stream_id uuid, seen bigint)
language sql stable security definer set search_path = '' as $$
  select k.stream_id, c.last_seq
  from app.revocation_counter c left join app.overlay_key k on k.id = p_id
$$;

grant execute on function
  app.clear_overlay_key(uuid), app.set_overlay_key(uuid, text), app.overlay_since(uuid), app.overlay_stream(text),
  app.overlay_seat(uuid)
to stagedoor_app;
