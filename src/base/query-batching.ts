/**
 * Look-ups that wait at the same time share a statement. Knows no SQL and no table.
 *
 * Invariants: (1) a lone look-up departs at once, and nothing waits while a place is free; (2) a look-up joins only a
 * statement that begins after it was asked for, so what was committed before is seen; (3) who waits longest departs
 * first, and a statement takes a bounded number; (4) each is told its own answer, or the fault of its own statement;
 * (5) a statement that hangs keeps its place for a second, and those behind it go on.
 */

/** How look-ups are answered. */
export interface Ways<Ask, Answer> {
  /** A lone one. */
  one(ask: Ask): Promise<Answer>
  /** Two or more in one statement: the answers in the order of what was asked. */
  many(asks: readonly Ask[]): Promise<readonly Answer[]>
}

interface Waiter<Ask, Answer> {
  readonly ask: Ask
  readonly resolve: (answer: Answer) => void
  readonly reject: (fault: unknown) => void
}

// Two are enough: while the database works on one, the other's answers are read and its successor is written.
const maxAtOnce = 2
const maxTogether = 512
const patienceMs = 1000

/** Answers look-ups, together where several wait. */
export function createQueryBatching<Ask, Answer>(ways: Ways<Ask, Answer>): (ask: Ask) => Promise<Answer> {
  const waiting: Waiter<Ask, Answer>[] = []
  let atWork = 0
  let departures = 0
  // Counts the times that statements were given up on; one that comes back later no longer gives a place back.
  let era = 0
  let watching = false
  // Whether the last statement was shared: then whoever comes next is unlikely to come alone.
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
      // Whoever is answered asks for the next one within this turn of the loop; the next statement takes all of these.
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
    // Requests that come at the same time are read one by one within a turn of the loop; at its end all of them wait.
    if (free) setImmediate(depart)
    if (!watching) watch()
    return new Promise((resolve, reject) => waiting.push({ ask, resolve, reject }))
  }
}
