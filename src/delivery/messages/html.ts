/**
 * Renders messages as HTML: one narrow column that old mail clients also display, with all styles inline.
 *
 * Invariants: (1) every value that is filled in is escaped; (2) nothing is loaded from the network, so that
 * opening a message reveals nothing; (3) it is readable in light and dark mode, even if a client removes the
 * style element.
 */

import { escapeHtml } from './escape.js'

/** The parts of a message, in reading order. */
export interface MessageParts {
  readonly subject: string
  /** The name of the application. */
  readonly app: string
  /** Why the person gets this message. */
  readonly reason: string
  readonly link: { readonly url: string; readonly label: string } | null
  readonly code: { readonly digits: string; readonly label: string } | null
  readonly expiry: string | null
  readonly advice: string
}

const family = "system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans',sans-serif"
const styles = {
  page: 'margin:0;padding:0;background:#f6f6f3',
  column: 'max-width:480px;margin:0 auto;padding:32px 16px',
  app: `margin:0 0 16px;padding:0 4px;font:600 16px/1.4 ${family};color:#1d6b57`,
  card: 'padding:32px 28px;background:#ffffff;border:1px solid #e4e5e0;border-radius:16px',
  title: `margin:0 0 12px;font:700 24px/1.25 ${family};color:#181b1a`,
  text: `margin:0 0 24px;font:16px/1.55 ${family};color:#181b1a`,
  quiet: `margin:0 0 8px;font:14px/1.5 ${family};color:#5d6360`,
  button: `display:inline-block;padding:14px 28px;border-radius:12px;background:#1d6b57;color:#ffffff;text-decoration:none;font:600 16px/1.2 ${family}`,
  panel: 'margin:0 0 20px;padding:16px 20px;border-radius:12px;background:#f6f6f3;text-align:center',
  digits:
    'margin:0;font:700 36px/1.3 ui-monospace,Menlo,Consolas,monospace;letter-spacing:6px;white-space:nowrap;color:#181b1a',
  address: `margin:16px 0 0;padding:0 4px;font:13px/1.5 ${family};color:#5d6360;word-break:break-all`,
} as const

// Mail clients that change to dark mode by themselves use their own colors; this rule is for the others.
const dark = `@media (prefers-color-scheme:dark){
.page,.panel{background:#141716!important}
.card{background:#1c201e!important;border-color:#2e3331!important}
.ink{color:#eef1ef!important}
.quiet{color:#a3aba7!important}
.app{color:#7fc9b3!important}
}`

function element(name: 'p' | 'h1', of: readonly [kind: string, style: string], text: string): string {
  const [kind, style] = of
  return `<${name} class="${kind}" style="${style}">${escapeHtml(text)}</${name}>`
}

function linkOf({ link }: MessageParts): string {
  if (link === null) return ''
  return `<p style="${styles.text}"><a href="${escapeHtml(link.url)}" style="${styles.button}">${escapeHtml(link.label)}</a></p>`
}

function codeOf({ code }: MessageParts): string {
  if (code === null) return ''
  return `${element('p', ['quiet', styles.quiet], code.label)}
<div class="panel" style="${styles.panel}">${element('p', ['ink', styles.digits], code.digits)}</div>`
}

/** Renders the document in one locale. */
export function toHtml(locale: string, parts: MessageParts): string {
  const { subject, app, reason, link, expiry, advice } = parts
  const body = [
    element('h1', ['ink', styles.title], subject),
    element('p', ['ink', styles.text], reason),
    linkOf(parts),
    codeOf(parts),
    expiry === null ? '' : element('p', ['quiet', styles.quiet], expiry),
    element('p', ['quiet', styles.quiet], advice),
  ]
  return `<!doctype html>
<html lang="${locale}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${escapeHtml(subject)}</title>
<style>${dark}</style>
</head>
<body class="page" style="${styles.page}">
<div class="page" style="${styles.page}">
<div style="${styles.column}">
${element('p', ['app', styles.app], app)}
<div class="card" style="${styles.card}">
${body.filter((part) => part !== '').join('\n')}
</div>
${link === null ? '' : element('p', ['quiet', styles.address], link.url)}
</div>
</div>
</body>
</html>
`
}
