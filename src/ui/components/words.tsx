/**
 * Texts that contain a value from a person. The value is isolated, so that a bidirectional mark in it can't
 * reorder the rest.
 */

import type { PlainKey } from '../texts/texts.js'
import type { Words } from '../texts/say.js'

/** A text with an emphasized address, name or number. */
export function Phrase(props: { words: Words; of: PlainKey; name: string; value: string }) {
  const { words, of, name } = props
  // In some languages and cases the text does not contain the value.
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

/** A time, as how long ago it was. */
export function Moment({ words, date, now }: { words: Words; date: Date; now: Date }) {
  return <time datetime={date.toISOString()}>{words.ago(date, now)}</time>
}
