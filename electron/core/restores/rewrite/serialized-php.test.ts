import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isInstalled } from '../../../../e2e/programs.ts'
import { testMapping } from '../test-mapping.ts'
import { rewriteConfig } from './rewrite-config.ts'

/** What PHP reads before, and what it must read afterwards. */
const leaves: Readonly<Record<string, string>> = {
  '/home/alice': '/srv/bob',
  '/home/alice/caf\u00e9 "x"/\\y\'z': '/srv/bob/caf\u00e9 "x"/\\y\'z',
  '/home/alice2/x': '/home/alice2/x',
  '$a {$b} \n\t/home/alice/$c': '$a {$b} \n\t/srv/bob/$c',
  'a;s:3:/home/alice': 'a;s:3:/srv/bob',
  'plain "quoted"; \\': 'plain "quoted"; \\',
}

type Value = string | { readonly [key: string]: Value }
const { value: anyValue } = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    fc.constantFrom(...Object.keys(leaves)),
    fc.dictionary(fc.constantFrom('a', 'key "2"', 'ü'), tie('value'), { noNullPrototype: true, minKeys: 1 }),
  ),
}))

function expected(value: Value): Value {
  if (typeof value === 'string') return leaves[value] ?? value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, expected(inner)]))
}

function php(code: string, input: string | Buffer): Buffer {
  return execFileSync('php', ['-d', 'display_errors=stderr', '-r', code], { input })
}

const write = String.raw`
$out = "<?php return [\n";
foreach (json_decode(stream_get_contents(STDIN), true) as $v) {
  $s = serialize(['deep' => serialize($v), 'flat' => $v]);
  $out .= var_export($s, true) . ",\n" . '"' . addcslashes($s, "\"\\$\n") . "\",\n";
}
echo str_replace("\\\n", '\n', $out) . "];\n";`
const read = String.raw`
$file = tempnam(sys_get_temp_dir(), 'rewrite');
file_put_contents($file, stream_get_contents(STDIN));
$all = array_map(function ($s) { $v = unserialize($s); return [unserialize($v['deep']), $v['flat']]; }, include $file);
unlink($file);
echo json_encode($all);`

test.runIf(isInstalled('php'))(
  'PHP reads rewritten serialized values, in either quotes, nested or not',
  () => {
    const values = fc.sample(anyValue, { numRuns: 300, seed: 1 })
    const before = php(write, JSON.stringify(values))
    const options = { mapping: testMapping(), passwords: [] }
    const { bytes, notUnderstood, changes } = rewriteConfig('/x/wp-config.php', before, options)
    expect(notUnderstood).toEqual([])
    expect(changes.length).toBeGreaterThan(300)
    const after = values.map(expected).flatMap((value) => [
      [value, value],
      [value, value],
    ])
    expect(JSON.parse(php(read, bytes).toString())).toEqual(after)
  },
)
