/** Plans of prepared statements, and what in them reads more of a table than it should. Knows no statement. */

import type { Client } from 'pg'

/** A node of a plan, as EXPLAIN writes it. */
interface PlanNode {
  readonly 'Node Type': string
  readonly 'Relation Name'?: string
  readonly 'Index Name'?: string
  readonly 'Index Cond'?: string
  readonly 'Recheck Cond'?: string
  readonly 'TID Cond'?: string
  readonly 'Total Cost': number
  readonly Plans?: readonly PlanNode[]
}

/** What a statement's generic plan does. */
export interface PlanReport {
  readonly name: string
  readonly cost: number
  /** The indexes that it reads. */
  readonly indexes: readonly string[]
  /** Each scan of a table that grows with the table instead of with what is asked for. */
  readonly faults: readonly string[]
}

// These need all of what is below them before they give their first row.
const greedy = new Set(['Sort', 'Aggregate', 'Hash', 'WindowAgg', 'Unique', 'SetOp', 'ModifyTable'])

function faultOf(node: PlanNode, above: readonly PlanNode[], growing: ReadonlySet<string>): string | null {
  const { 'Node Type': type, 'Relation Name': table, 'Index Name': index } = node
  if (type === 'Bitmap Index Scan') return node['Index Cond'] === undefined ? `reads all of ${index}` : null
  if (table === undefined || !growing.has(table)) return null
  if (type === 'Seq Scan' || type === 'Sample Scan') return `reads all of ${table}`
  if (!type.startsWith('Index') || node['Index Cond'] !== undefined) return null
  // In the order of the index, until a limit is reached.
  const last = above.findLastIndex((each) => greedy.has(each['Node Type']))
  const limited = above.slice(last + 1).some((each) => each['Node Type'] === 'Limit')
  return limited ? null : `reads all of ${table} by ${index}`
}

function walk(
  node: PlanNode,
  above: readonly PlanNode[],
  visit: (node: PlanNode, above: readonly PlanNode[]) => void,
) {
  visit(node, above)
  for (const child of node.Plans ?? []) walk(child, [...above, node], visit)
}

/** The generic plan of one statement, judged. */
export async function judgePlan(
  client: Client,
  statement: { readonly name: string; readonly text: string },
  growing: ReadonlySet<string>,
): Promise<PlanReport> {
  await client.query(`set plan_cache_mode = force_generic_plan`)
  await client.query(`prepare judged as ${statement.text}`)
  try {
    const { rows: types } = await client.query<{ count: number }>(
      `select cardinality(parameter_types) as count from pg_prepared_statements where name = 'judged'`,
    )
    const count = types[0]?.count ?? 0
    const values = count === 0 ? '' : `(${Array.from({ length: count }, () => 'null').join()})`
    const { rows } = await client.query<Record<string, readonly { Plan: PlanNode }[]>>(
      `explain (format json) execute judged${values}`,
    )
    const plan = rows[0]?.['QUERY PLAN']?.[0]?.Plan
    if (plan === undefined) throw new Error(`EXPLAIN gave no plan of ${statement.name}.`)
    const faults = new Set<string>()
    const indexes = new Set<string>()
    walk(plan, [], (node, above) => {
      const fault = faultOf(node, above, growing)
      if (fault !== null) faults.add(fault)
      if (node['Index Name'] !== undefined) indexes.add(node['Index Name'])
    })
    return {
      name: statement.name,
      cost: plan['Total Cost'],
      indexes: [...indexes].sort(),
      faults: [...faults].sort(),
    }
  } finally {
    await client.query('deallocate judged')
  }
}

/** Foreign keys of the schema whose own columns no index begins with: a deletion there reads the whole table. */
export async function unindexedForeignKeys(client: Client, schema: string): Promise<string[]> {
  const { rows } = await client.query<{ conname: string }>(
    `select c.conname from pg_constraint c
      where c.contype = 'f' and c.connamespace = $1::regnamespace and not exists (
        select from pg_index i where i.indrelid = c.conrelid and i.indpred is null and i.indisvalid
          and (i.indkey::int2[])[0:cardinality(c.conkey) - 1] @> c.conkey
      ) order by 1`,
    [schema],
  )
  return rows.map(({ conname }) => conname)
}
