/** Identities of a user in the HTTP API. */

import * as z from 'zod'
import { identityFields } from '../base/index.js'
import { shapeOf } from './records.js'

/** An address or account that identifies a user. Until `verifiedAt` is set it is a claim. */
export const identitySchema = z.object(shapeOf(identityFields))

/** The user's identities. */
export const identitiesSchema = z.object({ identities: z.array(identitySchema) })
