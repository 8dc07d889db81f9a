import { formatBytes } from '../../../shared/format.ts'
import type { Server, Survey } from '../../../shared/model/server.ts'

const privileges = { root: 'root login', sudo: 'root by sudo', user: 'plain user' } as const

/** How a server is reached, a fact a line. */
export function describeServer(server: Server): string {
  const lines = [
    ['name', server.name],
    ['login', `${server.user}@${server.host}:${server.port}`],
    ['proves itself by', server.auth.kind === 'key' ? `key ${server.auth.path}` : server.auth.kind],
    ['root by', server.elevation],
    ['through', server.jump ?? 'direct'],
    ['rate limit', server.rateMbit === null ? 'none' : `${server.rateMbit} Mbit/s`],
    ...(server.legacyAlgorithms ? [['algorithms', 'LEGACY allowed']] : []),
  ]
  return lines.map(([name = '', value = '']) => `${name.padEnd(18)}${value}`).join('\n')
}

/** What a server can do, a fact a line. */
export function describeSurvey(survey: Survey): string {
  const lines = [
    ['host name', survey.hostname],
    ['system', survey.os],
    ['panel', survey.panel ?? 'none'],
    ['works as', `${survey.loginUser}, ${privileges[survey.privilege]}`],
    [
      'MySQL/MariaDB',
      survey.mysql === null
        ? 'none'
        : `${survey.mysql.version}${survey.mysql.reachable ? '' : ' (not reachable by this login)'}`,
    ],
    [
      'PostgreSQL',
      survey.postgresql === null
        ? 'none'
        : `${survey.postgresql.version}${survey.postgresql.reachable ? '' : ' (not reachable by this login)'}`,
    ],
    ['wire codec', survey.codecs[0] ?? 'none'],
    ...Object.entries(survey.freeBytes).map(([path, bytes]) => [`free on ${path}`, formatBytes(bytes)]),
  ]
  return lines.map(([name = '', value = '']) => `${name.padEnd(18)}${value}`).join('\n')
}
