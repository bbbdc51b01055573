/** Form fields: each input is linked to its label, hint and error, and has the right `autocomplete`. */

import type { Child } from 'hono/jsx'
import type { FieldFault } from '../../base/index.js'
import type { FormState, Frame } from '../props.js'
import type { Words } from '../texts/say.js'
import { Icon } from './icon.js'

/** The props of every field. */
export interface FieldProps {
  readonly frame: Frame
  /** The id of its form, so that ids are unique on a page with several forms. */
  readonly within: string
  readonly form: FormState
}

type Kind = 'email' | 'phone' | 'code' | 'password' | 'text'

function faultText(words: Words, { rule, limit }: FieldFault, kind: Kind): string {
  if (rule === 'format' && (kind === 'email' || kind === 'phone' || kind === 'code')) {
    return words.say(`field.format_${kind}`)
  }
  if (rule === 'min' || rule === 'max') {
    return limit === undefined ? words.say('field.format') : words.count(`field.${rule}`, limit)
  }
  return words.say(`field.${rule}`)
}

interface InputProps extends FieldProps {
  readonly name: string
  readonly label: string
  readonly kind: Kind
  readonly hint?: string | undefined
  readonly input: Readonly<Record<string, string | number | boolean | undefined>>
  readonly children?: Child
}

/** A label, an input, its hint and its error. `input` has additional attributes. */
export function Field(props: InputProps) {
  const { frame, within, form, name, label, kind, hint, input, children } = props
  const id = `${within}-${name}`
  const fault = form.faults?.find(({ field }) => field === name)
  const described = [hint === undefined ? '' : `${id}-hint`, fault === undefined ? '' : `${id}-fault`]
    .filter((each) => each !== '')
    .join(' ')
  const value = kind === 'password' || kind === 'code' ? undefined : form.values?.[name]
  return (
    <div data-part="field" data-kind={kind}>
      <label data-part="label" for={id}>
        {label}
      </label>
      <div data-part="control">
        <input
          data-part="input"
          id={id}
          name={name}
          required
          {...(value !== undefined && { value })}
          {...(described !== '' && { 'aria-describedby': described })}
          {...(fault !== undefined && { 'aria-invalid': 'true', autofocus: fault === form.faults?.[0] })}
          {...input}
        />
        {children}
      </div>
      {hint === undefined ? null : (
        <p data-part="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {fault === undefined ? null : (
        <p data-part="fault" id={`${id}-fault`}>
          {faultText(frame.words, fault, kind)}
        </p>
      )}
    </div>
  )
}

/** An email address that identifies an account. */
export function EmailField(props: FieldProps & { value?: string | undefined }) {
  const { value, ...rest } = props
  return (
    <Field
      {...rest}
      name="email"
      kind="email"
      label={props.frame.words.say('common.email')}
      input={{
        type: 'email',
        autocomplete: 'username',
        inputmode: 'email',
        autocapitalize: 'none',
        spellcheck: 'false',
        ...(value !== undefined && { value }),
      }}
    />
  )
}

/** A phone number. */
export function PhoneField(props: FieldProps) {
  const { words } = props.frame
  return (
    <Field
      {...props}
      name="phone"
      kind="phone"
      label={words.say('common.phone')}
      hint={words.say('common.phone_hint')}
      input={{ type: 'tel', autocomplete: 'tel', inputmode: 'tel' }}
    />
  )
}

/** A password, which can be shown. It has no maximum length here, so that the browser cuts off nothing. */
export function PasswordField(
  props: FieldProps & { name?: string; label: string; fresh?: { readonly minLength: number } },
) {
  const { frame, within, form, name = 'password', label, fresh } = props
  const hint = fresh === undefined ? undefined : frame.words.count('common.password_hint', fresh.minLength)
  const id = `${within}-${name}`
  return (
    <Field
      frame={frame}
      within={within}
      form={form}
      name={name}
      kind="password"
      label={label}
      hint={hint}
      input={{
        type: 'password',
        autocomplete: fresh === undefined ? 'current-password' : 'new-password',
        ...(fresh !== undefined && { minlength: fresh.minLength }),
      }}
    >
      <button
        type="button"
        data-part="reveal"
        data-script
        aria-controls={id}
        aria-pressed="false"
        aria-label={frame.words.say('common.show_password')}
      >
        <Icon name="eye" />
      </button>
    </Field>
  )
}

/** A code of digits, in one field. */
export function CodeField(props: FieldProps & { length: number }) {
  const { length, ...rest } = props
  const { words } = props.frame
  return (
    <Field
      {...rest}
      name="code"
      kind="code"
      label={words.say('common.code')}
      hint={words.count('common.code_hint', length)}
      input={{
        type: 'text',
        inputmode: 'numeric',
        autocomplete: 'one-time-code',
        spellcheck: 'false',
        'data-digits': length,
      }}
    />
  )
}
