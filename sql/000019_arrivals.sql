-- Who may join and where their threads stand, planned once per connection instead of once per question: a plan of
-- either costs more than asking it for a hundred people. The answers are the same.
set local role stagedoor_owner;

-- The settings: one generic plan is kept, made of look-ups by key. Made while the tables are small it would read them
-- whole otherwise, and go on doing so when they are not. What is off counts as dear, and what is dear would be compiled.
create or replace function app.admissions(p_session text[], p_stream uuid[], p_now timestamptz)
returns table (
  id uuid, kind text, name text, can_host boolean, email text, has_password boolean, role text, banned boolean,
  seen bigint
) language plpgsql stable security definer set search_path = ''
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off
set enable_mergejoin = off set jit = off as $$
#variable_conflict use_column
begin
  return query
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
  order by q.nr;
end
$$;

create or replace function app.positions(p_kind text[], p_stream uuid[], p_audience uuid[])
returns table (kind text, stream_id uuid, viewer_id uuid, epoch uuid, seq bigint)
language plpgsql stable security definer set search_path = ''
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_hashjoin = off
set enable_mergejoin = off set jit = off as $$
#variable_conflict use_column
begin
  return query
  select k.kind, k.stream_id, case when k.kind = 'thread' then k.audience end,
    coalesce(l.epoch, r.epoch), coalesce(l.last_seq, 0)
  from unnest(p_kind, p_stream, p_audience) as k (kind, stream_id, audience)
  join app.log r on r.stream_id = k.stream_id and r.kind = 'room' and r.audience = k.stream_id
  left join app.log l on l.stream_id = k.stream_id and l.kind = k.kind and l.audience = k.audience;
end
$$;
