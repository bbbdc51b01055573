/** A form with its form token, and its buttons. */

import type { Child } from 'hono/jsx'
import { tollField } from '../../http/index.js'
import type { Frame } from '../props.js'

/** A form that is posted to one of Latchkey's routes. */
export function Form(props: { frame: Frame; id: string; action: string; kind?: string; children?: Child }) {
  const { frame, id, action, kind = 'stack', children } = props
  return (
    <form data-part="form" data-kind={kind} id={id} method="post" action={action}>
      <input type="hidden" name="_form" value={frame.formToken} />
      {frame.toll === null ? null : (
        <input
          type="hidden"
          name={tollField}
          value={frame.toll.wait}
          {...(frame.toll.solve?.action === action && { 'data-toll': frame.toll.solve.challenge })}
        />
      )}
      {children}
    </form>
  )
}

/** A hidden field that identifies the link on this page, so that the form redeems no other. */
export function ShownLink({ value }: { value: string }) {
  return <input type="hidden" name="_link" value={value} />
}

/** How prominent a button is. */
export type ButtonKind = 'primary' | 'plain' | 'quiet' | 'danger'

/** The button that submits its form. */
export function Button(props: { kind?: ButtonKind; label?: string | undefined; children?: Child }) {
  const { kind = 'primary', label, children } = props
  return (
    <button
      type="submit"
      data-part="button"
      data-kind={kind}
      {...(label !== undefined && { 'aria-label': label })}
    >
      {children}
    </button>
  )
}

/** A link that looks like a button. */
export function ButtonLink(props: { kind?: ButtonKind; href: string; children?: Child }) {
  return (
    <a data-part="button" data-kind={props.kind ?? 'primary'} href={props.href}>
      {props.children}
    </a>
  )
}
