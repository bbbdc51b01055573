-- A link that is opened in another browser, and where a secret was asked for. Released migrations are immutable.

alter table verifications
  -- From where it was asked for, as the page tells whoever opens the link.
  add column requested_ip inet,
  add column requested_user_agent text,
  -- When the holder of the link let the browser that asked sign in.
  add column approved_at timestamptz,
  -- Tries at the number that this browser shows.
  add column match_attempts integer not null default 0;
-- The browser that waits asks again and again.
create index verifications_flow_hash_idx on verifications (flow_hash) where flow_hash is not null;

-- Until when a budget that has no room is held shut, beyond its window.
alter table attempts add column held_until timestamptz;
