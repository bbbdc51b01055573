/** A section of a long page: its heading is beside its content, or above it on a phone. */

import type { Child } from 'hono/jsx'

/** A section that a link can point to. */
export function Section(props: { id: string; title: string; hint?: string; children?: Child }) {
  const { id, title, hint, children } = props
  return (
    <section data-part="section" id={id} aria-labelledby={`${id}-title`}>
      <div data-part="section-heading">
        <h2 id={`${id}-title`}>{title}</h2>
        {hint === undefined ? null : <p data-part="hint">{hint}</p>}
      </div>
      <div data-part="section-body">{children}</div>
    </section>
  )
}
