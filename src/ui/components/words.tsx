/** Texts with something in the middle that people wrote: it stands apart, so that no mark in it reorders the rest. */

import type { PlainKey } from '../texts/texts.js'
import type { Words } from '../texts/say.js'

/** A text with an address, name or number standing out in it. */
export function Phrase(props: { words: Words; of: PlainKey; name: string; value: string }) {
  const { words, of, name } = props
  // Some languages, and some cases, say it without.
  if (!words.fills(of, name)) return <>{words.say(of)}</>
  const [before, after] = words.around(of, name)
  return (
    <>
      {before}
      <bdi data-part="value">{props.value}</bdi>
      {after}
    </>
  )
}

/** A moment, as how long ago it was. */
export function Moment({ words, date, now }: { words: Words; date: Date; now: Date }) {
  return <time datetime={date.toISOString()}>{words.ago(date, now)}</time>
}
