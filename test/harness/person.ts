/**
 * A person before a browser without JavaScript: follows links and redirects, fills in the forms of the page that they
 * look at, and keeps cookies. It goes through `auth.fetch`, or whatever answers like it.
 */

/** What is asked. */
export interface Answering {
  fetch(request: Request, peer?: { readonly address?: string }): Promise<Response>
}

/** A form of a page. */
export interface FoundForm {
  readonly action: string
  readonly method: string
  /** The values that stand in it. */
  readonly values: Readonly<Record<string, string>>
}

/** What a person looks at. */
export interface Looking {
  /** Path and query, after all redirects. */
  readonly at: string
  readonly status: number
  readonly headers: Headers
  readonly html: string
  /** What can be read, without tags. */
  readonly text: string
  /** The redirects on the way. */
  readonly way: readonly string[]
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }

function unescape(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => entities[name] ?? '')
}

function attributesOf(tag: string): Readonly<Record<string, string>> {
  const found = [...tag.matchAll(/\s([a-zA-Z_-]+)(?:="([^"]*)")?/g)]
  return Object.fromEntries(found.map(([, name = '', value = '']) => [name, unescape(value)]))
}

/** The forms of a page by their id. */
export function formsOf(html: string): ReadonlyMap<string, FoundForm> {
  const forms = [...html.matchAll(/<form([^>]*)>([\s\S]*?)<\/form>/g)]
  return new Map(
    forms.map(([, opening = '', body = '']) => {
      const { id = '', action = '', method = 'get' } = attributesOf(opening)
      const inputs = [...body.matchAll(/<input([^>]*)>/g)].map(([, tag = '']) => attributesOf(tag))
      const texts = inputs.filter(({ name, type }) => name !== undefined && type !== 'checkbox')
      const selects = [...body.matchAll(/<select([^>]*)>([\s\S]*?)<\/select>/g)].map(
        ([, tag = '', inner = '']) => {
          const options = [...inner.matchAll(/<option([^>]*)>/g)].map(([, each = '']) => attributesOf(each))
          const chosen = options.find((option) => 'selected' in option) ?? options[0]
          return [attributesOf(tag)['name'] ?? '', chosen?.['value'] ?? ''] as const
        },
      )
      const values = [...texts.map(({ name = '', value = '' }) => [name, value] as const), ...selects]
      return [id, { action, method, values: Object.fromEntries(values) }]
    }),
  )
}

function textOf(html: string): string {
  return unescape(
    html
      .replace(/<(script|style)[\s\S]*?<\/\1>/g, '')
      .replace(/<[^>]*>/g, ' ')
      .replace(/\s+/g, ' '),
  )
}

/** A person with a browser of their own. */
export function createPerson(
  answering: Answering,
  url = 'http://localhost:3000',
  headers: Record<string, string> = {},
) {
  const cookies = new Map<string, string>()
  let looking: Looking | undefined

  function keepCookies(response: Response): void {
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (value === '' || /max-age=0/i.test(line)) cookies.delete(name)
      else cookies.set(name, value)
    }
  }

  async function ask(method: string, path: string, body?: URLSearchParams): Promise<Response> {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const request = new Request(new URL(path, url), {
      method,
      headers: {
        accept: 'text/html,application/xhtml+xml',
        ...(method !== 'GET' && { origin: url, 'content-type': 'application/x-www-form-urlencoded' }),
        ...(cookie !== '' && { cookie }),
        ...headers,
      },
      ...(body !== undefined && { body: body.toString() }),
    })
    const response = await answering.fetch(request, { address: '127.0.0.1' })
    keepCookies(response)
    return response
  }

  async function go(method: string, path: string, body?: URLSearchParams): Promise<Looking> {
    const way: string[] = []
    let response = await ask(method, path, body)
    let at = path
    while (response.status === 303) {
      at = new URL(response.headers.get('location') ?? '', new URL(at, url)).href.replace(url, '')
      way.push(at)
      if (way.length > 5) throw new Error(`It goes on and on: ${way.join(' -> ')}`)
      response = await ask('GET', at)
    }
    const html = await response.text()
    looking = { at, status: response.status, headers: response.headers, html, text: textOf(html), way }
    return looking
  }

  function page(): Looking {
    if (looking === undefined) throw new Error('The person has opened nothing yet.')
    return looking
  }

  function form(id: string): FoundForm {
    const forms = formsOf(page().html)
    const found = forms.get(id)
    if (found === undefined)
      throw new Error(`There is no form ${id} at ${page().at}, but ${[...forms.keys()].join(', ')}.`)
    return found
  }

  return {
    cookies,
    page,
    form,
    open: (path: string) => go('GET', path.replace(url, '')),
    /** Fills in the form of this id, beside what stands in it already, and sends it. */
    send(id: string, values: Readonly<Record<string, string>> = {}) {
      const { action, values: standing } = form(id)
      return go('POST', action, new URLSearchParams({ ...standing, ...values }))
    },
    /** Posts what no form of the page holds. */
    post: (path: string, values: Readonly<Record<string, string>>) =>
      go('POST', path, new URLSearchParams(values)),
  }
}

/** A person. */
export type Person = ReturnType<typeof createPerson>
