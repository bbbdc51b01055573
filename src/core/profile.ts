/** The profile of a user: name, username and metadata. An absent key is unchanged, `null` clears. */

import { countCodePoints, hasHidden, hasLoneSurrogate, invalidField } from '../base/index.js'
import type { Context } from './context.js'
import { gone, requireId, requireObject, requireString, requireText } from './inputs.js'
import { metadataLimit, readJsonPatch } from './metadata.js'
import type { ProfilePatch } from './ports/index.js'
import type { Json, JsonObject, User, UserRef } from './types.js'
import { isReserved, readUsername, requireUsername } from './username.js'

const longestName = 160

/** The changes that `updateUserProfile` makes. */
export interface ProfileChange {
  readonly name?: string | null
  readonly username?: string | null
  readonly metadata?: Json
}

/** A name: trimmed, without control characters, 1 to 160 code points. @throws AuthError `input_invalid` */
export function requireName(value: unknown): string {
  const name = requireString('name', value).trim()
  if (name === '') throw invalidField('name', 'min', 1)
  if (countCodePoints(name, longestName) > longestName) throw invalidField('name', 'max', longestName)
  if (hasHidden(name) || hasLoneSurrogate(name)) throw invalidField('name', 'format')
  return name
}

function readPatch(attrs: unknown): ProfilePatch {
  const { name, username, metadata } = requireObject('attrs', attrs)
  return {
    ...(name !== undefined && { name: name === null ? null : requireName(name) }),
    ...(username !== undefined && {
      username: username === null ? null : requireUsername(requireString('username', username)),
    }),
    ...(metadata !== undefined && { metadata: readJsonPatch('metadata', metadata) }),
  }
}

/** The profile operations. */
export function createProfile({ store }: Context) {
  return {
    async getUserByUsername(username: string): Promise<User | null> {
      const read = readUsername(requireText('username', username))
      return read === null ? null : store.users.getByUsername(read.key)
    },

    async isUsernameTaken(username: string): Promise<boolean> {
      const read = readUsername(requireText('username', username))
      if (read === null) return false
      return isReserved(read.key) || (await store.users.getByUsername(read.key)) !== null
    },

    async updateUserProfile(user: UserRef, attrs: ProfileChange): Promise<User> {
      const id = requireId('user', user)
      const updated = await store.users.updateProfile(id, readPatch(attrs))
      if (updated === 'gone') throw gone('user')
      if (updated === 'username_taken') throw invalidField('username', 'taken')
      if (updated === 'metadata_too_large') throw invalidField('metadata', 'max', metadataLimit)
      return updated
    },

    async getPrivateMetadata(user: UserRef): Promise<JsonObject> {
      const metadata = await store.users.getPrivateMetadata(requireId('user', user))
      if (metadata === null) throw gone('user')
      return metadata
    },

    async setPrivateMetadata(user: UserRef, attrs: Json): Promise<JsonObject> {
      const id = requireId('user', user)
      const patched = await store.users.patchPrivateMetadata(id, readJsonPatch('privateMetadata', attrs))
      if (patched === 'gone') throw gone('user')
      if (patched === 'metadata_too_large') throw invalidField('privateMetadata', 'max', metadataLimit)
      return patched
    },
  }
}
