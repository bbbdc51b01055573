/**
 * Batches lookups that wait at the same time into one statement, like DataLoader. Knows no SQL and no table.
 *
 * Invariants: (1) a single lookup starts immediately, and none waits while a slot is free; (2) a lookup only
 * joins a statement that begins after the call, so it sees everything committed before; (3) the longest wait
 * goes first, and a statement takes a limited number; (4) each caller gets its own result, or the error of
 * its own statement; (5) a statement that hangs keeps its slot for a second, and those behind it continue.
 */

/** How lookups are run. */
export interface Ways<Ask, Answer> {
  /** A single one. */
  one(ask: Ask): Promise<Answer>
  /** Two or more in one statement: returns the results in the order of the keys. */
  many(asks: readonly Ask[]): Promise<readonly Answer[]>
}

interface Waiter<Ask, Answer> {
  readonly ask: Ask
  readonly resolve: (answer: Answer) => void
  readonly reject: (fault: unknown) => void
}

// Two are enough: while the database runs one, the other's result is read and the next statement is written.
const maxAtOnce = 2
const maxTogether = 512
const patienceMs = 1000

/** Runs lookups, batched if several wait. */
export function createQueryBatching<Ask, Answer>(ways: Ways<Ask, Answer>): (ask: Ask) => Promise<Answer> {
  const waiting: Waiter<Ask, Answer>[] = []
  let atWork = 0
  let departures = 0
  // Counts how often statements were given up on; one that completes later no longer frees a slot.
  let era = 0
  let watching = false
  // Whether the last statement was shared: then the next lookup is unlikely to come alone.
  let crowded = false

  function takePlace(): () => void {
    const mine = era
    atWork++
    departures++
    return () => {
      if (mine !== era) return
      atWork--
      depart()
    }
  }

  function depart(): void {
    if (waiting.length === 0 || atWork >= maxAtOnce) return
    const group = waiting.splice(0, maxTogether)
    crowded = group.length > 1
    const leave = takePlace()
    const [first] = group
    if (group.length === 1 && first !== undefined) {
      void ways.one(first.ask).then(first.resolve, first.reject).finally(leave)
    } else {
      // Callers that just got a result start their next lookup within this turn of the event loop; the next
      // statement takes all of these.
      void answer(group).finally(() => process.nextTick(leave))
    }
  }

  async function answer(group: readonly Waiter<Ask, Answer>[]): Promise<void> {
    try {
      const answers = await ways.many(group.map(({ ask }) => ask))
      group.forEach(({ resolve }, place) => resolve(answers[place] as Answer))
    } catch (fault) {
      for (const { reject } of group) reject(fault)
    }
  }

  // Runs only while something waits.
  function watch(): void {
    watching = true
    const seen = departures
    setTimeout(() => {
      watching = false
      if (waiting.length === 0) return
      if (departures === seen) {
        era++
        atWork = 0
        depart()
      }
      if (waiting.length > 0) watch()
    }, patienceMs).unref()
  }

  return (ask) => {
    const free = atWork < maxAtOnce && waiting.length === 0
    if (free && !crowded) {
      const leave = takePlace()
      const answered = ways.one(ask)
      answered.then(leave, leave)
      return answered
    }
    // Requests that arrive together are parsed one by one within a turn of the event loop; at its end all of
    // them wait.
    if (free) setImmediate(depart)
    if (!watching) watch()
    return new Promise((resolve, reject) => waiting.push({ ask, resolve, reject }))
  }
}
