/**
 * The text of a statement as a tree: tokens, and groups between parentheses, brackets, or `case` and `end`.
 * Knows no other grammar.
 *
 * Invariant: nothing is lost. The space before each token is kept, so that a tree prints as the text it was
 * read from.
 */

/** The kinds of tokens. `operator` means those that PostgreSQL looks up by name, never `::`. */
export type TokenKind = 'word' | 'quoted' | 'string' | 'number' | 'parameter' | 'operator' | 'punctuation'

/** A token with the space before it. */
export interface Token {
  readonly kind: TokenKind
  readonly space: string
  readonly text: string
}

/** The nodes between two delimiters. */
export interface Group {
  readonly kind: 'group'
  readonly space: string
  readonly open: string
  readonly nodes: readonly Node[]
  readonly close: Token
}

/** A token or a group. */
export type Node = Token | Group

const forms: readonly (readonly [TokenKind | 'space', RegExp])[] = [
  ['space', /\s+/y],
  ['string', /'(?:[^']|'')*'/y],
  ['quoted', /"(?:[^"]|"")*"/y],
  ['parameter', /\$[0-9]+/y],
  ['number', /[0-9]+(?:\.[0-9]+)?/y],
  ['word', /[A-Za-z_][A-Za-z0-9_]*/y],
  ['punctuation', /::|[()[\],;.]/y],
  ['operator', /[-+*/<>=~!@#%^&|?]+/y],
]

function tokensOf(text: string): Token[] {
  const tokens: Token[] = []
  let space = ''
  for (let at = 0; at < text.length;) {
    const found = forms.flatMap(([kind, form]) => {
      form.lastIndex = at
      const [match] = form.exec(text) ?? []
      return match === undefined ? [] : [{ kind, text: match }]
    })[0]
    if (found === undefined || /^--|^\/\*/.test(found.text)) {
      throw new TypeError(`SQL: ${JSON.stringify(text.slice(at, at + 20))} can not be read.`)
    }
    at += found.text.length
    if (found.kind === 'space') {
      space = found.text
      continue
    }
    tokens.push({ kind: found.kind, space, text: found.text })
    space = ''
  }
  return tokens
}

const closings: Readonly<Record<string, string>> = { '(': ')', '[': ']', case: 'end' }

/** Parses a text. @throws TypeError when it can't be parsed, or a group is not closed */
export function readSql(text: string): Node[] {
  const tokens = tokensOf(text)
  let next = 0

  function readUntil(close: string | undefined): { nodes: Node[]; close: Token | undefined } {
    const nodes: Node[] = []
    for (let token = tokens[next++]; token !== undefined; token = tokens[next++]) {
      if (token.text === close) return { nodes, close: token }
      const closing = token.kind === 'word' || token.kind === 'punctuation' ? closings[token.text] : undefined
      if (closing === undefined) {
        nodes.push(token)
        continue
      }
      const inner = readUntil(closing)
      if (inner.close === undefined) throw new TypeError(`SQL: ${token.text} is not closed.`)
      nodes.push({
        kind: 'group',
        space: token.space,
        open: token.text,
        nodes: inner.nodes,
        close: inner.close,
      })
    }
    return { nodes, close: undefined }
  }

  return readUntil(undefined).nodes
}

/** Whether a node is this word (in lower case) or punctuation mark. */
export function is(node: Node | undefined, ...texts: readonly string[]): boolean {
  return node !== undefined && node.kind !== 'group' && texts.includes(node.text)
}

/** Whether a node is a pair of parentheses. */
export function isParentheses(node: Node | undefined): node is Group {
  return node?.kind === 'group' && node.open === '('
}
