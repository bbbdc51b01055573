/**
 * Qualifies every function, operator, type and collation of a statement with `pg_catalog`, so that none is
 * looked up through the search path: an object with the same name in a schema that others may write to is
 * never called.
 *
 * Invariants: (1) the meaning stays the same: a qualified operator has another precedence than a plain one,
 * so parentheses are added to keep that of the plain ones; (2) syntax without a qualified form (`between`,
 * `like`, `is distinct from`, `nullif`, `case x when`, …) is refused with an alternative, and so are dates
 * and days, whose meaning depends on session settings; (3) qualifying twice changes nothing.
 */

import type { Group, Node, Token } from './sql-tokens.js'
import { is, isParentheses, readSql } from './sql-tokens.js'

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '))

// These separate expressions. They bind weaker than every operator.
const separators = words(
  `select distinct all from where and or not on when then else set returning values order by group having limit offset
  using as join left right inner outer cross lateral union except intersect with insert into update delete conflict do
  nothing for share skip locked nowait is desc asc nulls recursive materialized default`.replace(/\s+/g, ' '),
)

// Words that come before parentheses but are not functions.
const grammar = words('exists any some all array row in coalesce greatest least extract operator filter over')

// Types that are grammar keywords, which always mean those of pg_catalog.
const grammarTypes = words('integer int smallint bigint real boolean interval numeric decimal')

const refused: Readonly<Record<string, string>> = {
  between: 'a >= b and a <= c',
  like: 'starts_with(a, b) or strpos(a, b) > 0',
  ilike: 'starts_with(lower(a), b)',
  similar: 'an operator such as ~',
  nullif: 'case when a = b then null else a end',
  cast: 'a::type',
  natural: 'join … on',
}

// Their meaning depends on the time zone and the styles of the session, where a day may have 23 or 25 hours.
const sessionWords = words('current_date current_time localtime localtimestamp')
const sessionTypes = words('date time timestamp timetz interval')
const exactInterval = /^'\d+ (?:microsecond|millisecond|second|minute|hour)s?'$/

const precedence: Readonly<Record<string, number>> = {
  '^': 7,
  ...Object.fromEntries(['*', '/', '%'].map((operator) => [operator, 6])),
  ...Object.fromEntries(['+', '-'].map((operator) => [operator, 5])),
  ...Object.fromEntries(['<', '>', '=', '<=', '>=', '<>'].map((operator) => [operator, 2])),
}
const otherOperators = 4
const membership = 3

function refuse(what: string, instead: string): never {
  throw new TypeError(`SQL: ${what} is looked up through the search path. Write ${instead}.`)
}

function refuseDependent(what: string, instead: string): never {
  throw new TypeError(`SQL: ${what} depends on settings of the session. Write ${instead}.`)
}

function isWord(node: Node | undefined): node is Token {
  return node?.kind === 'word'
}

function opensSubquery({ nodes }: Group): boolean {
  return is(nodes[0], 'select', 'with', 'values')
}

function refuseUnqualifiable(nodes: readonly Node[], at: number): void {
  const node = nodes[at]
  const next = nodes[at + 1]
  if (!isWord(node) || is(nodes[at - 1], '.', 'as')) return
  const instead = Object.hasOwn(refused, node.text) ? refused[node.text] : undefined
  if (instead !== undefined) refuse(node.text, instead)
  if (node.text === 'is' && (is(next, 'distinct') || (is(next, 'not') && is(nodes[at + 2], 'distinct'))))
    refuse('is distinct from', '(a = b) is not true, or (a = b or (a is null and b is null))')
  if (node.text === 'using' && isParentheses(next) && !opensSubquery(next))
    refuse('using (…)', 'on a.x = b.x')
  if (sessionWords.has(node.text)) refuseDependent(node.text, 'statement_timestamp()')
  if (is(nodes[at - 1], '::') && sessionTypes.has(node.text))
    refuseDependent(`::${node.text}`, 'timestamptz, or a number of milliseconds')
  if (node.text === 'interval' && next?.kind === 'string' && !exactInterval.test(next.text))
    refuseDependent(`interval ${next.text}`, 'hours, or a smaller unit')
  const isLiteral = next?.kind === 'string' && !separators.has(node.text) && !is(node, 'interval', 'zone')
  if (isLiteral) refuse(`${node.text} '…'`, `'…'::${node.text}`)
}

// `substring(a from b)` and similar forms are grammar, which always means the functions of pg_catalog.
function isSpelledOut(node: Token, { nodes }: Group): boolean {
  return (
    is(node, 'substring', 'overlay', 'position', 'trim') &&
    nodes.some((inner) => is(inner, 'from', 'for', 'in'))
  )
}

