-- Messages (text stored once), the entries of the logs that point at them, and the pin.
set local role stagedoor_owner;

create table if not exists app.message (
  id uuid primary key,
  stream_id uuid not null references app.stream,
  -- Null: public. Else whose thread it is in. Copied from the log so that policies need no join.
  viewer_id uuid references app.principal,
  audience text not null generated always as (case when viewer_id is null then 'public' else 'private' end) stored,
  sender_id uuid not null references app.principal,
  -- As they were at sending.
  sender_name text not null,
  sender_role text not null check (sender_role in ('host', 'moderator', 'viewer')),
  cmid uuid not null,
  text text check (octet_length(text) between 1 and 2000),
  -- Outlives the text, to tell a repeated send from a reused id.
  body_sha bytea not null,
  reply_to uuid references app.message,
  sent_at timestamptz not null,
  -- Where it landed: the answer to a repeated send.
  seq bigint not null,
  inbox_seq bigint check ((inbox_seq is null) = (viewer_id is null)),
  deleted_at timestamptz,
  deleted_by uuid references app.principal,
  -- A deleted message has no text anywhere.
  check ((text is null) = (deleted_at is not null)),
  -- The sender is in the key: nobody can probe another's ids.
  constraint message_cmid unique (sender_id, cmid),
  unique (stream_id, id, audience)
);
create index if not exists message_paced on app.message (stream_id, sender_id, sent_at) where viewer_id is null;

create table if not exists app.entry (
  log_id uuid not null references app.log,
  seq bigint not null check (seq > 0),
  kind text not null
    check (kind in ('said', 'whispered', 'deleted', 'pinned', 'unpinned', 'slowed', 'stream')),
  message_id uuid references app.message,
  data jsonb,
  at timestamptz not null,
  primary key (log_id, seq)
);

-- One row per stream. The foreign key admits only a public message of this stream.
create table if not exists app.pin (
  stream_id uuid primary key references app.stream,
  message_id uuid,
  audience text not null default 'public' check (audience = 'public'),
  ver bigint not null default 0,
  foreign key (stream_id, message_id, audience) references app.message (stream_id, id, audience)
);

do $$ declare t text; begin
  foreach t in array array['message', 'entry', 'pin'] loop
    execute format('alter table app.%I enable row level security', t);
    execute format('alter table app.%I force row level security', t);
    execute format('drop policy if exists by_function on app.%I', t);
    execute format('create policy by_function on app.%I to stagedoor_owner using (true) with check (true)', t);
  end loop;
end $$;

-- Moderators are not here: a thread is for its viewer and the host.
drop policy if exists message_read on app.message;
create policy message_read on app.message for select to stagedoor_app using (
  (viewer_id is null
    or viewer_id = (select app.pid())
    or stream_id = any (array(select app.my_hosted())))
  and (stream_id <> all (array(select app.my_bans())) or stream_id = any (array(select app.my_hosted())))
);
grant select (id, stream_id, viewer_id, sender_id, sender_name, sender_role, text, reply_to, sent_at, deleted_at)
  on app.message to stagedoor_app;

-- Whoever may read the log may read its entries: the subquery is under the policy of app.log.
drop policy if exists entry_read on app.entry;
create policy entry_read on app.entry for select to stagedoor_app using (
  exists (select from app.log l where l.id = log_id)
);
grant select on app.entry to stagedoor_app;

drop policy if exists pin_read on app.pin;
create policy pin_read on app.pin for select to stagedoor_app using (
  stream_id <> all (array(select app.my_bans())) or stream_id = any (array(select app.my_hosted()))
);
grant select (stream_id, message_id, ver) on app.pin to stagedoor_app;

-- The server's own poll: counters and nothing else, whoever follows the logs. A thread nobody wrote to yet is at 0.
create or replace function app.positions(p_kind text[], p_stream uuid[], p_audience uuid[])
returns table (kind text, stream_id uuid, viewer_id uuid, epoch uuid, seq bigint)
language sql stable security definer set search_path = '' as $$
  select k.kind, k.stream_id, case when k.kind = 'thread' then k.audience end,
    coalesce(l.epoch, r.epoch), coalesce(l.last_seq, 0)
  from unnest(p_kind, p_stream, p_audience) as k (kind, stream_id, audience)
  join app.log r on r.stream_id = k.stream_id and r.kind = 'room' and r.audience = k.stream_id
  left join app.log l on l.stream_id = k.stream_id and l.kind = k.kind and l.audience = k.audience
$$;
grant execute on function app.positions(text[], uuid[], uuid[]) to stagedoor_app;
