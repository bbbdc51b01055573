-- The schema changes behind the guarantees, one section per concern. Released migrations are immutable.

-- Proofs: secrets that are issued while an account changes hands.
--
-- The mark of the last time all pending proofs were ended. No two endings of one user leave the same mark.
alter table users add column proofs_ended_at timestamptz not null default '-infinity';
-- The mark as seen by the statement that issued the verification. Once the user has another mark, it is worthless, even
-- if it was committed after the ending.
alter table verifications add column issued_under timestamptz not null default '-infinity';
-- The same for a claim: no verification is issued for it once its user has a verified identity and another mark.
alter table identities add column claimed_under timestamptz not null default '-infinity';
-- A redeemed proof that still waits for its session: when it was redeemed, by which browser, which session on Redis was
-- begun with it, and until when no other may be.
alter table verifications
  add column redeemed_at timestamptz,
  add column redeemed_by bytea,
  add column session_id uuid,
  add column held_until timestamptz;
-- The session that was kept when all others ended, and when: for sessions that are stored elsewhere, whose records
-- follow after the commit.
alter table users add column spared_session_id uuid, add column spared_at timestamptz;

-- Sessions and the sweep.
--
-- When the next lease expires, and which messages failed: each query reads the beginning of an index.
create index outbox_leased_until_idx on outbox (leased_until)
  where leased_until is not null and delivered_at is null and failed_at is null;
create index outbox_failed_idx on outbox (created_at) where failed_at is not null;
-- An imported claim stays until it is verified or removed. Earlier imports are found by audit rows without an identity.
alter table identities add column kept boolean not null default false;
update identities i set kept = true
where i.verified_at is null and exists (
  select from audit a where a.user_id = i.user_id and a.event = 'user.created' and a.identity_id is null
);
drop index identities_claims_idx;
create index identities_claims_idx on identities (created_at, id) where verified_at is null and not kept;
-- The newest sessions of a user, without those that the mark ended, are one range of an index.
drop index sessions_user_id_idx;
create index sessions_user_id_idx on sessions (user_id, valid_since);

-- Passwords.
--
-- Hashes that another system made: until they are replaced, every comparison costs as much as with these.
create index passwords_foreign_idx on passwords (user_id) where left(hash, 31) <> '$argon2id$v=19$m=19456,t=2,p=1$';

-- Databases, roles and triggers.
--
--

-- Limits, known browsers and the toll.
--
-- Browsers in which a user signed in. A browser's name is a random text that it keeps; it authenticates nobody.
create table known_browsers (
  browser_hash bytea not null,
  user_id uuid not null,
  -- Wrong secrets in a row since the last sign-in.
  misses integer not null default 0,
  expires_at timestamptz not null,
  constraint known_browsers_pkey primary key (browser_hash, user_id),
  constraint known_browsers_user_id_fkey foreign key (user_id) references users (id) on delete cascade,
  constraint known_browsers_browser_hash_check check (octet_length(browser_hash) = 32)
);
create index known_browsers_user_id_idx on known_browsers (user_id);
create index known_browsers_expires_at_idx on known_browsers (expires_at);
-- Solved challenges, so that each is accepted once.
create table spent (
  id bytea not null,
  expires_at timestamptz not null,
  constraint spent_pkey primary key (id)
);
create index spent_expires_at_idx on spent (expires_at);
-- The last attempt, so that one that may or may not have been counted can be undone.
alter table attempts add column charge_id uuid;

-- Codes, approvals and browsers.
--
-- How many digits of the sealed code are sent; null means all of them, as for messages queued before.
alter table outbox add column code_length integer;
-- The session that a notice is about, so that its link can end it.
alter table outbox add column session_id uuid;

-- The outbox.
--
-- How often it was leased: the fencing token of its worker. A retry resets the attempts, but never this count.
alter table outbox add column leases integer not null default 0;
-- Secrets are sent first, in order of expiry; notices in order of their due time.
create index outbox_secrets_idx on outbox (to_type, expires_at, due_at)
  where delivered_at is null and failed_at is null and expires_at is not null;
create index outbox_notices_idx on outbox (to_type, due_at)
  where delivered_at is null and failed_at is null and expires_at is null;

-- Audit: the actor, and the session or key used.
--
--
alter table audit
  add column actor_type text not null default 'host',
  add column actor_id uuid,
  add column via_id uuid,
  add column impersonator_id uuid,
  add column organization_id uuid,
  add column target_id uuid,
  add column request_id uuid,
  add column user_agent text,
  -- A keyed digest of an address: shows who failed to sign in, without the address.
  add column address_mac bytea,
  add column detail jsonb,
  add column nonce uuid not null default gen_random_uuid();
create index audit_organization_id_idx on audit (organization_id, id) where organization_id is not null;
create index audit_actor_id_idx on audit (actor_id, id);
create index audit_created_at_idx on audit (created_at, id);
create index audit_personal_idx on audit (created_at, id)
  where ip is not null or user_agent is not null or address_mac is not null;

-- How long an audit row is kept at least. The role that serves may read it; the owner may change it.
create table audit_settings (
  id boolean not null default true,
  keep_ms bigint not null,
  constraint audit_settings_pkey primary key (id),
  constraint audit_settings_id_check check (id),
  constraint audit_settings_keep_ms_check check (keep_ms >= 86400000)
);
insert into audit_settings (keep_ms) values (34560000000);

-- The audit is append-only for every role: a row never changes, except that its personal data is cleared, and is never
-- deleted before it is as old as the settings require. Unqualified names are looked up in pg_catalog only.
create function audit_append_only() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $guard$
declare
  keep_ms bigint;
begin
  if tg_op = 'UPDATE' then
    if to_jsonb(new) - array['ip', 'user_agent', 'address_mac'] = to_jsonb(old) - array['ip', 'user_agent', 'address_mac']
      and (new.ip is null or new.ip = old.ip)
      and (new.user_agent is null or new.user_agent = old.user_agent)
      and (new.address_mac is null or new.address_mac = old.address_mac) then
      return new;
    end if;
  elsif tg_op = 'DELETE' then
    execute format('select keep_ms from %I.audit_settings', tg_table_schema) into strict keep_ms;
    if old.created_at < statement_timestamp() - keep_ms * interval '1 millisecond' then
      return old;
    end if;
  end if;
  raise exception 'the audit is append-only: % is refused', lower(tg_op) using errcode = 'insufficient_privilege';
end
$guard$;
create trigger audit_append_only before update or delete on audit for each row execute function audit_append_only();
create trigger audit_never_truncated before truncate on audit for each statement execute function audit_append_only();

-- Features: the migrations of each, by its number, and the time at which one last added a row to an account.
create table feature_migrations (
  feature text not null,
  id integer not null,
  checksum text not null,
  applied_at timestamptz not null,
  constraint feature_migrations_pkey primary key (feature, id)
);
alter table users add column planted_at timestamptz not null default '-infinity';
