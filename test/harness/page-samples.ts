/** Every page in every state that it has, with made-up people: for the tests that render, measure and picture pages. */

import type { Identity, Message, Session, User } from '../../src/core/index.js'
import { emailOtp, magicLink, password, smsOtp } from './page-ways.js'
import { createAssets } from '../../src/ui/assets/assets.js'
import { readPagesOptions } from '../../src/ui/options.js'
import type { PagesOptions } from '../../src/ui/options.js'
import { createPaths } from '../../src/ui/paths.js'
import type { Frame, PageName, PageProps } from '../../src/ui/props.js'
import { createWords } from '../../src/ui/texts/say.js'
import type { LocaleName } from '../../src/ui/texts/texts.js'
import { builtTexts, featurePageNames, featurePages, messageEvents } from './shipped-features.js'

/** The moment at which the samples are looked at. */
export const now = new Date('2026-03-04T12:00:00Z')

const ago = (minutes: number): Date => new Date(now.getTime() - minutes * 60_000)

const agents = {
  mac: 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:140.0) Gecko/20100101 Firefox/140.0',
  phone:
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1',
  windows:
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36',
}

/** What a sample may be made with. */
export interface SampleChoice {
  readonly locale?: LocaleName
  readonly options?: PagesOptions
  /** Stands wherever a person may have written something. */
  readonly written?: string
}

// As the page is given them by the features.
const signInLinks = { password: [{ href: '/auth/forgot-password', text: 'sign_in.forgot' }] } as const

// As the feature says it.
const emailChange = {
  purpose: 'email_change',
  own: featurePages.flatMap(({ links }) => links?.email_change?.confirm ?? []).at(0) ?? null,
} as const

/** The frame that every sample stands in. */
export function sampleFrame({ locale = 'en', options = {} }: SampleChoice = {}): Frame {
  const settings = readPagesOptions(options, [], featurePageNames)
  const paths = createPaths('/auth', featurePageNames)
  const assets = createAssets(settings)
  return {
    words: createWords(locale, settings.brand.name, {
      built: builtTexts,
      replaced: settings.texts,
    }),
    brand: settings.brand,
    scheme: settings.scheme,
    paths,
    stylesheet: settings.stylesheet ?? paths.asset(assets.stylesheet.name),
    script: paths.asset(assets.script.name),
    nonce: 'bm9uY2U',
    formToken: 'form-token',
    toll: null,
    now,
  }
}

function sampleSession(id: string, userAgent: string | null, seen: number): Session {
  return {
    id,
    userId: 'u1',
    authenticatedAt: ago(seen + 3),
    seenAt: ago(seen),
    idleExpiresAt: now,
    expiresAt: now,
    methods: ['password'],
    ip: id === 's2' ? '2001:db8:85a3::8a2e:370:7334' : '203.0.113.7',
    userAgent,
    createdAt: ago(seen + 4000),
  }
}

function sampleIdentity(value: string, verifiedAt: Date | null): Identity {
  return {
    id: value,
    userId: 'u1',
    type: 'email',
    value,
    verifiedAt,
    createdAt: ago(9000),
    updatedAt: ago(9000),
  }
}

function sampleMessages(address: string): readonly Message[] {
  const message = (id: string, rest: Pick<Message, 'event'> & Partial<Message>): Message => ({
    id,
    to: { type: 'email', value: address },
    user: { id: 'u1', name: null },
    ...rest,
  })
  return [
    message('m3', {
      event: 'sign_in',
      code: '730518',
      link: 'http://localhost:3000/auth/magic-link/callback?token=AbSp7QmZk3vN0tYx8WcRf1Ld4uHj6GeBAbSp7QmZk3vN0tYx8WcRf1Ld4u',
    }),
    message('m2', { event: 'account_verified' }),
    message('m1', { event: 'phone', to: { type: 'phone', value: '+351912345678' }, code: '204417' }),
  ]
}

type Samples = readonly { readonly [Name in PageName]: readonly [Name, string, PageProps[Name]] }[PageName][]

