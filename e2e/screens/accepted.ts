import type { Accepted, Aspect } from './differences.ts'

const all: readonly Aspect[] = ['place', 'style', 'words', 'missing']
const place: readonly Aspect[] = ['place']
const words: readonly Aspect[] = ['words']
const placeAndWords: readonly Aspect[] = ['place', 'words']

/** The same reason for several boxes of one pair. */
const of = (pair: string, aspects: readonly Aspect[], why: string, ...boxes: readonly string[]): Accepted[] =>
  boxes.map((box) => ({ pair, box, aspects, why }))

/** In what the app is not as its mockups on purpose: facts that collide with what was drawn. */
export const accepted: readonly Accepted[] = [
  ...of(
    '',
    place,
    'The buttons of the window stand before the name only where the system draws none.',
    'brand',
  ),

  ...of('a-', words, 'The engine says why, and names the archive that is intact.', 'attention'),
  ...of('a-', place, 'A bucket has no limit, so no meter stands above.', 'rail, Next runs'),
  ...of('a-', place, 'The button does what can be done from here.', 'attention'),

  ...of(
    'b-',
    place,
    'Nobody is connected while nothing runs, and the size of a disk is not asked for.',
    'facts',
  ),
  ...of('b-', place, 'Where copies go is not chosen here: one row fewer.', 'menu'),
  ...of('b-', ['style'], 'Opened by the pointer, nothing in it is chosen yet.', 'menu, Full'),
  ...of('b-', words, 'Mailboxes are counted in the rail of a backup, not here.', 'menu, Email only'),
  ...of('b-', words, 'System files, sites and tenants come with their own issues.', 'tabs'),

  ...of('c1-', words, 'What another user needs is said in a whole sentence.', 'user hint'),
  ...of('c1-', place, 'A page cannot open files of this computer: the path is typed.', 'key file, field'),
  ...of('c1-', words, 'There are no timeouts to be set.', 'more'),
  ...of('c2-', place, 'A command has its Copy beside it.', 'command'),
  ...of(
    'c3-',
    all,
    'The server is added by then: there is nothing to cancel.',
    'leave',
    'lead',
    'primary button',
  ),
  ...of('c3-', placeAndWords, 'It says what was looked at, no more.', 'accounts', 'database', 'sizes'),

  ...of(
    'd-',
    words,
    'The manifest is written with the stream, and thinning out is a job of its own.',
    'stages',
  ),
  ...of(
    'd-',
    placeAndWords,
    'The engine tells one phase and one total, not each component.',
    'log',
    'warning',
  ),
  ...of('d-', place, 'A rate needs a while to be a curve; how far each place is nobody tells.', 'rail, '),

  ...of('e-', words, 'The catalog does not know what retention has removed.', 'legend'),
  ...of('e-', placeAndWords, '“Partial” means that something is missing; each filter is counted.', 'filters'),
  ...of('e-', all, 'An archive file is opened where it is restored from.', 'add archive file'),
  ...of('e-', words, 'The manifest counts messages.', 'rail, Email'),

  ...of('f-', all, 'A search has a list of its own.', 'search'),
  ...of('f-', words, 'An index has no sizes of folders.', 'tree, ', 'about the folder'),
  ...of(
    'f-',
    words,
    'An index has no sizes of folders, and folders are not compared.',
    'row 1',
    'row 2',
    'row 3',
  ),
  ...of('f-', words, 'SI writes kB, and the time of day is in the title.', 'row 4', 'row 7'),
  ...of('f-', placeAndWords, 'SI writes kB; the pane can be closed.', 'history', 'first ', 'compare'),
  ...of('f2-', placeAndWords, 'Three lines are shown around each change.', 'skipped lines', 'first line'),
  ...of('f2-', place, 'Three lines are shown around each change.', 'removed line', 'added '),

  ...of('g1-', place, 'All sources are listed, and sixty days have sixty ticks.', 'sources', 'days'),
  ...of('g1-', placeAndWords, 'What every copy is kept for has a column.', 'row ', 'read it from'),
  ...of(
    'g2-',
    placeAndWords,
    'Databases are exchanged, never dropped before; a line of cron is no item.',
    'choice',
  ),
  ...of('g2-', placeAndWords, 'What comes back is chosen at the left; SI writes kB.', 'row '),
  ...of('g3-', place, 'Unpacking here is done where a backup is browsed.', 'server', 'account'),
  ...of('g3-', words, 'Passwords of users that are there stay.', 'row 5, cell 4'),
  ...of('g3-', place, 'Account and uid have rows too.', 'will it fit', 'row '),
  ...of('g4-', placeAndWords, 'Each database is planned for itself, table by table.', 'plan'),
  ...of(
    'g4-',
    placeAndWords,
    'What is not known is not said: how long undoing takes, how large a disk is.',
    'safety',
  ),
  ...of('g4-', placeAndWords, 'What is not known is not said: how large a disk is.', 'space', 'warning'),
  ...of('g5-', place, 'There is no maintenance mode, and the text is a line longer.', ''),
  ...of('g5-', words, 'Every kind of loss is counted.', 'what is lost'),
  ...of(
    'g6-',
    placeAndWords,
    'Opened from the list of jobs, it knows the archive, not the way here.',
    'step ',
    'below',
  ),
  ...of('g6-', placeAndWords, 'The rate is told as for any job.', 'job ', 'numbers', 'time'),
  ...of('g6-', placeAndWords, 'The steps are those of the plan.', 'row ', 'log'),
  ...of(
    'g7-',
    placeAndWords,
    'Opened from the list of jobs, it knows the archive, not the way here.',
    'step ',
    'below',
  ),
  ...of(
    'g7-',
    placeAndWords,
    'One file is missing, so it is restored in part; every component is counted.',
    'title',
  ),
  ...of('g7-', placeAndWords, 'Every component is counted, each database for itself.', 'lead', 'row '),
  ...of('g7-', placeAndWords, 'What is to be done about a warning is said, not done.', 'first warning'),
  ...of(
    'g7-',
    place,
    'Every component is counted, so more stands above.',
    'warnings',
    'next',
    'changed',
    'undo',
  ),
  ...of('g7-', place, 'The jobs can be opened from every page.', 'no jobs'),

  ...of('h-', place, 'All schedules can be paused here.', 'search'),
  ...of('h-', place, 'A run that did not go well is said where its schedule is listed.', 'schedule '),
  ...of('h-', words, 'A name is one word, for the command line.', 'schedule 2, name'),
  ...of('h-', place, 'A run that did not go well is told above the form.', 'head '),
  ...of('i1-', place, 'Whether new copies are encrypted has a column.', 'row '),
  ...of('i1-', words, 'Kind and whole address are said, and limits cannot be set.', 'row '),
  ...of('i1-', place, 'Sizes of earlier days are not kept.', 'rail, Secrets'),
  ...of('i', ['style'], 'It is added after it was seen to work: the button does both.', 'primary button'),

  ...of('j-', all, 'The jobs can be opened from every page.', 'jobs button'),
  ...of('k-', place, 'How often a key was seen is not counted, so less stands above.', 'alarm', 'harmless'),
  ...of('k-', place, 'How often a key was seen is not counted, so less stands above.', 'attack', 'on hold'),
  ...of('k-', place, 'A command has its Copy beside it.', 'command', 'copy'),
  ...of('k-', words, 'What is on hold has no time.', 'on hold'),
  ...of('m1-', words, 'A sheet has other examples.', 'show', 'small button'),
  ...of('m2-', words, 'A sheet has other examples.', 'delete', 'segmented', 'key'),
]
