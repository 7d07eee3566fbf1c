-- Principals (guests and accounts) and everything that proves who they are. The server's role may read names;
-- addresses, hashes, sessions and links are reached through the functions below and by nothing else.
set local role stagedoor_owner;

create table if not exists app.principal (
  id uuid primary key,
  kind text not null check (kind in ('guest', 'account')),
  name text not null check (octet_length(name) between 1 and 256),
  created_at timestamptz not null default now()
);

create table if not exists app.account (
  id uuid primary key references app.principal,
  email text check (octet_length(email) <= 254),
  password_hash text,
  can_host boolean not null default false
);
create unique index if not exists account_email on app.account (lower(email));

create table if not exists app.session (
  id text primary key,
  principal_id uuid not null references app.principal,
  expires_at timestamptz not null
);
create index if not exists session_principal on app.session (principal_id);

create table if not exists app.login_link (
  token_hash text primary key,
  principal_id uuid not null references app.principal,
  expires_at timestamptz not null
);

create table if not exists app.invite (
  token_hash text primary key,
  by_id uuid not null references app.principal,
  can_host boolean not null,
  expires_at timestamptz not null,
  used_by uuid references app.principal
);

do $$ declare t text; begin
  foreach t in array array['principal', 'account', 'session', 'login_link', 'invite'] loop
    execute format('alter table app.%I enable row level security', t);
    execute format('alter table app.%I force row level security', t);
    -- The owner is bound by policies too; only the definer functions run as it.
    execute format('drop policy if exists by_function on app.%I', t);
    execute format('create policy by_function on app.%I to stagedoor_owner using (true) with check (true)', t);
  end loop;
end $$;

create or replace function app.person(p_id uuid)
returns table (id uuid, kind text, name text, can_host boolean, email text, has_password boolean)
language sql stable security definer set search_path = '' as $$
  select p.id, p.kind, p.name, coalesce(a.can_host, false), a.email, a.password_hash is not null
  from app.principal p left join app.account a on a.id = p.id
  where p.id = p_id
$$;

create or replace function app.create_guest(p_id uuid, p_name text) returns void
language sql security definer set search_path = '' as $$
  insert into app.principal (id, kind, name) values (p_id, 'guest', p_name)
$$;

-- Null on success, else the refusal. A guest that signs up under its own id keeps it, and its threads.
create or replace function app.create_account(
  p_id uuid, p_name text, p_email text, p_password_hash text, p_can_host boolean, p_invite_hash text, p_now timestamptz
) returns text language plpgsql security definer set search_path = '' as $$
declare
  v_can_host boolean := p_can_host;
  v_violated text;
begin
  if p_invite_hash is not null then
    -- The lock makes two sign-ups with one invite wait for each other.
    select i.can_host into v_can_host from app.invite i
    where i.token_hash = p_invite_hash and i.used_by is null and i.expires_at > p_now for update;
    if not found then return 'invite_needed'; end if;
  end if;
  begin
    insert into app.principal as p (id, kind, name) values (p_id, 'account', p_name)
    on conflict (id) do update set kind = 'account', name = excluded.name where p.kind = 'guest';
    insert into app.account (id, email, password_hash, can_host)
    values (p_id, p_email, p_password_hash, v_can_host);
    update app.invite i set used_by = p_id where i.token_hash = p_invite_hash;
  exception when unique_violation then
    get stacked diagnostics v_violated = constraint_name;
    if v_violated = 'account_email' then return 'email_taken'; end if;
    raise;
  end;
  return null;
end $$;

create or replace function app.update_person(p_id uuid, p_name text, p_email text, p_password_hash text)
returns text language plpgsql security definer set search_path = '' as $$
declare v_violated text;
begin
  if not exists (select from app.principal p where p.id = p_id) then return 'not_found'; end if;
  if (p_email is not null or p_password_hash is not null)
    and not exists (select from app.account a where a.id = p_id) then return 'not_allowed'; end if;
  begin
    update app.principal p set name = p_name where p.id = p_id and p_name is not null;
    update app.account a set email = coalesce(p_email, a.email),
      password_hash = coalesce(p_password_hash, a.password_hash) where a.id = p_id;
  exception when unique_violation then
    get stacked diagnostics v_violated = constraint_name;
    if v_violated = 'account_email' then return 'email_taken'; end if;
    raise;
  end;
  return null;
