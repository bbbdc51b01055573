/** Turns rows into records. Columns have the prefix of their record, so that one row can contain several. */

import type { Account, Identity, JsonObject, Session, User } from '../core/index.js'
import type { Row } from './queryable.js'
import { toDate, toDateOrNull, writeTime } from './values.js'

/** The columns of a user, from the table alias `from`. */
export function userColumns(from: string): string {
  return `${from}.id as user_id, ${from}.name as user_name, ${from}.username as user_username,
    ${from}.metadata as user_metadata, ${from}.anonymous as user_anonymous, ${writeTime(`${from}.disabled_at`)} as user_disabled_at,
    ${writeTime(`${from}.created_at`)} as user_created_at, ${writeTime(`${from}.updated_at`)} as user_updated_at`
}

/** The columns of an identity, from the table alias `from`. */
export function identityColumns(from: string): string {
  return `${from}.id as identity_id, ${from}.user_id as identity_user_id, ${from}.type as identity_type,
    ${from}.value as identity_value, ${writeTime(`${from}.verified_at`)} as identity_verified_at,
    ${writeTime(`${from}.created_at`)} as identity_created_at, ${writeTime(`${from}.updated_at`)} as identity_updated_at`
}

/** The columns of a session, from the table alias `from`. */
export function sessionColumns(from: string): string {
  return `${from}.id as session_id, ${from}.user_id as session_user_id,
    ${writeTime(`${from}.authenticated_at`)} as session_authenticated_at, ${writeTime(`${from}.seen_at`)} as session_seen_at,
    ${writeTime(`${from}.idle_expires_at`)} as session_idle_expires_at, ${writeTime(`${from}.expires_at`)} as session_expires_at,
    array_to_string(${from}.methods, ',') as session_methods, host(${from}.ip) as session_ip,
    ${from}.user_agent as session_user_agent, ${writeTime(`${from}.created_at`)} as session_created_at`
}

/** A JSON value, whether or not the driver parsed it. */
export function toJson(value: unknown): unknown {
  return typeof value === 'string' ? JSON.parse(value) : value
}

/** The user of a row. */
export function toUser(row: Row): User {
  return {
    id: row['user_id'] as string,
    name: row['user_name'] as string | null,
    username: row['user_username'] as string | null,
    metadata: toJson(row['user_metadata']) as JsonObject,
    anonymous: row['user_anonymous'] as boolean,
    disabledAt: toDateOrNull(row['user_disabled_at']),
    createdAt: toDate(row['user_created_at']),
    updatedAt: toDate(row['user_updated_at']),
  }
}

/** The identity of a row. */
export function toIdentity(row: Row): Identity {
  return {
    id: row['identity_id'] as string,
    userId: row['identity_user_id'] as string,
    type: row['identity_type'] as string,
    value: row['identity_value'] as string,
    verifiedAt: toDateOrNull(row['identity_verified_at']),
    createdAt: toDate(row['identity_created_at']),
    updatedAt: toDate(row['identity_updated_at']),
  }
}

/** The user and the identity of a row. */
export function toAccount(row: Row): Account {
  return { user: toUser(row), identity: toIdentity(row) }
}

/** The session of a row. */
export function toSession(row: Row): Session {
  const methods = row['session_methods'] as string
  return {
    id: row['session_id'] as string,
    userId: row['session_user_id'] as string,
    authenticatedAt: toDate(row['session_authenticated_at']),
    seenAt: toDate(row['session_seen_at']),
    idleExpiresAt: toDate(row['session_idle_expires_at']),
    expiresAt: toDate(row['session_expires_at']),
    methods: methods === '' ? [] : methods.split(','),
    ip: row['session_ip'] as string | null,
    userAgent: row['session_user_agent'] as string | null,
    createdAt: toDate(row['session_created_at']),
  }
}

/** The ids in a column that contains a JSON array. */
export function toIds(value: unknown): string[] {
  return toJson(value) as string[]
}
