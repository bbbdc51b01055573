/** Values as JSON, each in less time than `JSON.stringify` takes. */

const msPerDay = 86_400_000
const maxDays = 512
const pairs = Array.from({ length: 100 }, (_, number) => String(number).padStart(2, '0'))

// The dates of a session fall on few days, and formatting the day is the slow part.
const days = new Map<number, string>()

function dayText(day: number): string {
  const known = days.get(day)
  if (known !== undefined) return known
  if (days.size >= maxDays) days.clear()
  const text = new Date(day * msPerDay).toISOString().slice(0, -'00:00:00.000Z'.length)
  days.set(day, text)
  return text
}

/** The date as `toISOString` formats it. */
export function dateText(date: Date): string {
  const time = date.getTime()
  const day = Math.floor(time / msPerDay)
  const inDay = time - day * msPerDay
  const ms = inDay % 1000
  const seconds = (inDay - ms) / 1000
  const second = seconds % 60
  const minutes = (seconds - second) / 60
  const minute = minutes % 60
  const zeros = ms < 10 ? '00' : ms < 100 ? '0' : ''
  return `${dayText(day)}${pairs[(minutes - minute) / 60]}:${pairs[minute]}:${pairs[second]}.${zeros}${ms}Z`
}

/** The date as JSON. */
export const dateJson = (date: Date): string => `"${dateText(date)}"`
/** A date or null as JSON. */
export const dateOrNullJson = (date: Date | null): string => (date === null ? 'null' : dateJson(date))

/** A text or null as JSON. */
export const textJson = (text: string | null): string => (text === null ? 'null' : JSON.stringify(text))
