import { readdir, stat } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { naturalCompare } from '../natural-sort.js'
import { IMAGE_ENDINGS } from '../sniff.js'

/** A file as it was at one moment. */
export interface SeenFile {
  readonly name: string
  /** Changes when the file is written. */
  readonly stamp: string
  /** When it was written last, ms. */
  readonly time: number
  /** When it was written or moved, ms, as the system noted it: unlike the other one nobody can set it. */
  readonly changed: number
}

/**
 * The images directly in a folder, the one that was written last at the end; hidden files are left out.
 *
 * @param only the one file that matters, whatever its ending
 * @param names look at these alone, instead of all there are
 * @throws what the system says about the folder
 */
export async function listImages(
  folder: string,
  only: string | undefined,
  names?: readonly string[],
): Promise<{ files: SeenFile[]; identity: string }> {
  const { dev, ino } = await stat(folder)
  const candidates = names ?? (only === undefined ? await readdir(folder) : [only])
  const files: SeenFile[] = []
  for (const name of candidates) {
    if (only === undefined && !isImageName(name)) continue
    // a file may be gone by now
    const found = await stat(join(folder, name)).catch(() => undefined)
    if (!found?.isFile()) continue
    const { ino: inode, size, mtimeMs: time, ctimeMs: changed } = found
    files.push({ name, stamp: `${inode}:${size}:${time}`, time, changed })
  }
  files.sort((a, b) => a.time - b.time || naturalCompare(a.name, b.name))
  return { files, identity: `${dev}:${ino}` }
}

/** Whether a file of that name belongs to a folder of images. */
export function isImageName(name: string): boolean {
  return !name.startsWith('.') && IMAGE_ENDINGS.has(extname(name).toLowerCase())
}
