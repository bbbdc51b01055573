/** Ids are random UUIDs (RFC 9562 version 4): they reveal no time and no order. */

const hex = Array.from({ length: 256 }, (_, value) => value.toString(16).padStart(2, '0'))
const pattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** Whether the text is an id in canonical form: lower case, with hyphens. */
export function isId(text: string): boolean {
  return pattern.test(text)
}

/** The text of an id that is given as 16 bytes, starting at `offset`. */
export function idFromBytes(bytes: Uint8Array, offset = 0): string {
  let text = ''
  for (let index = 0; index < 16; index++) {
    if (index === 4 || index === 6 || index === 8 || index === 10) text += '-'
    text += hex[bytes[offset + index] as number] as string
  }
  return text
}

/** The 16 bytes of an id. */
export function idToBytes(id: string): Uint8Array {
  const digits = id.replaceAll('-', '')
  const bytes = new Uint8Array(16)
  for (let index = 0; index < 16; index++)
    bytes[index] = Number.parseInt(digits.slice(index * 2, index * 2 + 2), 16)
  return bytes
}
