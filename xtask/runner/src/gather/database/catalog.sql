-- Everything that the release before can name, as (class, id, schema, of,
-- name, facts). An id stays while its object is renamed.
with
space as (
  select oid, nspname, nspacl from pg_namespace
  where nspname not in ('pg_catalog', 'information_schema', 'gate_runner')
    and nspname not like 'pg\_toast%' and nspname not like 'pg\_temp%'
),
owned as materialized (
  select classid, objid from pg_depend where deptype = 'e'
),
published as materialized (
  select t.schemaname, t.tablename from pg_publication_tables t
  join pg_publication p on p.pubname = t.pubname where p.pubupdate or p.pubdelete
),
relation as materialized (
  select c.*, s.nspname from pg_class c join space s on s.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'f', 'v', 'm', 'S', 'c', 'i', 'I')
    and not exists (
      select from owned o where o.classid = 'pg_class'::regclass and o.objid = c.oid)
)
select 'schema', oid::text, nspname, '', nspname,
  json_build_object('acl', nspacl::text)
from space
union all
select case relkind when 'v' then 'view' when 'm' then 'materialized-view'
    when 'S' then 'sequence' when 'c' then 'composite' else 'table' end,
  r.oid::text, nspname, '', relname,
  json_build_object(
    'kind', relkind::text, 'persistence', relpersistence::text, 'acl', relacl::text,
    'filenode', nullif(pg_relation_filenode(r.oid), 0)::text,
    'replica_identity', relreplident::text,
    'row_security', case when relrowsecurity then 'on' end,
    'row_security_forced', case when relforcerowsecurity then 'on' end,
    'partition_of', (select inhparent::text from pg_inherits where inhrelid = r.oid and relispartition limit 1),
    'parents', (select string_agg(inhparent::text, ' ' order by inhparent) from pg_inherits
      where inhrelid = r.oid and not relispartition),
    'unfound', case when relkind = 'r' and (relreplident = 'n' or relreplident = 'd'
        and not exists (select from pg_index i where i.indrelid = r.oid and i.indisprimary))
      and exists (select from published p where p.schemaname = nspname and p.tablename = relname)
      then 'yes' end,
    'query', case when relkind in ('v', 'm') then md5(pg_get_viewdef(r.oid)) end)
from relation r where relkind not in ('i', 'I')
union all
select 'column', a.attrelid || '.' || a.attnum, r.nspname, a.attrelid::text, a.attname,
  json_build_object(
    'number', a.attnum::text, 'type', format_type(a.atttypid, a.atttypmod),
    'type_id', a.atttypid || ' ' || a.atttypmod,
    'not_null', case when a.attnotnull
      or exists (select from pg_type t where t.oid = a.atttypid and t.typnotnull) then 'yes' end,
    'default', coalesce(pg_get_expr(d.adbin, d.adrelid),
      (select t.typdefault from pg_type t where t.oid = a.atttypid and t.typtype = 'd')),
    'identity', nullif(a.attidentity, '')::text, 'generated', nullif(a.attgenerated, '')::text,
    'collation', nullif(a.attcollation, 0)::text, 'acl', a.attacl::text)
from relation r join pg_attribute a on a.attrelid = r.oid
  left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
where relkind not in ('i', 'I', 'S') and a.attnum > 0 and not a.attisdropped
union all
select 'index', i.indexrelid::text, r.nspname, i.indrelid::text, r.relname,
  json_build_object(
    'unique', case when i.indisunique then 'yes' end,
    'exclusion', case when i.indisexclusion then 'yes' end,
    'valid', case when i.indisvalid then 'yes' end,
    'filenode', nullif(pg_relation_filenode(r.oid), 0)::text,
    'columns', i.indkey::text,
    'arbiter', case when i.indisunique then
      regexp_replace(pg_get_indexdef(i.indexrelid), '^.* USING ', '') end)
from relation r join pg_index i on i.indexrelid = r.oid
union all
select 'constraint', c.oid::text, s.nspname,
  coalesce(nullif(c.conrelid, 0), c.contypid)::text, c.conname,
  json_build_object(
    'type', c.contype::text, 'valid', case when c.convalidated then 'yes' end,
    'definition', regexp_replace(pg_get_constraintdef(c.oid), ' NOT VALID$', ''),
    'columns', array_to_string(c.conkey, ' '), 'index', nullif(c.conindid, 0)::text,
    'parent', nullif(c.confrelid, 0)::text)
from pg_constraint c join space s on s.oid = c.connamespace
where c.contype <> 't'
union all
select 'type', t.oid::text, s.nspname, nullif(t.typrelid, 0)::text, t.typname,
  json_build_object(
    'kind', t.typtype::text, 'acl', t.typacl::text,
    'base', case when t.typtype = 'd' then format_type(t.typbasetype, t.typtypmod) end,
    'not_null', case when t.typnotnull then 'yes' end,
    'labels', (select json_agg(enumlabel order by enumsortorder)::text from pg_enum where enumtypid = t.oid))
from pg_type t join space s on s.oid = t.typnamespace
where (t.typtype in ('e', 'd', 'r')
    or t.typtype = 'c' and exists (select from relation r where r.oid = t.typrelid and r.relkind = 'c'))
  and not exists (select from owned o where o.classid = 'pg_type'::regclass and o.objid = t.oid)
union all
select 'function', p.oid::text, s.nspname, '',
  p.proname || '(' || oidvectortypes(p.proargtypes) || ')',
  json_build_object(
    'name', p.proname, 'kind', p.prokind::text, 'result', pg_get_function_result(p.oid),
    'arguments', pg_get_function_arguments(p.oid), 'defaults', p.pronargdefaults::text,
    'count', p.pronargs::text, 'security', case when p.prosecdef then 'definer' else 'invoker' end,
    'body', md5(p.prosrc || coalesce(p.probin, '')), 'acl', p.proacl::text)
from pg_proc p join space s on s.oid = p.pronamespace
where not exists (select from owned o where o.classid = 'pg_proc'::regclass and o.objid = p.oid)
union all
select 'trigger', t.oid::text, r.nspname, t.tgrelid::text, t.tgname,
  json_build_object(
    'enabled', t.tgenabled::text, 'internal', case when t.tgisinternal then 'yes' end,
    'function', t.tgfoid::text, 'type', t.tgtype::text,
    'definition', case when not t.tgisinternal then md5(pg_get_triggerdef(t.oid)) end)
from pg_trigger t join relation r on r.oid = t.tgrelid
union all
select 'policy', p.oid::text, r.nspname, p.polrelid::text, p.polname,
  json_build_object(
    'command', p.polcmd::text, 'permissive', case when p.polpermissive then 'yes' end,
    'roles', (select string_agg(role::regrole::text, ' ') from unnest(p.polroles) role),
    'using', pg_get_expr(p.polqual, p.polrelid), 'check', pg_get_expr(p.polwithcheck, p.polrelid))
from pg_policy p join relation r on r.oid = p.polrelid
union all
select 'rule', w.oid::text, r.nspname, w.ev_class::text, w.rulename,
  json_build_object('definition', md5(pg_get_ruledef(w.oid)))
from pg_rewrite w join relation r on r.oid = w.ev_class
where w.rulename <> '_RETURN'
union all
select 'extension', e.oid::text, '', '', e.extname,
  json_build_object('version', e.extversion, 'schema', e.extnamespace::regnamespace::text)
from pg_extension e where e.extname <> 'plpgsql'
