import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

/** For tests: programs that people will open an archive with. */

/** What came of reading an archive with a program. */
export interface ToolRun {
  readonly code: number | null
  readonly stderr: string
  readonly stdout: Buffer
}

export interface Tool {
  readonly name: string
  /** The program, and the Debian package that has it. */
  readonly program: string
  readonly package: string
  /** Extracts an archive into an empty folder, prints its tar, or only goes through it. */
  readonly does: 'extract' | 'inflate' | 'list'
  /** Set for Python's tarfile, which reads no further than the closing blocks of the tar. */
  readonly ignoresTrailer?: true
  run(archive: string, folder: string): ToolRun
}

function run(program: string, args: readonly string[], cwd: string): ToolRun {
  const env = { ...process.env, LC_ALL: 'C.UTF-8' }
  const { status, stderr, stdout, error } = spawnSync(program, args, { cwd, env, maxBuffer: 2 ** 30 })
  if (error) throw error
  return { code: status, stderr: stderr.toString('latin1'), stdout }
}

const shell = (script: string) => (archive: string, folder: string) =>
  run('sh', ['-c', script, 'sh', archive], folder)

const python = (mode: string) => (archive: string, folder: string) =>
  run(
    'python3',
    [
      '-c',
      `import sys, tarfile\nwith tarfile.open(sys.argv[1], '${mode}') as t:\n  for m in t: t.extract(m, '.', **({'filter': 'tar'} if hasattr(tarfile, 'tar_filter') else {}))`,
      archive,
    ],
    folder,
  )

export const tools: readonly Tool[] = [
  {
    name: 'GNU tar',
    program: 'tar',
    package: 'tar',
    does: 'extract',
    run: shell('tar -xzf "$1"'),
  },
  {
    name: 'bsdtar',
    program: 'bsdtar',
    package: 'libarchive-tools',
    does: 'extract',
    run: shell('bsdtar -xf "$1"'),
  },
  {
    name: 'BusyBox tar',
    program: 'busybox',
    package: 'busybox',
    does: 'extract',
    run: shell('busybox tar -xzf "$1"'),
  },
  {
    name: '7-Zip',
    program: '7z',
    package: 'p7zip-full',
    does: 'extract',
    run: shell('7z x -so "$1" >"$1.tar" && 7z x -y "$1.tar" >/dev/null'),
  },
  {
    name: 'Python tarfile r:gz',
    program: 'python3',
    package: 'python3',
    does: 'extract',
    ignoresTrailer: true,
    run: python('r:gz'),
  },
  {
    name: 'Python tarfile r|gz',
    program: 'python3',
    package: 'python3',
    does: 'extract',
    ignoresTrailer: true,
    run: python('r|gz'),
  },
  {
    name: 'Python tarfile r|gz, whose list alone is read',
    program: 'python3',
    package: 'python3',
    does: 'list',
    ignoresTrailer: true,
    run: shell(
      `python3 -c 'import sys, tarfile\nwith tarfile.open(sys.argv[1], "r|gz") as t:\n  for m in t: pass' "$1"`,
    ),
  },
  {
    name: 'gzip',
    program: 'gzip',
    package: 'gzip',
    does: 'inflate',
    run: shell('gzip -dc "$1"'),
  },
  {
    name: 'PHP gzdecode',
    program: 'php',
    package: 'php-cli',
    does: 'inflate',
    run: shell(
      `php -d memory_limit=-1 -d display_errors=stderr -r '$t = gzdecode(file_get_contents($argv[1])); if ($t === false) exit(1); echo $t;' "$1"`,
    ),
  },
  {
    name: 'Ruby Zlib::GzipReader',
    program: 'ruby',
    package: 'ruby',
    does: 'inflate',
    run: shell(
      `ruby -rzlib -e '$stdout.binmode; Zlib::GzipReader.open(ARGV[0]) { |z| $stdout.write(z.read) }' "$1"`,
    ),
  },
  {
    name: 'Perl IO::Uncompress::Gunzip',
    program: 'perl',
    package: 'perl',
    does: 'inflate',
    run: shell(
      `perl -MIO::Uncompress::Gunzip=:all -e 'binmode STDOUT; gunzip $ARGV[0] => "-" or die $GunzipError' "$1"`,
    ),
  },
  {
    name: 'DecompressionStream',
    program: process.execPath,
    package: 'nodejs',
    does: 'inflate',
    run: (archive, folder) =>
      run(
        process.execPath,
        [
          '--input-type=module',
          '--eval',
          `import { openAsBlob } from 'node:fs'
           const blob = await openAsBlob(process.argv[1])
           for await (const chunk of blob.stream().pipeThrough(new DecompressionStream('gzip'))) {
             if (!process.stdout.write(chunk)) await new Promise((resolve) => process.stdout.once('drain', resolve))
           }`,
          archive,
        ],
        folder,
      ),
  },
]

export function isPresent({ program }: Tool): boolean {
  return (
    existsSync(program) ||
    (process.env['PATH'] ?? '').split(':').some((folder) => existsSync(`${folder}/${program}`))
  )
}
