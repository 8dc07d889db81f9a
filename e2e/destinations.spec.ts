import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startFaultServer } from '../electron/core/destinations/s3/testing/fault-server.ts'
import { bigList } from './faults/naughty/strings.ts'
import { openChangingServer } from './fixtures/changing-server.ts'
import { expect, test } from './fixtures/window-test.ts'
import { DestinationsPage } from './pages/destinations-page.ts'
import { Frame } from './pages/frame.ts'

const markup = '<img src=x onerror=alert(1)>'

/** Some of each sort; none of them can be the name of anything. */
const notNames = [...new Set(bigList)]
  .filter((text) => !/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(text.trim()))
  .filter((_, at) => at % 12 === 0)

test('adds a folder after it was tried, and forgets it again without touching what lies there', async ({
  own,
  ownHost,
}) => {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-place-'))
  const [frame, places] = [new Frame(own), new DestinationsPage(own)]
  try {
    await expect(frame.heading).toHaveText('Overview')
    await own.keyboard.press('Control+5')
    await expect(frame.heading).toHaveText('Destinations')
    await expect(places.row('This computer')).toContainText('Not encrypted')
    await places.add.click()
    await places.field('Folder').fill('media/usb')
    await places.field('Folder').blur()
    expect(await places.saidOf('Folder')).toContain('Type the whole path of the folder')
    await places.field('Folder').fill(join(folder, markup))
    await places.field('Name in Holdfast').fill('usb')
    await places.test.click()
    await expect(places.panel).toContainText('All 11 passed')
    await expect(places.panel.getByRole('listitem').filter({ hasText: 'Read back' })).toContainText(
      'What was written comes back.',
    )
    expect(ownHost.app.destinations.list().map(({ name }) => name)).toEqual(['this-computer'])
    await places.add.click()
    await expect(frame.heading).toHaveText('usb')
    await expect(frame.messages).toContainText('Added usb')
    await expect(own.getByRole('main')).toContainText(markup)

    await own.getByRole('button', { name: 'Remove…' }).click()
    await own.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).click()
    await expect(frame.heading).toHaveText('Destinations')
    await expect(places.row('usb')).toHaveCount(0)
    expect(await readdir(join(folder, markup))).not.toEqual([])
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('keeps what was typed where the product refuses it, with its sentence', async ({ own, ownHost }) => {
  const [here] = ownHost.app.destinations.list()
  const path = here?.kind === 'local' ? here.path : ''
  const places = new DestinationsPage(own)
  await own.goto(`${new URL(own.url()).origin}/#/add-destination`)
  await places.add.click()
  await expect(places.said).toHaveText('2 fields need a look. Nothing was added.')
  await places.field('Folder').fill(path)
  await places.field('Name in Holdfast').fill('twice')
  await places.add.click()
  await expect(places.said).toContainText('exists already. Nothing was changed.')
  await expect(places.field('Folder')).toHaveValue(path)
  await own.keyboard.press('Escape')
  const question = own.getByRole('alertdialog', { name: 'Leave without adding the destination?' })
  await expect(question.getByRole('button', { name: 'Stay here' })).toBeFocused()
  await question.getByRole('button', { name: 'Leave' }).click()
  await expect(new Frame(own).heading).toHaveText('Destinations')
})

test('encrypts what goes to a bucket, once the recovery key was typed back', async ({ own, ownHost }) => {
  await using server = await startFaultServer({ conditional: 'works', plainChecksumsOnly: false })
  const [frame, places] = [new Frame(own), new DestinationsPage(own)]
  await own.goto(`${new URL(own.url()).origin}/#/add-destination`)
  await places.kind('Amazon S3').click()
  await places.field('Bucket').fill('bucket')
  await places.field('Region').fill('us-east-1')
  await places.field('Access key ID').fill('KEY')
  await places.field('Secret access key').fill('secret')
  await own.getByText('Custom endpoint').click()
  await places.field('Endpoint').fill('s3.example.com')
  await places.field('Endpoint').blur()
  expect(await places.saidOf('Endpoint')).toContain('An endpoint is https://')
  await places.field('Endpoint').fill(server.endpoint)
  await own.getByRole('checkbox', { name: /path of requests/ }).check()
  await places.field('Name in Holdfast').fill('cloud')
  await places.add.click()
  await expect(places.said).toContainText('Make the recovery key first')

  await own.getByRole('button', { name: 'Make the recovery key…' }).click()
  await places.ceremony.getByRole('button', { name: 'Make the key' }).click()
  await places.ceremony.getByRole('button', { name: 'I have it on paper' }).click()
  await places.ceremony.getByLabel('Recovery key').fill('AGE-SECRET-KEY-1WRONG')
  await places.ceremony.getByRole('button', { name: 'Try the key' }).click()
  await expect(places.ceremony.getByRole('alert')).toBeVisible()
  await own.keyboard.press('Escape')
  expect(ownHost.app.encryption.status().state).toBe('pending')
  await own.getByRole('button', { name: 'Make the recovery key…' }).click()
  await places.ceremony.getByRole('button', { name: 'Show its sheet again' }).click()
  const sheet = await places.ceremony.getByRole('region', { name: 'Recovery sheet' }).innerText()
  const [key = ''] = /AGE-SECRET-KEY-1[A-Z0-9]{20,}/.exec(sheet) ?? []
  await places.ceremony.getByRole('button', { name: 'I have it on paper' }).click()
  await expect(places.ceremony).not.toContainText(key)
  await places.ceremony.getByLabel('Recovery key').fill(key.toLowerCase())
  await places.ceremony.getByRole('button', { name: 'Try the key' }).click()
  await places.ceremony.getByRole('button', { name: 'Done' }).click()
  expect(ownHost.app.encryption.status().state).toBe('confirmed')

  await places.add.click()
  await expect(frame.heading).toHaveText('cloud')
  await expect(own.getByRole('switch')).toBeChecked()
  await frame.entry('Destinations').click()
  await expect(places.row('cloud')).toContainText('Encrypted')
})

test('tests a bucket while it is being added and afterwards, and says what was found', async ({
  own,
  ownHost,
}) => {
  await using server = await startFaultServer({ conditional: 'works', plainChecksumsOnly: false })
  const [frame, places] = [new Frame(own), new DestinationsPage(own)]
  await own.goto(`${new URL(own.url()).origin}/#/add-destination`)
  await places.kind('Amazon S3').click()
  await places.field('Bucket').fill('bucket')
  await places.field('Region').fill('us-east-1')
  await places.field('Access key ID').fill('KEY')
  await places.field('Secret access key').fill('secret')
  await own.getByText('Custom endpoint').click()
  await places.field('Endpoint').fill(server.endpoint)
  await own.getByRole('checkbox', { name: /path of requests/ }).check()
  await own.getByRole('switch').uncheck()
  const found = (what: string) => places.panel.getByRole('listitem').filter({ hasText: what })
  // Busy for a moment, as buckets are.
  server.fault = ({ nth }) => (nth === 1 ? { kind: 'refuse', status: 503, code: 'SlowDown' } : null)
  await places.test.click()
  await expect(found('Read back')).toContainText('What was written comes back.')
  expect(server.log.length).toBeGreaterThan(new Set(server.log).size)
  server.fault = () => null
  await expect(found('Clock')).toContainText('The clocks differ by')
  await expect(found('Connection')).toContainText('who can listen on the way can read the backups')
  await expect(places.panel).not.toContainText('Failed')
  expect([...server.objects.keys()].filter((key) => key.includes('probe'))).toEqual([])
  expect(ownHost.app.destinations.list()).toHaveLength(1)

  await places.add.click()
  await expect(frame.heading).toHaveText('bucket')
  await places.test.click()
  await expect(found('Read back')).toContainText('What was written comes back.')
  server.fault = ({ operation }) =>
    operation === 'PUT object' ? { kind: 'refuse', status: 403, code: 'AccessDenied' } : null
  await own.getByRole('button', { name: 'Test again' }).click()
  await expect(found('Failed: Write')).toBeVisible()
})

test('adds a bucket of Backblaze with what it needs, not encrypted where somebody says so', async ({
  own,
}) => {
  await using server = await startFaultServer({ conditional: 'not-implemented', plainChecksumsOnly: true })
  const [frame, places] = [new Frame(own), new DestinationsPage(own)]
  await own.goto(`${new URL(own.url()).origin}/#/add-destination`)
  await places.kind('Backblaze B2').click()
  await places.field('Bucket').fill('bucket')
  await places.field('Region').fill('EU central')
  await places.field('Region').blur()
  expect(await places.saidOf('Region')).toBe('That is not a region.')
  await places.field('Region').fill('eu-central-003')
  await places.field('Key ID').fill('003key')
  await places.field('Application key').fill('secret')
  await own.getByText('Another endpoint').click()
  await places.field('Endpoint').fill(server.endpoint)
  await own.getByRole('switch').uncheck()
  await places.add.click()
  await expect(frame.heading).toHaveText('bucket')
  await expect(own.getByRole('switch')).not.toBeChecked()
})

test('compares the host key of an SFTP server before a password is sent', async ({ own, ownHost }) => {
  await using ssh = await openChangingServer()
  const { fingerprint, password } = ssh.current
  const places = new DestinationsPage(own)
  await own.goto(`${new URL(own.url()).origin}/#/add-destination`)
  await places.kind('SFTP').click()
  await places.field('Host').fill('127.0.0.1')
  await places.field('Port').fill(String(ssh.port))
  await places.field('User').fill('root')
  await own.getByRole('radio', { name: 'Password', exact: true }).check()
  await own.getByRole('textbox', { name: 'Password', exact: true }).fill(password.reveal())
  await places.field('Name in Holdfast').fill('offsite')
  await places.test.click()
  await expect(places.hostKey).toContainText('Is this really 127.0.0.1?')
  const trust = places.hostKey.getByRole('button', { name: 'Trust this key and go on' })
  await places.field('Paste the fingerprint you expect').fill(`${fingerprint.slice(0, -4)}AAAA`)
  await expect(trust).toBeDisabled()
  await places.field('Paste the fingerprint you expect').fill(fingerprint)
  await trust.click()
  await expect(places.panel).toContainText('It cannot be reached')
  await places.add.click()
  await expect(places.said).not.toHaveText('')
  await expect(own.getByRole('textbox', { name: 'Password', exact: true })).toHaveValue(password.reveal())
  expect(ownHost.app.destinations.list()).toHaveLength(1)
})

test('says when a place is out of reach, and that nothing there is lost', async ({ own, ownHost }) => {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-away-'))
  const places = new DestinationsPage(own)
  await own.goto(`${new URL(own.url()).origin}/#/add-destination`)
  await places.field('Folder').fill(join(folder, 'disk'))
  await places.add.click()
  await expect(new Frame(own).heading).toHaveText('disk')
  await rm(folder, { recursive: true })
  await mkdir(join(folder, 'disk'), { recursive: true })
  await own.getByRole('button', { name: 'Test connection' }).click()
  await expect(places.panel).toContainText('is its disk plugged in?')
  expect(await readdir(join(folder, 'disk'))).toEqual([])
  await rm(folder, { recursive: true })
  expect(ownHost.app.destinations.list()).toHaveLength(2)
})

test('no naughty string as a name runs a script, and each that is no name is refused', async ({ own }) => {
  const dialogs: string[] = []
  own.on('dialog', (dialog) => {
    dialogs.push(dialog.message())
    void dialog.dismiss()
  })
  const places = new DestinationsPage(own)
  await own.goto(`${new URL(own.url()).origin}/#/add-destination`)
  const name = places.field('Name in Holdfast')
  await name.fill('x')
  await name.blur()
  for (const text of notNames) {
    await name.fill(text)
    await expect(name).toHaveAttribute('aria-invalid', 'true')
  }
  expect(dialogs).toEqual([])
  expect(await own.locator('main img, main iframe, main script').count()).toBe(0)
})