/** All samples: the name of the page, what is special, and its properties. */
export function pageSamples(choice: SampleChoice = {}): Samples {
  const frame = sampleFrame(choice)
  const english = sampleFrame({ ...choice, locale: 'en' })
  const { written } = choice
  const address = written ?? 'ada@example.com'
  const limits = { minLength: 12 }
  const user: User = {
    id: 'u1',
    name: written ?? 'Ada Lovelace',
    username: written ?? 'ada',
    metadata: {},
    anonymous: false,
    disabledAt: null,
    createdAt: ago(9000),
    updatedAt: ago(9000),
  }
  const account = {
    sections: [],
    frame,
    user,
    identities: [sampleIdentity(address, ago(9000)), sampleIdentity('ada.lovelace@analytical.example', null)],
    sessions: [
      sampleSession('s2', written ?? agents.phone, 190),
      sampleSession('s1', agents.mac, 0),
      sampleSession('s3', agents.windows, 5000),
    ],
    current: 's1',
    chosenLocale: null,
    hasPassword: true,
    fresh: true,
    password: limits,
    done: null,
    form: {},
  } as const
  const signIn = {
    frame,
    ways: [magicLink, password, emailOtp, smsOtp],
    form: {},
    done: null,
    links: signInLinks,
    fresh: false,
  }
  const verify = {
    frame,
    form: {},
    sent: { type: 'email', value: address },
    codeAction: frame.paths.callback('verification'),
    codeLength: 6,
    link: true,
    resendAction: frame.paths.request('verification'),
    resendAfterSeconds: 60,
    sentAgain: false,
    waiting: null,
  } as const
  const waiting = { ...verify, codeAction: frame.paths.callback('email-otp') }
  const confirm = {
    own: null,
    frame,
    form: {},
    shownLink: 'shown',
    approvals: true,
    purpose: 'sign_in',
    address,
    elsewhere: null,
    finished: false,
    password: limits,
  } as const
  const elsewhere = { userAgent: written ?? agents.windows, network: written ?? '203.0.113.7', at: ago(2) }
  const faults = [
    { field: 'email', rule: 'format' },
    { field: 'password', rule: 'min', limit: 12 },
  ] as const
  const values = { email: written ?? 'ada@example' }

  return [
    ['landing', 'a stranger', { frame: english, user: null, hasSignUp: true }],
    ['landing', 'a stranger, without passwords', { frame: english, user: null, hasSignUp: false }],
    ['landing', 'signed in', { frame: english, user, hasSignUp: true }],
    ['sign-in', 'at first', signIn],
    ['sign-in', 'by link alone', { ...signIn, ways: [magicLink] }],
    ['sign-in', 'after a proof', { ...signIn, done: 'address_confirmed' }],
    [
      'sign-in',
      'refused',
      { ...signIn, form: { way: 'password', values, refused: { code: 'invalid_credentials' } } },
    ],
    [
      'sign-in',
      'refused for too many',
      {
        ...signIn,
        form: { way: 'magic-link', values, refused: { code: 'rate_limited', retryAfterMs: 42_000 } },
      },
    ],
    ['sign-in', 'again', { ...signIn, ways: [password], fresh: true }],
    ['sign-up', 'at first', { frame, form: {}, password: limits }],
    [
      'sign-up',
      'refused',
      { frame, form: { values, faults, refused: { code: 'input_invalid' } }, password: limits },
    ],
    ['verify', 'at first', verify],
    ['verify', 'refused', { ...verify, form: { refused: { code: 'invalid_token' } } }],
    [
      'verify',
      'a phone',
      { ...verify, sent: { type: 'phone', value: written ?? '+351912345678' }, link: false },
    ],
    ['verify', 'of nothing', { ...verify, sent: null }],
    ['verify', 'waiting', { ...waiting, waiting: { number: '47', ready: false } }],
    ['verify', 'ready', { ...waiting, waiting: { number: '47', ready: true } }],
    ['verify', 'sent again', { ...verify, codeAction: null, sentAgain: true }],
    ['forgot-password', 'at first', { frame, form: {} }],
    [
      'reset-password',
      'by code',
      { frame, form: {}, link: false, shownLink: null, address, codeLength: 6, password: limits },
    ],
    [
      'reset-password',
      'by link',
      { frame, form: {}, link: true, shownLink: 'shown', address: null, codeLength: 6, password: limits },
    ],
    [
      'reset-password',
      'of nothing',
      {
        frame,
        form: { faults },
        link: false,
        shownLink: null,
        address: null,
        codeLength: 6,
        password: limits,
      },
    ],
    ['confirm', 'here', confirm],
    ['confirm', 'an address', { ...confirm, purpose: 'email' }],
    ['confirm', 'a change', { ...confirm, ...emailChange }],
    ['confirm', 'elsewhere', { ...confirm, elsewhere }],
    ['confirm', 'an address elsewhere', { ...confirm, purpose: 'email', elsewhere }],
    ['confirm', 'a change elsewhere', { ...confirm, ...emailChange, elsewhere }],
    ['confirm', 'finished', { ...confirm, elsewhere, finished: true }],
    ['account', 'at first', account],
    [
      'account',
      'refused',
      {
        ...account,
        fresh: false,
        form: {
          section: 'password',
          faults: [{ field: 'currentPassword', rule: 'current' }],
          refused: { code: 'input_invalid' },
        },
      },
    ],
    [
      'account',
      'alone',
      { ...account, sessions: account.sessions.slice(1, 2), hasPassword: false, done: 'saved' },
    ],
    ['signed-out', 'asked', { frame, why: 'asked' }],
    ['signed-out', 'ended', { frame, why: 'ended' }],
    ['signed-out', 'deleted', { frame, why: 'deleted' }],
    ['end-session', 'asked', { frame, form: {}, state: 'asked', shownLink: 'shown-link' }],
    ['end-session', 'ended', { frame, form: {}, state: 'ended', shownLink: '' }],
    ['end-session', 'gone', { frame, form: {}, state: 'gone', shownLink: '' }],
    ['error', 'a link', { frame, code: 'invalid_token', requestId: 'r1', again: frame.paths.signIn }],
    [
      'error',
      'too many',
      { frame, code: 'rate_limited', retryAfterMs: 600_000, requestId: 'r1', again: null },
    ],
    [
      'error',
      'inside',
      { frame, code: 'internal', requestId: '0f4c1c5e-53a7-4f0e-9f0b-1c2d3e4f5a6b', again: null },
    ],
    ['inbox', 'full', { frame: english, titles: {}, messages: sampleMessages(address) }],
    ['inbox', 'empty', { frame: english, titles: {}, messages: [] }],
    ['messages', 'one', { frame: english, events: messageEvents, event: 'sign_in', locale: 'en' }],
  ]
}
