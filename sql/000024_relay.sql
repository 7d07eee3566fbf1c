-- Video across nodes: where nodes reach each other, which of them has a stream's publisher, and a lease that nobody
-- takes from its holder by saying goodbye late.
set local role stagedoor_owner;

create table if not exists app.node (
  id uuid primary key,
  host text not null check (octet_length(host) between 1 and 255),
  port int not null check (port between 1 and 65535),
  seen_at timestamptz not null
);
alter table app.node enable row level security;
alter table app.node force row level security;
drop policy if exists by_function on app.node;
create policy by_function on app.node to stagedoor_owner using (true) with check (true);

-- Says that a node is there, and forgets those that have not said so for a minute.
create or replace function app.beat_node(p_id uuid, p_host text, p_port int) returns void
language plpgsql security definer set search_path = '' as $$
begin
  insert into app.node (id, host, port, seen_at) values (p_id, p_host, p_port, clock_timestamp())
  on conflict (id) do update set host = excluded.host, port = excluded.port, seen_at = excluded.seen_at;
  -- Nodes beat together: two deletes in different orders would wait for each other.
  delete from app.node n where n.id in (
    select o.id from app.node o where o.seen_at < now() - interval '1 minute' for update skip locked);
end $$;

create or replace function app.leave_node(p_id uuid) returns void
language sql security definer set search_path = '' as $$
  delete from app.node n where n.id = p_id
$$;

create or replace function app.node_at(p_id uuid) returns table (node uuid, host text, port int)
language sql stable security definer set search_path = '' as $$
  select n.id, n.host, n.port from app.node n where n.id = p_id
$$;

-- In the order asked; `state` is null where there is no such stream. `node` had its publisher within `p_ms`; its
-- address is null when it told none or was not heard of for 20 s.
create or replace function app.airings(p_streams uuid[], p_ms int)
returns table (state text, node uuid, host text, port int)
language sql stable security definer set search_path = '' as $$
  select s.state, l.node, n.host, n.port
  from unnest(p_streams) with ordinality as q (id, nr)
  left join app.stream s on s.id = q.id
  left join lateral (
    select s.aired_by as node where s.state <> 'ended' and s.aired_at > now() - p_ms * interval '1 ms') l on true
  left join app.node n on n.id = l.node and n.seen_at > now() - interval '20 s'
  order by q.nr
$$;

-- As the one with two arguments, and leaves a lease alone that another node renewed within `p_spare_ms`: a node that
-- lost its publisher writes that late, and the publisher may be at another one by then. With 0 it takes all.
create or replace function app.air(p_node uuid, p_streams uuid[], p_spare_ms int) returns setof uuid
language plpgsql security definer set search_path = '' as $$
begin
  perform from app.stream s where s.id = any (p_streams) order by s.id for no key update;
  update app.stream s set aired_at = clock_timestamp(), aired_by = p_node
  where s.id = any (p_streams) and s.state <> 'ended'
    and (s.aired_by is null or s.aired_by = p_node
      or s.aired_at <= clock_timestamp() - p_spare_ms * interval '1 ms');
  return query select s.id from app.stream s where s.id = any (p_streams) and s.state = 'ended';
end $$;

grant execute on function
  app.beat_node(uuid, text, int), app.leave_node(uuid), app.node_at(uuid), app.airings(uuid[], int),
  app.air(uuid, uuid[], int)
to stagedoor_app;
