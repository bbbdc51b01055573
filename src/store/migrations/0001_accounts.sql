-- Users, identities, sessions and verifications. Names are unqualified: the migration runs with the
-- configured schema alone on its search path. Released migrations are immutable.

create table users (
  id uuid not null,
  name text,
  username text,
  -- The username without letter case.
  username_key text,
  metadata jsonb not null default '{}',
  private_metadata jsonb not null default '{}',
  anonymous boolean not null default false,
  disabled_at timestamptz,
  -- A session is valid only when it was made at or after this moment: a sign-in that was under way while all
  -- sessions were ended can't leave one behind.
  sessions_ended_at timestamptz not null default '-infinity',
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint users_pkey primary key (id),
  constraint users_username_key_key unique (username_key),
  constraint users_username_check check ((username is null) = (username_key is null)),
  constraint users_metadata_check check (jsonb_typeof(metadata) = 'object' and octet_length(metadata::text) <= 32768),
  constraint users_private_metadata_check check (jsonb_typeof(private_metadata) = 'object' and octet_length(private_metadata::text) <= 32768)
);
create index users_created_at_idx on users (created_at, id);

create table passwords (
  user_id uuid not null,
  hash text not null,
  changed_at timestamptz not null,
  constraint passwords_pkey primary key (user_id),
  constraint passwords_user_id_fkey foreign key (user_id) references users (id) on delete cascade
);

create table identities (
  id uuid not null,
  user_id uuid not null,
  type text not null,
  value text not null,
  -- The value without letter case.
  value_key text not null,
  -- A claim that nothing hangs on yet: no password, no session, no other identity. Asking again finds this one.
  passwordless boolean not null,
  verified_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint identities_pkey primary key (id),
  constraint identities_user_id_fkey foreign key (user_id) references users (id) on delete cascade
);
-- An address belongs to whoever proves it.
create unique index identities_verified_key on identities (type, value_key) where verified_at is not null;
-- Asking a hundred times for an unproven address makes one pending account.
create unique index identities_passwordless_key on identities (type, value_key) where passwordless and verified_at is null;
create unique index identities_user_id_key on identities (user_id, type, value_key);
create index identities_claims_idx on identities (created_at) where verified_at is null;

create table sessions (
  id uuid not null,
  user_id uuid not null,
  -- SHA-256 of the 32 random bytes in the token.
  secret_hash bytea not null,
  authenticated_at timestamptz not null,
  -- Compared with users.sessions_ended_at; moved on for a session that is spared.
  valid_since timestamptz not null,
  seen_at timestamptz not null,
  idle_expires_at timestamptz not null,
  expires_at timestamptz not null,
  methods text[] not null,
  ip inet,
  user_agent text,
  created_at timestamptz not null,
  constraint sessions_pkey primary key (id),
  constraint sessions_user_id_fkey foreign key (user_id) references users (id) on delete cascade,
  constraint sessions_secret_hash_check check (octet_length(secret_hash) = 32)
);
create index sessions_user_id_idx on sessions (user_id);
create index sessions_idle_expires_at_idx on sessions (idle_expires_at);

create table verifications (
  id uuid not null,
  -- Null in a decoy, which makes asking for an unknown address look like asking for a known one.
  user_id uuid,
  identity_id uuid,
  type text not null,
  value text not null,
  value_key text not null,
  -- SHA-256 of the name of the browser that asked; null when it was asked for on the host's authority.
  flow_hash bytea,
  -- SHA-256 of the link token; null where only a code was sent.
  link_hash bytea,
  -- HMAC-SHA-256 of the code under the key `key_version`, bound to id and purpose.
  code_mac bytea not null,
  key_version integer not null,
  attempts integer not null default 0,
  expires_at timestamptz not null,
  code_expires_at timestamptz not null,
  created_at timestamptz not null,
  constraint verifications_pkey primary key (id),
  constraint verifications_user_id_fkey foreign key (user_id) references users (id) on delete cascade,
  constraint verifications_identity_id_fkey foreign key (identity_id) references identities (id) on delete cascade,
  constraint verifications_type_check check (type in ('email', 'phone', 'sign_in', 'recovery', 'email_change', 'phone_change')),
  constraint verifications_code_mac_check check (octet_length(code_mac) = 32)
);
-- One live verification per user, purpose, value and flow.
create unique index verifications_request_key on verifications (user_id, type, value_key, flow_hash) nulls not distinct;
create unique index verifications_link_hash_key on verifications (link_hash);
create index verifications_value_key_idx on verifications (type, value_key);
create index verifications_identity_id_idx on verifications (identity_id);
create index verifications_expires_at_idx on verifications (expires_at);

create table outbox (
  id uuid not null,
  -- Null in a decoy, which is dropped and never sent.
  user_id uuid,
  -- The verification whose secrets it carries. When that is gone the message is superseded.
  verification_id uuid,
  event text not null,
  to_type text not null,
  to_value text not null,
  -- AES-256-GCM, bound to id; null in a notice, and once it is delivered, dead or expired.
  sealed bytea,
  attempts integer not null default 0,
  -- When the first of its secrets ends.
  expires_at timestamptz,
  due_at timestamptz not null,
  leased_until timestamptz,
  delivered_at timestamptz,
  failed_at timestamptz,
  last_error text,
  created_at timestamptz not null,
  constraint outbox_pkey primary key (id),
  constraint outbox_user_id_fkey foreign key (user_id) references users (id) on delete cascade,
  constraint outbox_to_type_check check (to_type in ('email', 'phone')),
  constraint outbox_wiped_check check (sealed is null or (delivered_at is null and failed_at is null))
);
create index outbox_due_at_idx on outbox (due_at) where delivered_at is null and failed_at is null;
create index outbox_user_id_idx on outbox (user_id);
create index outbox_created_at_idx on outbox (created_at);

-- Budgets: how often something was tried on a subject, until when it counts.
create table attempts (
  budget text not null,
  subject text not null,
  count integer not null,
  resets_at timestamptz not null,
  constraint attempts_pkey primary key (budget, subject)
);
create index attempts_resets_at_idx on attempts (resets_at);

-- Append-only. No foreign keys: it outlives what it tells of.
create table audit (
  id bigint generated always as identity,
  event text not null,
  user_id uuid,
  identity_id uuid,
  session_id uuid,
  ip inet,
  outcome text not null,
  reason text,
  created_at timestamptz not null,
  constraint audit_pkey primary key (id),
  constraint audit_outcome_check check (outcome in ('success', 'failure'))
);
create index audit_user_id_idx on audit (user_id, id);
