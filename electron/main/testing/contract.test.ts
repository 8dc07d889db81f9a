import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { beforeAll, describe, expect, test } from 'vitest'

/** Keeps the stand-in honest: judged by the types of Electron itself, read from its electron.d.ts. */

const main = join(import.meta.dirname, '..')
const standInFile = join(import.meta.dirname, 'electron.ts')
const isCode = (name: string) => name.endsWith('.ts') && !name.endsWith('.test.ts')
const productFiles = [
  ...readdirSync(main)
    .filter(isCode)
    .map((name) => join(main, name)),
  join(main, '../preload/preload.ts'),
]

interface Judge {
  readonly checker: ts.TypeChecker
  /** What the product uses: `app` → members and events. */
  readonly used: ReadonlyMap<string, ReadonlySet<string>>
  readonly events: ReadonlyMap<string, ReadonlySet<string>>
  /** Types by the name that both sides know them by: `App`, `WebContents`, `Dialog`. */
  readonly real: ReadonlyMap<string, ts.Type>
  readonly standIn: ReadonlyMap<string, ts.Type>
  readonly declared: string
  readonly emitted: readonly string[]
}
let judge: Judge

const upper = (name: string) => `${name.charAt(0).toUpperCase()}${name.slice(1)}`

function isElectron(symbol: ts.Symbol | undefined): boolean {
  return symbol?.declarations?.some(({ parent }) => fileOf(parent).endsWith('/electron.d.ts')) ?? false
}
function fileOf(node: ts.Node): string {
  return node.getSourceFile().fileName
}
function visit(node: ts.Node, see: (node: ts.Node) => void): void {
  see(node)
  node.forEachChild((child) => visit(child, see))
}
function add(map: Map<string, Set<string>>, key: string, value: string): void {
  map.set(key, (map.get(key) ?? new Set()).add(value))
}

function load(): Judge {
  const program = ts.createProgram([standInFile, ...productFiles], {
    ...{ strict: true, noEmit: true, skipLibCheck: true, allowImportingTsExtensions: true },
    ...{ target: ts.ScriptTarget.ES2024, module: ts.ModuleKind.NodeNext, types: ['node'] },
    ...{ lib: ['lib.es2024.d.ts', 'lib.esnext.disposable.d.ts'], resolveJsonModule: true },
  })
  const checker = program.getTypeChecker()
  const sources = program.getSourceFiles()
  const source = (end: string) => sources.find(({ fileName }) => fileName.endsWith(end))
  const used = new Map<string, Set<string>>()
  const events = new Map<string, Set<string>>()
  const real = new Map<string, ts.Type>()
  for (const file of sources.filter(({ fileName }) => productFiles.includes(fileName)))
    visit(file, (node) => {
      if (!ts.isPropertyAccessExpression(node)) return
      const symbol = checker.getSymbolAtLocation(node.name)
      const owner = symbol?.declarations?.find((each) => fileOf(each).endsWith('/electron.d.ts'))?.parent
      if (!isElectron(symbol) || owner === undefined) return
      if (!ts.isClassDeclaration(owner) && !ts.isInterfaceDeclaration(owner)) return
      const name = owner.name?.text ?? ''
      const isStatic = symbol?.declarations?.some(
        (each) =>
          ts.canHaveModifiers(each) &&
          each.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.StaticKeyword),
      )
      const key = isStatic ? `typeof ${name}` : name
      real.set(key, checker.getTypeAtLocation(node.expression))
      add(used, key, node.name.text)
      const call = node.parent
      const [first] = ts.isCallExpression(call) ? call.arguments : []
      if (/^(on|once)$/.test(node.name.text) && first !== undefined && ts.isStringLiteral(first))
        add(events, key, first.text)
    })

  const standInSource = source('/main/testing/electron.ts')
  if (standInSource === undefined) throw new Error('There is no stand-in.')
  const standIn = new Map<string, ts.Type>()
  const symbol = checker.getSymbolAtLocation(standInSource)
  for (const each of symbol === undefined ? [] : checker.getExportsOfModule(symbol)) {
    const type = checker.getTypeOfSymbolAtLocation(each, standInSource)
    const isClass = each.flags & ts.SymbolFlags.Class
    const name = upper(each.name)
    // `utilityProcess` is what `typeof UtilityProcess` has of its own.
    if (!isClass || !standIn.has(`typeof ${name}`)) standIn.set(`typeof ${name}`, type)
    if (isClass) standIn.set(name, checker.getDeclaredTypeOfSymbol(each))
    else if (!standIn.has(name)) standIn.set(name, type)
  }
  // What is reached through another export.
  const through = (name: string, from: string, property: string) => {
    const found = standIn.get(from)?.getProperty(property)
    if (found) standIn.set(name, checker.getTypeOfSymbolAtLocation(found, standInSource))
  }
  through('Session', 'Session', 'defaultSession')
  through('CommandLine', 'App', 'commandLine')
  const emitted: string[] = []
  const standInFiles = ['electron', 'app', 'page'].map((name) => source(`/main/testing/${name}.ts`))
  const seeEmits = (node: ts.Node) => {
    if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return
    const [first] = node.arguments
    if (node.expression.name.text === 'emit' && first !== undefined && ts.isStringLiteral(first))
      emitted.push(first.text)
  }
  for (const file of standInFiles) if (file !== undefined) visit(file, seeEmits)
  const declared = source('/electron.d.ts')?.text ?? ''
  return { checker, used, events, real, standIn, declared, emitted }
}