// Both words begin a join, but before parentheses they are functions.
function isSideFunction(nodes: readonly Node[], at: number): boolean {
  return is(nodes[at], 'left', 'right') && isParentheses(nodes[at + 1])
}

function isFunction(nodes: readonly Node[], at: number): boolean {
  const node = nodes[at]
  const before = nodes[at - 1]
  const next = nodes[at + 1]
  if (!isWord(node) || !isParentheses(next) || isSpelledOut(node, next)) return false
  if (!isSideFunction(nodes, at) && (separators.has(node.text) || grammar.has(node.text))) return false
  // A qualified name, or the columns of a table or an alias.
  return !is(before, '.', 'as', 'ordinality', '::') && before?.kind !== 'group'
}

function isType(nodes: readonly Node[], at: number): boolean {
  const node = nodes[at]
  return isWord(node) && is(nodes[at - 1], '::') && !grammarTypes.has(node.text) && !is(nodes[at + 1], '.')
}

const isCollation = (nodes: readonly Node[], at: number): boolean =>
  is(nodes[at - 1], 'collate') && !is(nodes[at + 1], '.')

// The columns of a function's rows, such as `as w (id uuid, name text)`: each is a name and a type.
function definesColumns(nodes: readonly Node[], at: number): boolean {
  const name = nodes[at - 1]
  return isParentheses(nodes[at]) && isWord(name) && !separators.has(name.text) && is(nodes[at - 2], 'as')
}

function printColumns({ space, nodes, close }: Group): string {
  const printed = nodes.map((node, at) => {
    const isTypeOfColumn = isWord(node) && at > 0 && !is(nodes[at - 1], ',', '.')
    if (node.kind === 'group') return printGroup(node)
    return isTypeOfColumn && !grammarTypes.has(node.text)
      ? `${node.space}pg_catalog.${node.text}`
      : node.space + node.text
  })
  return `${space}(${printed.join('')}${close.space})`
}

function printGroup(group: Group, inner = print(group.nodes)): string {
  if (group.open === 'case' && !is(group.nodes[0], 'when')) refuse('case a when b', 'case when a = b')
  return `${group.space}${group.open}${inner}${group.close.space}${group.close.text}`
}

function printNode(nodes: readonly Node[], at: number): string {
  const node = nodes[at] as Node
  refuseUnqualifiable(nodes, at)
  if (node.kind === 'group') return definesColumns(nodes, at) ? printColumns(node) : printGroup(node)
  const isForeign = isFunction(nodes, at) || isType(nodes, at) || isCollation(nodes, at)
  return isForeign ? `${node.space}pg_catalog.${node.text}` : node.space + node.text
}

/** An operator between two operands, as indexes into the nodes of a segment. */
interface Operator {
  readonly at: number
  readonly text: string
  readonly binds: number
}

// A range of indexes into the nodes of a segment: from the first node to the one after the last.
type Range = readonly [from: number, to: number]

function operatorAt(nodes: readonly Node[], at: number, [from, to]: Range): Operator | null {
  const node = nodes[at] as Node
  const isMember = isWord(node) && is(node, 'in', 'not in') && isParentheses(nodes[at + 1])
  if (isMember) return { at, text: node.text, binds: membership }
  // A qualified operator follows a dot, and so does the star that means all columns of a table.
  if (node.kind !== 'operator' || is(nodes[at - 1], '.')) return null
  const isStar = node.text === '*' && (at === from || at === to - 1)
  const isSign = node.text === '-' && at === from && nodes[at + 1]?.kind === 'number'
  if (isStar || isSign) return null
  if (at === from || at === to - 1) throw new TypeError(`SQL: ${node.text} has one operand.`)
  return { at, text: node.text, binds: precedence[node.text] ?? otherOperators }
}

function printNodes(nodes: readonly Node[], [from, to]: Range): string {
  let printed = ''
  for (let at = from; at < to; at++) printed += printNode(nodes, at)
  return printed
}

// PostgreSQL reads `not in` as `<> all` for a list, and as `not … = any` for a subquery.
function printMembership(left: string, group: Group, operator: string): string {
  const inner = print(group.nodes) + group.close.space
  if (!opensSubquery(group)) {
    const [sign, quantifier] = operator === 'in' ? ['=', 'any'] : ['<>', 'all']
    return `${left} operator(pg_catalog.${sign}) ${quantifier} (array[${inner}])`
  }
  const space = /^\s*/.exec(left)?.[0] ?? ''
  const negation = operator === 'in' ? '' : 'not '
  return `${space}${negation}${left.slice(space.length)} operator(pg_catalog.=) any (${inner})`
}

