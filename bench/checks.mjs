// The expectations of the measurements, each as a sentence with its figure.

/** The row of a system in a table of the results. */
export function rowOf(results, operation, inFlight, name) {
  const table = results.tables.find((each) => each.operation === operation && each.inFlight === inFlight)
  return table?.rows.find((row) => row.name === name)
}

const atLeast = (sentence, value, bound) =>
  value === undefined
    ? []
    : [{ sentence, measured: value.toFixed(2), wanted: `at least ${bound}`, met: value >= bound }]
const atMost = (sentence, value, bound, unit = '') =>
  value === undefined
    ? []
    : [
        {
          sentence,
          measured: `${value.toFixed(value < 10 ? 2 : 0)}${unit}`,
          wanted: `at most ${bound}${unit}`,
          met: value <= bound,
        },
      ]

function ofStorm(storm) {
  if (storm === undefined) return []
  const excess = 'Storm of sign-ins: refusals that carry `Retry-After`'
  return [
    ...atMost('Storm of sign-ins: p99 of session checks', storm.checkP99, 50, ' ms'),
    ...atMost('Storm of sign-ins: resident memory', storm.mostMb, 400, ' MB'),
    {
      sentence: excess,
      measured: `${storm.withRetryAfter} of ${storm.refused}`,
      wanted: 'all',
      met: storm.withRetryAfter === storm.refused,
    },
    {
      sentence: 'Storm of sign-ins: answers that are neither 200, 429 nor 503',
      measured: String(storm.others),
      wanted: 'none',
      met: storm.others === 0,
    },
    ...atMost('Storm of sign-ins: the longest wait', storm.longest / 1000, 15, ' s'),
  ]
}

const footprintOf = ({ footprint }) => footprint?.find(({ name }) => name === 'Latchkey, without pg')

/** Runs all checks that the results allow. */
export function judge(results) {
  const session = (inFlight, name) => rowOf(results, 'session', inFlight, name)
  const [own, other] = [session(64, 'Latchkey'), session(64, 'better-auth')]
  const growth = results.growth?.map(({ p50 }) => p50)
  return [
    ...atLeast('Session check, 64 in flight, to the raw prepared join', own?.ratio, 2.5),
    ...atLeast('Session check, 16 in flight, to the raw prepared join', session(16, 'Latchkey')?.ratio, 1.6),
    ...atLeast('Session check, 1 in flight, to the raw prepared join', session(1, 'Latchkey')?.ratio, 0.95),
    ...atLeast(
      'Session check with the cache, 64 in flight, to the raw prepared join',
      session(64, 'Latchkey, cache')?.ratio,
      10,
    ),
    ...atLeast(
      "Session check, 64 in flight, to better-auth's `getSession`",
      own && other && own.ratio / other.ratio,
      25,
    ),
    ...atLeast(
      '`GET /auth/session`, 64 in flight, to a constant route of Hono',
      rowOf(results, 'http', 64, 'Latchkey')?.ratio,
      0.6,
    ),
    ...atLeast(
      '`GET /auth/session` with the cache, 64 in flight, to a constant route of Hono',
      rowOf(results, 'http', 64, 'Latchkey, cache')?.ratio,
      0.6,
    ),
    ...[16, 64].flatMap((inFlight) => {
      const [ownHttp, otherHttp] = ['Latchkey', 'better-auth'].map((name) =>
        rowOf(results, 'http', inFlight, name),
      )
      return atLeast(
        `\`GET /auth/session\`, ${inFlight} in flight, to better-auth's handler`,
        ownHttp && otherHttp && ownHttp.ratio / otherHttp.ratio,
        3,
      )
    }),
    ...[1, 4].flatMap((inFlight) =>
      atLeast(
        `Sign-in by password, ${inFlight} in flight, to argon2id alone`,
        rowOf(results, 'authenticate', inFlight, 'Latchkey')?.ratio,
        0.95,
      ),
    ),
    ...atLeast(
      'Issue and redeem a link, 1 in flight, to two raw statements',
      rowOf(results, 'redeem', 1, 'Latchkey')?.ratio,
      0.6,
    ),
    ...atMost('Import', footprintOf(results)?.importMs, 70, ' ms'),
    ...atMost('Process start to the first validated session', results.firstSessionMs, 200, ' ms'),
    ...atMost(
      'Growth: the slowest p50 to the fastest',
      growth && Math.max(...growth) / Math.min(...growth),
      1.2,
    ),
    ...ofStorm(results.storm),
  ]
}
