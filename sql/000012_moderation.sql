-- Moderation: who may write, what waits, what was removed, and who did it. Tables, rights, names and terms here; acts
-- and the append in the next file.
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
-- A rule that is missing would be null in every comparison, and so let everything through.
alter table app.stream drop constraint if exists stream_rules;
alter table app.stream add constraint stream_rules check (coalesce(
  rules ->> 'who' in ('everyone', 'accounts', 'members') and rules ->> 'links' in ('allowed', 'held', 'refused')
  and jsonb_typeof(rules -> 'review') = 'boolean'
  and (rules ->> 'minAgeSeconds')::int between 0 and 7776000
  and (rules ->> 'duplicateSeconds')::int between 0 and 300
  and (rules ->> 'delaySeconds')::int between 0 and 6, false));

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
create index if not exists held_sender on app.held (stream_id, sender_id, held_at);
create index if not exists held_kept on app.held (stream_id, decided_at) where verdict <> 'open' and text is not null;

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
-- Without what tells one body from another: cmid and hashes.
grant select (id, stream_id, sender_id, sender_name, sender_role, text, reply_to, held_at, reason, matched, verdict)
  on app.held to stagedoor_app;

do $$ declare t text; begin
  foreach t in array array['removed', 'report', 'person_note'] loop
    execute format('drop policy if exists backstage_read on app.%I', t);
    execute format('create policy backstage_read on app.%I for select to stagedoor_app
      using (stream_id = any (array(select app.my_backstages())))', t);
    execute format('grant select on app.%I to stagedoor_app', t);
  end loop;
end $$;

-- ---- rights ------------------------------------------------------------------------------------------------------

-- A moderator of the host is one in each of the host's streams.
create or replace function app.role_of(p_stream uuid, p_principal uuid) returns text
language sql stable security definer set search_path = '' as $$
  select case
    when exists (select from app.stream s where s.id = p_stream and s.host_id = p_principal) then 'host'
    when exists (select from app.stream_moderator m where m.stream_id = p_stream and m.principal_id = p_principal)
      or exists (select from app.stream s join app.host_moderator h on h.host_id = s.host_id
        where s.id = p_stream and h.principal_id = p_principal)
      then 'moderator'
    else 'viewer' end
$$;

-- Where a person stands, until when a ban lasts (null: for ever) and why. Another name than app.standing, which a node
-- of the version before still calls and which answers without the reason.
create or replace function app.stands(p_principal uuid, p_stream uuid)
returns table (role text, banned boolean, until timestamptz, reason text)
language sql stable security definer set search_path = '' as $$
  select app.role_of(p_stream, p_principal), b.stream_id is not null, b.until, b.reason
  from (select) x left join app.stream_ban b on b.stream_id = p_stream and b.principal_id = p_principal
    and app.is_banned(p_stream, p_principal)
$$;

create or replace function app.admissions(p_session text[], p_stream uuid[], p_now timestamptz)
returns table (
  id uuid, kind text, name text, can_host boolean, email text, has_password boolean, role text, banned boolean,
  seen bigint
) language sql stable security definer set search_path = '' as $$
  select p.id, p.kind, p.name, coalesce(a.can_host, false), a.email, a.password_hash is not null,
    case when t.host_id = p.id then 'host'
      when m.stream_id is not null or h.host_id is not null then 'moderator' else 'viewer' end,
    b.stream_id is not null and t.host_id <> p.id,
    c.last_seq
  from unnest(p_session, p_stream) with ordinality as q (session, stream_id, nr)
  cross join app.revocation_counter c
  left join app.session s on s.id = q.session and s.expires_at > p_now
  left join app.principal p on p.id = s.principal_id
  left join app.account a on a.id = p.id
  left join app.stream t on t.id = q.stream_id
  left join app.stream_moderator m on m.stream_id = t.id and m.principal_id = p.id
  left join app.host_moderator h on h.host_id = t.host_id and h.principal_id = p.id
  left join app.stream_ban b on b.stream_id = t.id and b.principal_id = p.id and (b.until is null or b.until > now())
  order by q.nr
$$;

create or replace function app.create_stream(
  p_id uuid, p_slug text, p_title text, p_description text, p_starts_at timestamptz
) returns text language plpgsql security definer set search_path = '' as $$
begin
  if not exists (select from app.account a where a.id = app.pid() and a.can_host) then return 'not_allowed'; end if;
  insert into app.stream (id, slug, title, description, host_id, starts_at)
  values (p_id, p_slug, p_title, p_description, app.pid(), p_starts_at)
  on conflict on constraint stream_slug do nothing;
  if not found then return 'slug_taken'; end if;
  insert into app.log (kind, stream_id, epoch)
  select k.kind, p_id, e.epoch
  from (select gen_random_uuid() as epoch) e, (values ('room'), ('inbox'), ('backstage')) as k (kind);
  return null;
end $$;

-- ---- names -------------------------------------------------------------------------------------------------------

-- The skeleton is worked out by the server and comes with the name. A node of the version before knows none: with the
-- functions it calls, a new name has no skeleton and imitates nobody until it is set again.
create or replace function app.create_guest(p_id uuid, p_name text, p_skeleton text) returns void
language sql security definer set search_path = '' as $$
  insert into app.principal (id, kind, name, skeleton) values (p_id, 'guest', p_name, p_skeleton)
$$;

-- What a name was until now. Before the name changes.
create or replace function app.keep_name(p_id uuid, p_name text) returns void
language sql set search_path = '' as $$
  insert into app.former_name (principal_id, name)
  select p.id, p.name from app.principal p where p.id = p_id and p.name <> p_name
$$;

create or replace function app.create_account(
  p_id uuid, p_name text, p_email text, p_password_hash text, p_can_host boolean, p_invite_hash text, p_now timestamptz,
  p_skeleton text
) returns text language plpgsql security definer set search_path = '' as $$
declare
  v_was text;
  v_code text;
begin
  select p.name into v_was from app.principal p where p.id = p_id;
  v_code := app.create_account(p_id, p_name, p_email, p_password_hash, p_can_host, p_invite_hash, p_now);
  if v_code is not null then return v_code; end if;
  if v_was <> p_name then insert into app.former_name (principal_id, name) values (p_id, v_was); end if;
  update app.principal p set skeleton = p_skeleton where p.id = p_id;
  return null;
end $$;

create or replace function app.create_first_host(p_id uuid, p_name text, p_skeleton text) returns boolean
language plpgsql security definer set search_path = '' as $$
begin
  if not app.create_first_host(p_id, p_name) then return false; end if;
  update app.principal p set skeleton = p_skeleton where p.id = p_id;
  return true;
end $$;

create or replace function app.update_person(p_id uuid, p_name text, p_email text, p_password_hash text)
returns text language plpgsql security definer set search_path = '' as $$
declare v_violated text;
begin
  if not exists (select from app.principal p where p.id = p_id) then return 'not_found'; end if;
  if (p_email is not null or p_password_hash is not null)
    and not exists (select from app.account a where a.id = p_id) then return 'not_allowed'; end if;
  begin
    perform app.keep_name(p_id, p_name);
    update app.principal p set name = p_name, skeleton = null where p.id = p_id and p.name <> p_name;
    update app.account a set email = coalesce(p_email, a.email),
      password_hash = coalesce(p_password_hash, a.password_hash) where a.id = p_id;
  exception when unique_violation then
    get stacked diagnostics v_violated = constraint_name;
    if v_violated = 'account_email' then return 'email_taken'; end if;
    raise;
  end;
  return null;
end $$;

create or replace function app.update_person(
  p_id uuid, p_name text, p_email text, p_password_hash text, p_keep_session text, p_skeleton text
) returns text language plpgsql security definer set search_path = '' as $$
declare v_code text := app.update_person(p_id, p_name, p_email, p_password_hash, p_keep_session);
begin
  if v_code is null and p_name is not null then
    update app.principal p set skeleton = p_skeleton where p.id = p_id;
  end if;
  return v_code;
end $$;

-- ---- blocked terms -----------------------------------------------------------------------------------------------

-- For a node that judges texts, whoever sends them.
create or replace function app.terms_of_stream(p_stream uuid) returns table (ver bigint, terms jsonb)
language sql stable security definer set search_path = '' as $$
  select coalesce(t.ver, 0), coalesce(t.terms, '[]') from app.stream s
  left join app.host_terms t on t.host_id = s.host_id where s.id = p_stream
$$;

create or replace function app.my_terms() returns table (ver bigint, terms jsonb)
language sql stable security definer set search_path = '' as $$
  select coalesce(t.ver, 0), coalesce(t.terms, '[]')
  from (select) x left join app.host_terms t on t.host_id = app.pid()
$$;

-- All of them at once. `code` is a refusal; the version changes with the terms, and only then.
create or replace function app.set_terms(p_terms jsonb) returns table (code text, ver bigint)
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_column
begin
  if not exists (select from app.account a where a.id = app.pid() and a.can_host) then
    return query select 'not_allowed', null::bigint; return;
  end if;
  if jsonb_typeof(p_terms) is distinct from 'array' or jsonb_array_length(p_terms) > 500 or exists (
    select from jsonb_array_elements(p_terms) t
    where coalesce(t ->> 'action' not in ('hold', 'refuse') or length(t ->> 'pattern') not between 1 and 64, true)
  ) then return query select 'bad_request', null::bigint; return; end if;
  insert into app.host_terms as t (host_id, ver, terms) values (app.pid(), 1, p_terms)
  on conflict (host_id) do update set ver = t.ver + 1, terms = p_terms where t.terms <> p_terms;
  return query select null::text, t.ver from app.host_terms t where t.host_id = app.pid();
end $$;

grant execute on function
  app.stands(uuid, uuid), app.create_guest(uuid, text, text),
  app.create_account(uuid, text, text, text, boolean, text, timestamptz, text),
  app.create_first_host(uuid, text, text), app.update_person(uuid, text, text, text, text, text),
  app.terms_of_stream(uuid), app.my_terms(), app.set_terms(jsonb)
to stagedoor_app;
