/** An `Auth` for tests: in memory, with an inbox and a clock. */

import type { Auth } from '../auth/auth.js'
import { openAuth } from '../auth/auth.js'
import { isProduction } from '../base/index.js'
import { createInbox } from '../delivery/index.js'
import type { AuthOptions } from '../auth/options.js'
import { createTestClock } from './clock.js'
import type { TestClock } from './clock.js'
import { createTestInbox } from './inbox.js'
import type { TestInbox } from './inbox.js'
import { openMigratedMemory } from './template.js'

/** An `Auth` for tests, with its inbox and clock. */
export interface TestAuth {
  readonly auth: Auth
  readonly inbox: TestInbox
  readonly clock: TestClock
}

const testSecret = 'a secret of tests that opens nothing else'

/**
 * Creates an `Auth` for tests: in memory, with an inbox as its sender, no timers, and a clock that you can
 * advance. It takes the options of `createAuth`. Close it with `auth.close()`.
 *
 * The first one in a process takes about two seconds, each further one about a third of a second.
 * @example
 * ```ts
 * const { auth, inbox, clock } = await createTestAuth()
 * await auth.accounts.requestSignIn({ email: 'ada@example.com' }, { flow: 'a browser' })
 * const { code } = await inbox.latest('ada@example.com')
 * clock.advance('15m') // the code has expired
 * ```
 */
export async function createTestAuth(options: AuthOptions = {}): Promise<TestAuth> {
  const kept = createInbox()
  const { clock, decorate, within, movedMs } = createTestClock()
  const database = options.database ?? (await openMigratedMemory(options.schema ?? 'latchkey'))
  const auth = await openAuth(
    {
      secret: testSecret,
      // Tests send requests from any address, and read the inbox.
      development: isProduction() ? undefined : true,
      ...options,
      database,
      // In development the `Auth` has its own inbox, which its pages show.
      sender: options.sender ?? (isProduction() ? kept : undefined),
      baseUrl: options.baseUrl ?? 'http://localhost:3000',
      outbox: { worker: false, ...options.outbox },
      sweep: { every: false, ...options.sweep },
    },
    { decorate, within, movedMs },
  )
  return { auth, inbox: createTestInbox(auth.inbox ?? kept, () => auth.outbox.drain()), clock }
}
