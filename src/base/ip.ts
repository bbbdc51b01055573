/** Validates network addresses. */

const octet = '(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])'
const ipv4 = new RegExp(`^${octet}(?:\\.${octet}){3}$`)

/** Whether the text is an IPv4 address in dotted form, or an IPv6 address without a zone. */
export function isIp(text: string): boolean {
  if (text.length > 45) return false
  if (ipv4.test(text)) return true
  if (!/^[0-9A-Fa-f:.]+$/.test(text) || !text.includes(':')) return false
  return URL.canParse(`http://[${text}]/`)
}