// Split at the last of the operators with the lowest precedence: all of them are left-associative.
function printExpression(nodes: readonly Node[], operators: readonly Operator[], range: Range): string {
  const [from, to] = range
  const [first, ...others] = operators.filter(({ at }) => at >= from && at < to)
  if (first === undefined) return printNodes(nodes, range)
  const root = others.reduce((weakest, each) => (each.binds <= weakest.binds ? each : weakest), first)
  const left = printOperand(nodes, operators, [from, root.at])
  const group = nodes[root.at + 1]
  if (root.binds === membership) return printMembership(left, group as Group, root.text)
  const gap = nodes[root.at]?.space || ' '
  return `${left}${gap}operator(pg_catalog.${root.text})${printOperand(nodes, operators, [root.at + 1, to])}`
}

function printOperand(nodes: readonly Node[], operators: readonly Operator[], [from, to]: Range): string {
  const text = printExpression(nodes, operators, [from, to])
  if (!operators.some(({ at }) => at >= from && at < to)) return text
  const space = nodes[from]?.space ?? ''
  return `${space}(${text.slice(space.length)})`
}

function printSegment(nodes: readonly Node[], range: Range, isAssignment: boolean): string {
  const [from, to] = range
  const operators: Operator[] = []
  for (let at = from; at < to; at++) {
    const operator = operatorAt(nodes, at, range)
    if (operator !== null) operators.push(operator)
  }
  const [first] = operators
  if (!isAssignment || first?.text !== '=') return printExpression(nodes, operators, range)
  return printNodes(nodes, [from, first.at + 1]) + printExpression(nodes, operators, [first.at + 1, to])
}

// `not in` is one operator; `not` alone separates expressions.
function joinNotIn(nodes: readonly Node[]): Node[] {
  return nodes.flatMap((node, at) => {
    if (is(node, 'not') && is(nodes[at + 1], 'in')) return []
    if (is(node, 'in') && is(nodes[at - 1], 'not')) return [{ ...(nodes[at - 1] as Token), text: 'not in' }]
    return [node]
  })
}

const mark = (text: string): Token => ({ kind: 'word', space: ' ', text })

function splitAtCommas(nodes: readonly Node[]): Node[][] {
  const parts: Node[][] = [[]]
  for (const node of nodes) {
    if (is(node, ',')) parts.push([])
    else parts.at(-1)?.push(node)
  }
  return parts
}

// `unnest` of several arrays is a form of the grammar, and only works with its plain name.
function spreadUnnest(nodes: readonly Node[]): Node[] {
  return nodes.flatMap((node, at): Node[] => {
    const [before, next] = [nodes[at - 1], nodes[at + 1]]
    const spreads = (each: Node | undefined, group: Node | undefined): group is Group =>
      is(each, 'unnest') && isParentheses(group) && group.nodes.some((inner) => is(inner, ','))
    if (spreads(before, node) && !is(nodes[at - 2], '.')) return []
    if (!spreads(node, next) || is(before, '.')) return [node]
    const inner = splitAtCommas(next.nodes).flatMap((part, index): Node[] => [
      ...(index === 0 ? [] : [{ kind: 'punctuation' as const, space: '', text: ',' }]),
      { ...(node as Token), space: index === 0 ? '' : ' ' },
      { ...next, space: '', nodes: part },
    ])
    return [{ ...(node as Token), text: 'rows' }, mark('from'), { ...next, space: ' ', nodes: inner }]
  })
}

const endsAssignments = words('from where returning select')

function isSeparator(nodes: readonly Node[], at: number): boolean {
  const node = nodes[at]
  if (is(node, ',', ';')) return true
  // `any` and `all` after an operator belong to its right operand.
  if (is(node, 'all') && isParentheses(nodes[at + 1])) return false
  if (isSideFunction(nodes, at)) return false
  // After or before a dot, it is the name of a column or a table.
  return isWord(node) && separators.has(node.text) && !is(nodes[at - 1], '.') && !is(nodes[at + 1], '.')
}

function print(unjoined: readonly Node[]): string {
  const nodes = spreadUnnest(joinNotIn(unjoined))
  let printed = ''
  let assigns = false
  let start = 0
  for (let at = 0; at <= nodes.length; at++) {
    if (at < nodes.length && !isSeparator(nodes, at)) continue
    printed += printSegment(nodes, [start, at], assigns)
    if (at < nodes.length) printed += printNode(nodes, at)
    const node = nodes[at]
    if (is(node, 'set')) assigns = true
    if (isWord(node) && endsAssignments.has(node.text)) assigns = false
    start = at + 1
  }
  return printed
}

/** The text with every catalog name qualified. @throws TypeError for syntax without a qualified form */
export function qualify(text: string): string {
  return print(readSql(text))
}
