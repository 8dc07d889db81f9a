import { expect, test } from 'vitest'
import { expandVariables, passwdFiles, passwordOf, placeIn } from './passwd-files.ts'

const address = 'Info@alice.example'
const fileOf = (path: string, userFormat = '%u') => ({ path, userFormat, scheme: 'CRYPT' })

test('the passwd-files of Dovecot 2.3 are found among other password databases, in order', () => {
  const doveconf = `# 2.3.19.1 (9b53102964): /etc/dovecot/dovecot.conf
passdb {
  args = scheme=SHA512-CRYPT username_format=%n /etc/virtual/%d/passwd
  driver = passwd-file
}
passdb {
  driver = pam
}
userdb {
  args = /etc/dovecot/others
  driver = passwd-file
}
protocol imap {
  passdb {
    args = /etc/dovecot/my users
    driver = passwd-file
  }
}`
  expect(passwdFiles(doveconf)).toEqual([
    { path: '/etc/virtual/%d/passwd', userFormat: '%n', scheme: 'SHA512-CRYPT' },
    { path: '/etc/dovecot/my users', userFormat: '%u', scheme: 'CRYPT' },
  ])
})

test('the passwd-files of Dovecot 2.4 are found, under any name', () => {
  const doveconf = `passdb passwd-file {
  passwd_file_path = /etc/dovecot/users
}
passdb virtual {
  driver = passwd-file
  passwd_file_path = /etc/virtual/%{user | domain}/passwd
  auth_username_format = %{user | username | lower}
  passdb_default_password_scheme = ARGON2ID
}
passdb pam {
}`
  expect(passwdFiles(doveconf)).toEqual([
    { path: '/etc/dovecot/users', userFormat: '%{user}', scheme: 'CRYPT' },
    {
      path: '/etc/virtual/%{user | domain}/passwd',
      userFormat: '%{user | username | lower}',
      scheme: 'ARGON2ID',
    },
  ])
})

test.each([
  ['%u', 'Info@alice.example'],
  ['%Lu 100%%', 'info@alice.example 100%'],
  ['%n at %d', 'Info at alice.example'],
  ['%{user | username | lower}', 'info'],
  ['%{user|domain|upper}', 'ALICE.EXAMPLE'],
  ['%s', null],
  ['%{user | md5}', null],
  ['%{lower}', null],
  ['%3n', null],
])('%j is filled in, or not taken for anything', (template, filled) => {
  expect(expandVariables(template, address)).toBe(filled)
})

test('a password is looked for only where no name can lead somewhere else', () => {
  const perDomain = fileOf('/etc/virtual//%d/passwd', '%n')
  expect(placeIn(perDomain, address)).toEqual({ path: '/etc/virtual/alice.example/passwd', user: 'Info' })
  for (const name of ['a@..', 'a@b/../../x', 'a\nroot', 'root:x@y', 'root@a\nb']) {
    expect(placeIn(perDomain, name)).toBeNull()
  }
  expect(placeIn(fileOf('users'), address)).toBeNull()
  expect(placeIn(fileOf('/etc/x', '%d'), 'alice')).toBeNull()
})

test.each([
  ['info@x:{SHA512-CRYPT}$6$ab$cd:1:2', { scheme: 'SHA512-CRYPT', hash: '$6$ab$cd' }],
  ['info@x:$1$ab$cd', { scheme: 'CRYPT', hash: '$1$ab$cd' }],
  ['info@x:{SHA256.HEX}00ff::::', { scheme: 'SHA256.HEX', hash: '00ff' }],
  ['info@x::::', null],
  ['info@x:{PLAIN}', null],
])('%j has its scheme and hash', (line, password) => {
  expect(passwordOf(line, fileOf('/etc/dovecot/users'))).toEqual(password)
})
