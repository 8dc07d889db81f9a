// Draws the icons of the desktop from the mark, with a browser: run it where the mark has changed, and commit what
// it makes. build/icons: <size>x<size>.png, icon.icns, icon.ico; build/icons/tray: one for each state, and for macOS,
// which colours it itself, a Template.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { chromium } from '@playwright/test'

const root = dirname(import.meta.dirname)
const icons = join(root, 'build/icons')
const mark = readFileSync(join(root, 'renderer/public/mark.svg'), 'utf8')
const strokes = /<path d="([^"]+)"/.exec(mark)[1]
const colour = /stroke="(#[0-9a-f]+)"/.exec(mark)[1]

const drawn = (stroke, extra = '') =>
  `<g fill="none" stroke="${stroke}" stroke-width="2" stroke-linecap="round"><path d="${strokes}"/></g>${extra}`
const svg = (size, inner) =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}" viewBox="0 0 24 24">${inner}</svg>`
const program = (size) =>
  svg(
    size,
    `<rect width="24" height="24" rx="5.4" fill="#f4f7f7"/><g transform="translate(3.6 3.6) scale(.7)">${drawn(colour)}</g>`,
  )

/** A shape of its own for each state, so that colour is not needed. */
const badges = {
  idle: '',
  working: '<circle cx="19" cy="19" r="4.5"/>',
  attention: '<rect x="14.5" y="14.5" width="9" height="9"/>',
  failed: '<path d="M18.500 12.500l5.500 6-5.500 6-5.500-6z"/>',
  paused: '',
}
function tray(size, state, ink) {
  const inks = { working: '#2c8c87', attention: '#b7791f', failed: '#c0392b' }
  const badge = badges[state] && `<g fill="${ink ?? inks[state]}" stroke="none">${badges[state]}</g>`
  return svg(size, `<g opacity="${state === 'paused' ? 0.45 : 1}">${drawn(ink ?? colour, badge)}</g>`)
}

const browser = await chromium.launch({
  executablePath: process.env.HOLDFAST_BROWSER ?? '/usr/bin/chromium',
  args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
})
const page = await browser.newPage()
async function png(size, picture) {
  await page.setViewportSize({ width: size, height: size })
  await page.setContent(`<style>body{margin:0}svg{display:block}</style>${picture}`)
  return page.screenshot({ omitBackground: true })
}

/** Apple's container: four letters, the length, a PNG; 256 and 512 stand for themselves and for half of them, twice. */
function icns(images) {
  const types = { 128: ['ic07'], 256: ['ic08', 'ic13'], 512: ['ic09', 'ic14'], 1024: ['ic10'] }
  const chunk = (type, body) => {
    const head = Buffer.alloc(8)
    head.write(type, 'latin1')
    head.writeUInt32BE(body.length + 8, 4)
    return Buffer.concat([head, body])
  }
  const all = Object.entries(types).flatMap(([size, names]) => names.map((name) => chunk(name, images[size])))
  return chunk('icns', Buffer.concat(all))
}

/** Windows' container: a directory of PNGs. */
function ico(images) {
  const sizes = [16, 32, 48, 64, 128, 256]
  const head = Buffer.alloc(6 + 16 * sizes.length)
  head.writeUInt16LE(1, 2)
  head.writeUInt16LE(sizes.length, 4)
  let offset = head.length
  for (const [index, size] of sizes.entries()) {
    const at = 6 + 16 * index
    head.writeUInt8(size % 256, at)
    head.writeUInt8(size % 256, at + 1)
    head.writeUInt16LE(1, at + 4)
    head.writeUInt16LE(32, at + 6)
    head.writeUInt32LE(images[size].length, at + 8)
    head.writeUInt32LE(offset, at + 12)
    offset += images[size].length
  }
  return Buffer.concat([head, ...sizes.map((size) => images[size])])
}

mkdirSync(join(icons, 'tray'), { recursive: true })
const images = {}
for (const size of [16, 32, 48, 64, 128, 256, 512, 1024]) {
  images[size] = await png(size, program(size))
  writeFileSync(join(icons, `${size}x${size}.png`), images[size])
}
writeFileSync(join(icons, 'icon.icns'), icns(images))
writeFileSync(join(icons, 'icon.ico'), ico(images))
for (const state of Object.keys(badges))
  for (const [suffix, size] of [
    ['', 16],
    ['@2x', 32],
  ]) {
    writeFileSync(join(icons, 'tray', `${state}${suffix}.png`), await png(size, tray(size, state)))
    writeFileSync(
      join(icons, 'tray', `${state}Template${suffix}.png`),
      await png(size, tray(size, state, '#000000')),
    )
  }
await browser.close()
