/** What the key of commands is called on this computer, as it stands before a letter. */
export const commandKey = (): string => (/Mac|iPhone|iPad/.test(navigator.platform) ? '⌘' : 'Ctrl ')
