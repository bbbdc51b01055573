/** An engine for tests: in memory, with an inbox and a clock. */

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

/** An engine for tests. */
export interface TestAuth {
  readonly auth: Auth
  readonly inbox: TestInbox
  readonly clock: TestClock
}

const testSecret = 'a secret of tests that opens nothing else'

/**
 * Opens an engine for tests: in memory, with an inbox as its sender, no timers, and a clock of its own. Takes the
 * options of `createAuth`. Close it with `auth.close()`.
 *
 * The first engine of a process takes about two seconds, every other about a third of one.
 */
export async function createTestAuth(options: AuthOptions = {}): Promise<TestAuth> {
  const kept = createInbox()
  const { clock, decorate, within, movedMs } = createTestClock()
  const database = options.database ?? (await openMigratedMemory(options.schema ?? 'latchkey'))
  const auth = await openAuth(
    {
      secret: testSecret,
      // Tests ask from every address, and look into the inbox.
      development: isProduction() ? undefined : true,
      ...options,
      database,
      // In development the engine keeps an inbox of its own, which its pages show.
      sender: options.sender ?? (isProduction() ? kept : undefined),
      baseUrl: options.baseUrl ?? 'http://localhost:3000',
      outbox: { worker: false, ...options.outbox },
      sweep: { every: false, ...options.sweep },
    },
    { decorate, within, movedMs },
  )
  return { auth, inbox: createTestInbox(auth.inbox ?? kept, () => auth.outbox.drain()), clock }
}