end $$;

create or replace function app.credentials(p_email text) returns table (id uuid, password_hash text)
language sql stable security definer set search_path = '' as $$
  select a.id, a.password_hash from app.account a where lower(a.email) = lower(p_email)
$$;

create or replace function app.password_hash(p_id uuid) returns text
language sql stable security definer set search_path = '' as $$
  select a.password_hash from app.account a where a.id = p_id
$$;

create or replace function app.without_host() returns boolean
language sql stable security definer set search_path = '' as $$
  select not exists (select from app.account a where a.can_host)
$$;

create or replace function app.unclaimed_host() returns uuid
language sql stable security definer set search_path = '' as $$
  select a.id from app.account a join app.principal p on p.id = a.id
  where a.can_host and a.password_hash is null order by p.created_at, a.id limit 1
$$;

-- What expired long ago goes when something new comes; measured from the new one, because the caller's clock counts.
create or replace function app.create_session(p_id text, p_principal uuid, p_expires_at timestamptz) returns void
language sql security definer set search_path = '' as $$
  delete from app.session s where s.principal_id = p_principal and s.expires_at < p_expires_at - interval '90 days';
  insert into app.session (id, principal_id, expires_at) values (p_id, p_principal, p_expires_at)
$$;

create or replace function app.session_person(p_id text, p_now timestamptz)
returns table (id uuid, kind text, name text, can_host boolean, email text, has_password boolean)
language sql stable security definer set search_path = '' as $$
  select p.* from app.session s, app.person(s.principal_id) p where s.id = p_id and s.expires_at > p_now
$$;

create or replace function app.end_session(p_id text) returns void
language sql security definer set search_path = '' as $$
  delete from app.session s where s.id = p_id
$$;

create or replace function app.end_sessions(p_principal uuid, p_except text) returns void
language sql security definer set search_path = '' as $$
  delete from app.session s where s.principal_id = p_principal and s.id is distinct from p_except
$$;

create or replace function app.create_login_link(p_token_hash text, p_principal uuid, p_expires_at timestamptz)
returns void language sql security definer set search_path = '' as $$
  delete from app.login_link l where l.expires_at < p_expires_at - interval '90 days';
  insert into app.login_link (token_hash, principal_id, expires_at) values (p_token_hash, p_principal, p_expires_at)
$$;

-- The row goes with its use, so that of two racing uses one finds nothing.
create or replace function app.redeem_login_link(p_token_hash text, p_now timestamptz) returns uuid
language sql security definer set search_path = '' as $$
  delete from app.login_link l where l.token_hash = p_token_hash and l.expires_at > p_now
  returning l.principal_id
$$;

create or replace function app.create_invite(p_token_hash text, p_by uuid, p_can_host boolean, p_expires_at timestamptz)
returns void language sql security definer set search_path = '' as $$
  insert into app.invite (token_hash, by_id, can_host, expires_at) values (p_token_hash, p_by, p_can_host, p_expires_at)
$$;

grant execute on function
  app.person(uuid), app.create_guest(uuid, text),
  app.create_account(uuid, text, text, text, boolean, text, timestamptz),
  app.update_person(uuid, text, text, text), app.credentials(text), app.password_hash(uuid),
  app.without_host(), app.unclaimed_host(),
  app.create_session(text, uuid, timestamptz), app.session_person(text, timestamptz),
  app.end_session(text), app.end_sessions(uuid, text),
  app.create_login_link(text, uuid, timestamptz), app.redeem_login_link(text, timestamptz),
  app.create_invite(text, uuid, boolean, timestamptz)
to stagedoor_app;
