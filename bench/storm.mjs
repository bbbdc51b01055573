// A storm of sign-ins while other people only check their sessions.
import { readFileSync } from 'node:fs'
import { percentile } from './measure.mjs'
import { start } from './calls.mjs'

const size = 256
const checksInFlight = 4

const residentMb = (pid) =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024

/** Sends the bursts to a server in its own process, from two others. */
export async function measureStorm({ worker, target, bursts }) {
  const [stormy, calm] = [start('load.mjs', 'storm'), start('load.mjs', 'checks')]
  let mostMb = 0
  const watch = setInterval(() => (mostMb = Math.max(mostMb, residentMb(worker.pid))), 50)
  try {
    const [outcomes, checks] = await Promise.all([
      stormy.call('storm', { target, size, bursts }),
      calm.call('run', { target, inFlight: checksInFlight, ms: bursts * 1000 }),
    ])
    const times = outcomes.map(({ ms }) => ms).sort((a, b) => a - b)
    const expected = [200, 429, 503]
    const others = outcomes.filter(({ status }) => !expected.includes(status)).map(({ status }) => status)
    const refused = outcomes.filter(({ status }) => status === 429 || status === 503)
    return {
      sent: outcomes.length,
      signedIn: outcomes.filter(({ status }) => status === 200).length,
      refused: refused.length,
      withRetryAfter: refused.filter(({ retryAfter }) => retryAfter).length,
      others: others.length,
      otherKinds: [...new Set(others)],
      p50: percentile(times, 0.5),
      longest: times.at(-1),
      checkP50: checks.p50,
      checkP99: checks.p99,
      checksPerSecond: checks.perSecond,
      mostMb,
    }
  } finally {
    clearInterval(watch)
    await stormy.stop()
    await calm.stop()
  }
}
