/**
 * Redeeming the usual sign-in in SQL: by a link or a code, at an address that is verified already. Nobody is
 * verified, replaced, renewed or notified by it, so its statement has a third of the parts of the one in
 * `redemption.ts`, and takes a third of its time: even a part that finds no row has to be set up.
 *
 * Invariant: it uses up nothing that it does not answer. Whatever it doesn't find is judged by the other
 * statement, so a first proof costs one statement more.
 */

import type { RedeemBy } from '../core/index.js'
import { momentText } from './exact-time.js'
import type { Row } from './queryable.js'
import { identityColumns, userColumns } from './rows.js'
import type { Runner } from './runner.js'
import {
  dropSpent,
  freshlySpent,
  giveBack,
  keepSpent,
  lockedCandidate,
  logRedeemed,
  valuesOf,
} from './spending.js'
import type { Prepared, Tables } from './statement.js'
import { prepare } from './statement.js'

function redeem(t: Tables, kind: 'link' | 'code', isHeld: boolean): Prepared {
  const holder = isHeld ? '$4' : null
  const [count, knownBrowser] = isHeld ? ['$5', '$6'] : ['$4', '$5']
  const spend =
    holder === null ? dropSpent(t, kind) : keepSpent(t, kind, { holder, renewedIf: 'v.redeemed_at is null' })
  return prepare(
    `verification_redeem_sign_in_${kind}${isHeld ? '_held' : ''}`,
    `with ${lockedCandidate(t, kind, { holder })},
    verified as (
      select i.* from ${t.identities} i join candidate c on c.identity_id = i.id where i.verified_at is not null
    ),
    spent as (
      ${spend} and exists (select from verified)
      returning v.*
    ),
    ${freshlySpent},
    ${kind === 'code' ? `${giveBack(t, count, knownBrowser)},` : ''}
    ${logRedeemed(t)}
    select s.id as verification_id, s.value as verification_value, ${userColumns('person')}, ${identityColumns('verified')},
      not exists (select from fresh) as again, ${momentText('coalesce(s.redeemed_at, moment.at)')} as redeemed_at
    from spent s, moment, person, verified`,
  )
}

/** The sign-ins of one schema. The result is undefined unless it was such a sign-in. */
export function prepareSignInRedemption(t: Tables) {
  const dropping = { link: redeem(t, 'link', false), code: redeem(t, 'code', false) }
  const keeping = { link: redeem(t, 'link', true), code: redeem(t, 'code', true) }

  return async (runner: Runner, by: RedeemBy, holder: Uint8Array | null): Promise<Row | undefined> => {
    if (by.kind !== 'link' && by.kind !== 'code') return undefined
    const refunding = by.kind === 'code' ? [by.refund, by.knownBrowser] : []
    const values = [...valuesOf('sign_in', by), ...(holder === null ? [] : [holder]), ...refunding]
    return runner.row((holder === null ? dropping : keeping)[by.kind], values)
  }
}
