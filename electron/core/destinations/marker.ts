/** A file that only a prepared destination has: the bare mount point of an unplugged disk does not. */
export const markerName = '.holdfast-destination'
export const markerText = 'Holdfast keeps backups in this folder. Without this file it writes nothing here.\n'
