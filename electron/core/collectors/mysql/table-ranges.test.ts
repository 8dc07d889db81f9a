import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { TableRanges } from './table-ranges.ts'

const head = '-- MariaDB dump\n--\n-- Host: localhost    Database: x\n\n'
const one =
  "--\n-- Table structure for table `o``ne`\n--\n\nCREATE TABLE `o``ne` (a);\n\n--\n-- Dumping data for table `o``ne`\n--\n\nINSERT INTO `o``ne` VALUES ('\\n--\\n-- Table structure for table `no`');\nDELIMITER ;;\nCREATE TRIGGER t\n--\n-- Table structure for table `in a body`\n;;\nDELIMITER ;\n\n"
const two = '--\n-- Table structure for table `zwei 日本`\n--\n\nCREATE TABLE `zwei 日本` (b);\n\n'
const rest = "--\n-- Dumping events for database 'x'\n--\n\n-- Dump completed\n"

async function ranges(size: number): Promise<string[][]> {
  const dump = Buffer.from(head + one + two + rest)
  const chunks = Array.from({ length: Math.ceil(dump.length / size) }, (_, at) =>
    dump.subarray(at * size, (at + 1) * size),
  )
  const through = Readable.from(chunks).pipe(new TableRanges())
  const out: Buffer[] = []
  for await (const chunk of through) out.push(chunk as Buffer)
  expect(Buffer.concat(out).equals(dump)).toBe(true)
  return through.ranges.map(({ name, from, to }) => [name, dump.subarray(from, to).toString()])
}

test.each([1, 7, 1000, 100_000])('tables are found exactly, in chunks of %i bytes', async (size) => {
  expect(await ranges(size)).toEqual([
    ['o`ne', one],
    ['zwei 日本', two],
  ])
})
