/** The document of every page: head, brand, and a card or a wide column in the middle. */

import type { Child } from 'hono/jsx'
import type { Frame } from '../props.js'
import { Icon } from './icon.js'

/** The props of the document. */
export interface LayoutProps {
  readonly frame: Frame
  /** The window title and the heading. */
  readonly title: string
  /** Whether there is an error: the window title then begins with it (WCAG technique G199). */
  readonly failed?: boolean | undefined
  /** A wide column for lists instead of a card for one form. */
  readonly wide?: boolean | undefined
  /** The seconds between reloads in browsers without scripts. */
  readonly refresh?: number | undefined
  /** Elements beside the brand. */
  readonly actions?: Child
  /** Elements below the card. */
  readonly footer?: Child
  readonly children?: Child
}

/** The product's mark: its logo, Latchkey's key, or the first letter of its name. */
export function Mark({ frame: { brand } }: { frame: Frame }) {
  if (brand.logo !== null) return <img data-part="logo" src={brand.logo} alt="" height="32" />
  const [letter = ''] = brand.name
  return (
    <span data-part="mark">{brand.name === 'Latchkey' ? <Icon name="key" /> : letter.toUpperCase()}</span>
  )
}

/** A whole document. */
export function Layout(props: LayoutProps) {
  const { frame, title, failed, wide, refresh, actions, footer, children } = props
  const { words, brand, scheme, nonce } = frame
  const said = failed === true ? words.say('common.error_title', { title }) : title
  return (
    <html lang={words.locale} {...(scheme !== null && { 'data-theme': scheme })}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content={scheme ?? 'light dark'} />
        <meta name="robots" content="noindex" />
        <title>{`${said} · ${brand.name}`}</title>
        <link rel="stylesheet" href={frame.stylesheet} nonce={nonce} />
        {refresh === undefined ? null : (
          <noscript>
            <meta http-equiv="refresh" content={refresh.toString()} />
          </noscript>
        )}
        <script type="module" src={frame.script} nonce={nonce}></script>
      </head>
      <body data-part="page" data-width={wide === true ? 'wide' : 'narrow'}>
        <header data-part="header">
          <span data-part="brand">
            <Mark frame={frame} />
            <bdi>{brand.name}</bdi>
          </span>
          {actions}
        </header>
        <main data-part={wide === true ? 'column' : 'card'}>{children}</main>
        {footer === undefined ? null : <footer data-part="footer">{footer}</footer>}
      </body>
    </html>
  )
}

/** The heading of a page, with a description. */
export function Heading({ title, children }: { title: string; children?: Child }) {
  return (
    <div data-part="heading">
      <h1 data-part="title">{title}</h1>
      {children === undefined ? null : <p data-part="lead">{children}</p>}
    </div>
  )
}
