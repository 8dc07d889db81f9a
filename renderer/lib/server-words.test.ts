import { describe, expect, test } from 'vitest'
import { databaseWords } from './server-words.ts'

describe('a database server', () => {
  test('is called by its make and as much of its version as tells it apart', () => {
    expect(databaseWords('mysql', '10.11.6-MariaDB-1:10.11.6+maria~deb12')).toBe('MariaDB 10.11')
    expect(databaseWords('mysql', '8.0.36')).toBe('MySQL 8.0')
    expect(databaseWords('postgresql', '15.6 (Debian 15.6-0+deb12u1)')).toBe('PostgreSQL 15')
    expect(databaseWords('postgresql', '9.6.24')).toBe('PostgreSQL 9.6')
  })
})
