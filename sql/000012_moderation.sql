-- Moderation: who may write, what waits, what was removed, and who did it. Tables here, acts in the next file.
set local role stagedoor_owner;

alter table app.log drop constraint if exists log_kind_check;
alter table app.log add constraint log_kind_check check (kind in ('room', 'thread', 'inbox', 'backstage'));
alter table app.entry drop constraint if exists entry_kind_check;
alter table app.entry add constraint entry_kind_check check (kind in (
  'said', 'whispered', 'deleted', 'pinned', 'unpinned', 'slowed', 'stream',
  'ruled', 'notice', 'held', 'settled', 'reported', 'resolved', 'moderated'));

-- Every stream has a backstage from its beginning.
insert into app.log (kind, stream_id, epoch)
select 'backstage', r.stream_id, r.epoch from app.log r where r.kind = 'room'
on conflict do nothing;

-- The rules of a room as one value: they change together, and viewers are told them together.
alter table app.stream add column if not exists rules jsonb not null default '{
  "who": "everyone", "minAgeSeconds": 0, "links": "allowed", "review": false,
  "duplicateSeconds": 0, "delaySeconds": 0}';

-- A name without what the eye takes for the same: compared with those of host and moderators.
alter table app.principal add column if not exists skeleton text;
create index if not exists principal_skeleton on app.principal (skeleton);

-- Former names, for moderators.
create table if not exists app.former_name (
  principal_id uuid not null references app.principal (id),
  name text not null check (octet_length(name) between 1 and 256),
  until timestamptz not null default clock_timestamp(),
  primary key (principal_id, until)
);

-- The text without what a repeater varies, hashed.
alter table app.message add column if not exists fold_sha bytea;

alter table app.stream_ban add column if not exists by_id uuid references app.principal (id);
alter table app.stream_ban add column if not exists reason text check (octet_length(reason) <= 800);

create table if not exists app.stream_timeout (
  stream_id uuid not null references app.stream (id),
  principal_id uuid not null references app.principal (id),
  until timestamptz not null,
  by_id uuid not null references app.principal (id),
  reason text check (octet_length(reason) <= 800),
  created_at timestamptz not null default clock_timestamp(),
  primary key (stream_id, principal_id)
);

-- What counts in all streams of one host: moderators, blocked people, members, blocked terms.
create table if not exists app.host_moderator (
  host_id uuid not null references app.principal (id),
  principal_id uuid not null references app.principal (id),
  primary key (host_id, principal_id)
);
create index if not exists host_moderator_principal on app.host_moderator (principal_id);
create table if not exists app.host_block (
  host_id uuid not null references app.principal (id),
  principal_id uuid not null references app.principal (id),
  created_at timestamptz not null default clock_timestamp(),
  primary key (host_id, principal_id)
);
create table if not exists app.host_member (
  host_id uuid not null references app.principal (id),
  principal_id uuid not null references app.principal (id),
  -- Null: for ever.
  until timestamptz,
  primary key (host_id, principal_id)
);
-- `terms`: [{"pattern", "action": "hold" | "refuse"}]. No row is version 0 without terms.
create table if not exists app.host_terms (
  host_id uuid primary key references app.principal (id),
  ver bigint not null,
  terms jsonb not null
);

-- Public words that wait. No seq: what is not in the room leaves no hole in it. There is no private held message:
-- it has one reader, who can block the sender.
create table if not exists app.held (
  id uuid primary key,
  stream_id uuid not null references app.stream (id),
  sender_id uuid not null references app.principal (id),
  sender_name text not null,
  sender_role text not null check (sender_role in ('host', 'moderator', 'viewer')),
  cmid uuid not null,
  text text check (octet_length(text) between 1 and 2000),
  body_sha bytea not null,
  fold_sha bytea,
  reply_to uuid references app.message (id),
  held_at timestamptz not null,
  reason text not null check (reason in ('term', 'link', 'review')),
  matched text,
  verdict text not null default 'open' check (verdict in ('open', 'approved', 'rejected')),
  decided_by uuid references app.principal (id),
  decided_at timestamptz,
  check ((verdict = 'open') = (decided_at is null)),
  constraint held_cmid unique (sender_id, cmid)
);
create index if not exists held_open on app.held (stream_id, held_at) where verdict = 'open';
create index if not exists held_sender on app.held (stream_id, sender_id);

