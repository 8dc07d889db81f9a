import type { LabProduct } from '../lab-product.ts'
import type { Field } from './field.ts'
import { resultOf, type FieldResult } from './ordeal.ts'

/**
 * Takes everything of the fields away, restores the items of the newest backup into the account itself, all of it without
 * any, and compares what is there with what was: `accepted` counts the strings that were there as names. Throws where the
 * restore fails.
 */
export async function bringBack(
  lab: LabProduct,
  strings: readonly string[],
  fields: readonly Field[],
  items: readonly string[] = [],
): Promise<ReadonlyMap<string, FieldResult>> {
  const before = await namesOf(lab, fields)
  for (const field of fields) await field.wipe(lab.host)
  const only = items.flatMap((item) => ['--item', item])
  await mustRun(lab, ['restore', 'lab/amy@latest', '--to', 'lab/amy', '--confirm', 'amy', ...only])
  const after = await namesOf(lab, fields)
  return new Map(
    fields.map(({ name }) => [name, resultOf(strings, before.get(name)!, after.get(name)!)] as const),
  )
}

async function namesOf({ host }: LabProduct, fields: readonly Field[]) {
  const names = new Map<string, ReadonlyMap<string, string>>()
  for (const field of fields) names.set(field.name, await field.live(host))
  return names
}

async function mustRun({ holdfast }: LabProduct, args: readonly string[]): Promise<void> {
  const { code, stdout, stderr } = await holdfast.run(args)
  if (code !== 0) throw new Error(`The restore ended with ${String(code)}: ${stdout}${stderr}`.slice(0, 8000))
}
