/** The closed lists with the shipped features, for hosts. */

import { foldFeatures, purposeNames } from './fold.js'
import { features } from './index.js'

const folded = foldFeatures(features)

/** The names of all events. */
export const eventTypes = folded.events

/** The notices: messages without a secret that inform the owner of an address about their account. */
export const noticeEvents = folded.notices

/** The purposes of a verification. A secret is accepted only for its own purpose. */
export const verificationTypes = purposeNames(folded)