-- The words of deleted public messages, for host and moderators, for 30 days.
create table if not exists app.removed (
  message_id uuid primary key references app.message (id),
  stream_id uuid not null references app.stream (id),
  text text not null check (octet_length(text) between 1 and 2000),
  removed_by uuid references app.principal (id),
  removed_at timestamptz not null default clock_timestamp()
);
create index if not exists removed_at on app.removed (stream_id, removed_at);

create table if not exists app.report (
  message_id uuid not null references app.message (id),
  reporter_id uuid not null references app.principal (id),
  stream_id uuid not null references app.stream (id),
  reporter_name text not null,
  reason text not null check (reason in ('spam', 'abuse', 'sexual', 'danger', 'other')),
  note text check (octet_length(note) <= 800),
  at timestamptz not null default clock_timestamp(),
  resolved_by uuid references app.principal (id),
  resolved_at timestamptz,
  primary key (message_id, reporter_id)
);
create index if not exists report_open on app.report (stream_id) where resolved_at is null;

create table if not exists app.person_note (
  id uuid primary key default gen_random_uuid(),
  stream_id uuid not null references app.stream (id),
  principal_id uuid not null references app.principal (id),
  by_id uuid not null references app.principal (id),
  by_name text not null,
  text text not null check (octet_length(text) between 1 and 2000),
  at timestamptz not null default clock_timestamp()
);
create index if not exists person_note_principal on app.person_note (stream_id, principal_id, at);

do $$ declare t text; begin
  foreach t in array array['former_name', 'stream_timeout', 'host_moderator', 'host_block', 'host_member',
    'host_terms', 'held', 'removed', 'report', 'person_note'] loop
    execute format('alter table app.%I enable row level security', t);
    execute format('alter table app.%I force row level security', t);
    execute format('drop policy if exists by_function on app.%I', t);
    execute format('create policy by_function on app.%I to stagedoor_owner using (true) with check (true)', t);
  end loop;
end $$;

-- Streams whose backstage is the current person's: hosted and moderated ones, without those it is banned from.
create or replace function app.my_backstages() returns setof uuid
language sql stable security definer set search_path = '' as $$
  select s.id from app.stream s where s.host_id = app.pid()
  union
  (select m.stream_id from app.stream_moderator m where m.principal_id = app.pid()
   union select s.id from app.host_moderator h join app.stream s on s.host_id = h.host_id
     where h.principal_id = app.pid()
   except select b.stream_id from app.stream_ban b
     where b.principal_id = app.pid() and (b.until is null or b.until > now()))
$$;
grant execute on function app.my_backstages() to stagedoor_app;

drop policy if exists log_read on app.log;
create policy log_read on app.log for select to stagedoor_app using (
  ((kind = 'room' or viewer_id = (select app.pid())) and stream_id <> all (array(select app.my_bans())))
  or stream_id = any (array(select app.my_hosted()))
  or (kind = 'backstage' and stream_id = any (array(select app.my_backstages()))));

drop policy if exists held_read on app.held;
create policy held_read on app.held for select to stagedoor_app using (
  stream_id = any (array(select app.my_backstages()))
  or (sender_id = (select app.pid()) and stream_id <> all (array(select app.my_bans()))));
grant select on app.held to stagedoor_app;

do $$ declare t text; begin
  foreach t in array array['removed', 'report', 'person_note'] loop
    execute format('drop policy if exists backstage_read on app.%I', t);
    execute format('create policy backstage_read on app.%I for select to stagedoor_app
      using (stream_id = any (array(select app.my_backstages())))', t);
    execute format('grant select on app.%I to stagedoor_app', t);
  end loop;
end $$;