/** What only carries values, which tests make as they need them. */
const values = [
  'Process',
  'Event',
  'IpcMainInvokeEvent',
  'WebFrameMain',
  'Display',
  'OpenDialogReturnValue',
  'MessageBoxReturnValue',
]
const inherited = ['on', 'once', 'off', 'emit', 'preventDefault']

beforeAll(() => {
  judge = load()
})

describe('the stand-in of Electron', () => {
  test('is judged by what the product uses', () => {
    expect(judge.used.get('App')).toContain('requestSingleInstanceLock')
    expect(judge.used.get('typeof UtilityProcess') ?? judge.used.get('UtilityProcess')).toBeDefined()
    expect(judge.used.size).toBeGreaterThan(15)
    expect(judge.declared).toContain('declare namespace Electron')
  })

  test('has every member that the product uses', () => {
    const missing = [...judge.used].flatMap(([name, members]) =>
      values.some((value) => name.startsWith(value)) || /(Params|EventParams|ReturnValue)$/.test(name)
        ? []
        : [...members]
            .filter((member) => !inherited.includes(member) && !judge.standIn.get(name)?.getProperty(member))
            .map((member) => `${name}.${member}`),
    )
    expect(missing).toEqual([])
  })

  test('takes what Electron takes, and gives what Electron gives', () => {
    const { checker, real, standIn, used } = judge
    const wrong: string[] = []
    for (const [name, members] of used)
      for (const member of members) {
        const theirs = real.get(name)?.getProperty(member)
        const ours = standIn.get(name)?.getProperty(member)
        if (inherited.includes(member) || theirs === undefined || ours === undefined) continue
        const [theirType, ourType] = [theirs, ours].map((each) => checker.getTypeOfSymbol(each))
        if (theirType === undefined || ourType === undefined) continue
        if (!accepts(checker, theirType, ourType)) wrong.push(`${name}.${member}`)
      }
    expect(wrong).toEqual([])
  })

  test('emits nothing that Electron does not', () => {
    const all = [...judge.emitted, ...[...judge.events.values()].flatMap((names) => [...names])]
    expect(all.length).toBeGreaterThan(10)
    expect(all.filter((name) => !judge.declared.includes(`on(event: '${name}'`))).toEqual([])
  })
})

/** Whether ours takes as many arguments as Electron's does, and answers with what Electron's does. */
function accepts(checker: ts.TypeChecker, theirs: ts.Type, ours: ts.Type): boolean {
  const [call] = ours.getCallSignatures()
  const theirCalls = theirs.getCallSignatures()
  if (call === undefined) return theirCalls.length === 0
  const rest = call.parameters.some((each) => parameterOf(each)?.dotDotDotToken !== undefined)
  return theirCalls.some((their) => {
    const enough =
      required(call) <= their.parameters.length && (rest || required(their) <= call.parameters.length)
    return enough && answersLike(checker, their.getReturnType(), call.getReturnType())
  })
}

function parameterOf({ valueDeclaration }: ts.Symbol): ts.ParameterDeclaration | undefined {
  return valueDeclaration !== undefined && ts.isParameter(valueDeclaration) ? valueDeclaration : undefined
}

function required({ parameters }: ts.Signature): number {
  return parameters.filter((each) => {
    const declaration = parameterOf(each)
    return !(declaration?.questionToken ?? declaration?.initializer ?? declaration?.dotDotDotToken)
  }).length
}

/** Values of the same kind; of plain objects nothing that Electron's have not. Classes are judged by themselves. */
function answersLike(checker: ts.TypeChecker, theirs: ts.Type, ours: ts.Type): boolean {
  const isPromise = (type: ts.Type) => checker.getAwaitedType(type) !== type
  if (isPromise(theirs) !== isPromise(ours)) return false
  const [their, our] = [theirs, ours].map((type) => checker.getAwaitedType(type) ?? type)
  if (their === undefined || our === undefined) return false
  if (checker.isArrayType(our)) {
    const [element] = checker.getTypeArguments(our as ts.TypeReference)
    const [theirElement] = checker.isArrayType(their)
      ? checker.getTypeArguments(their as ts.TypeReference)
      : []
    return element !== undefined && theirElement !== undefined && answersLike(checker, theirElement, element)
  }
  if (our.isClass() || our.flags & (ts.TypeFlags.Void | ts.TypeFlags.Unknown)) return true
  if (!(our.flags & ts.TypeFlags.Object)) return checker.isTypeAssignableTo(our, their)
  return our.getProperties().every(({ name }) => their.getProperty(name) !== undefined)
}
