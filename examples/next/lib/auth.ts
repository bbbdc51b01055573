import { createAuth } from 'latchkey'
import type { Auth } from 'latchkey'
import { smtp } from 'latchkey/delivery/smtp'

export const baseUrl = process.env['BASE_URL'] ?? 'http://localhost:3005'

const smtpUrl = process.env['SMTP_URL']

// One engine in a process: Next loads a module once for each bundle, and again when it is edited.
const shared = globalThis as { latchkey?: Promise<Auth> }

// Without a sender, messages stay in the development inbox at /auth/dev/inbox. Production requires one.
const sender =
  smtpUrl === undefined ? {} : { sender: smtp({ url: smtpUrl, from: 'Example <auth@example.com>' }) }

/** The engine, opened at the first question, so that `next build` opens none. */
export const openAuth = (): Promise<Auth> =>
  (shared.latchkey ??= createAuth({
    database: process.env['DATABASE_URL'] ?? 'memory',
    migrate: true,
    secret: process.env['LATCHKEY_SECRET'],
    baseUrl,
    ...sender,
  }))
