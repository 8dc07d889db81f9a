/** One of the invented accounts: who it is, and what it has. All names lie in `.example`, which nobody owns. */
export interface PracticeAccount {
  readonly name: string
  readonly uid: number
  /** What `/etc/passwd` says in its comment field. */
  readonly fullName: string
  readonly domain: string
  readonly crontab: string
  /** Its database and the user who opens it. */
  readonly database: string
  readonly databasePassword: string
  /** How many pictures, pages and messages it has. */
  readonly pictures: number
  readonly pages: number
  readonly messages: number
}

export const practiceAccounts: readonly PracticeAccount[] = [
  {
    name: 'marina',
    uid: 2001,
    fullName: 'Marina Boat Hire',
    domain: 'marina-boats.example',
    crontab: [
      '# The booking calendar, every quarter of an hour',
      'MAILTO=office@marina-boats.example',
      '*/15 * * * * cd $HOME/public_html && php wp-cron.php >/dev/null 2>&1',
      '30 4 * * 1 $HOME/bin/clean-cache.sh',
      '',
    ].join('\n'),
    database: 'marina_wp',
    databasePassword: 'tide-and-rope-71',
    pictures: 60,
    pages: 260,
    messages: 90,
  },
  {
    name: 'atelier',
    uid: 2002,
    fullName: 'Atelier Lindqvist Ceramics',
    domain: 'atelier-lindqvist.example',
    crontab: '0 6 * * * cd $HOME/shop && php artisan stock:report\n@monthly $HOME/bin/invoices.sh\n',
    database: 'atelier_shop',
    databasePassword: "glaze 'n' kiln #9",
    pictures: 80,
    pages: 220,
    messages: 140,
  },
  {
    name: 'noor',
    uid: 2003,
    fullName: 'Noor Haddad Photography',
    domain: 'noor-haddad.example',
    crontab: '15 3 * * * $HOME/bin/make-thumbnails.sh "$HOME/public_html/gallery"\n',
    database: 'noor_gallery',
    databasePassword: 'aperture-f11',
    pictures: 150,
    pages: 120,
    messages: 40,
  },
]
