import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { ROOT } from './child.js'
import { Reel } from './images.js'
import { convert } from './raw-formats.js'

const WIDTH = 320
const HEIGHT = 240
const FRAMES = 60

/**
 * A real video: `PIXELCAST_TEST_VIDEO`, or the sample beside the checkout. Without either, one that is
 * made here (uncompressed YUV4MPEG2), so that the test still runs; it says so.
 */
export async function testVideo(): Promise<string> {
  const told = process.env.PIXELCAST_TEST_VIDEO
  if (told) return told
  const sample = resolve(ROOT, '../shared/data/vtest.avi')
  if (existsSync(sample)) return sample
  console.warn('vtest.avi is not there (set PIXELCAST_TEST_VIDEO): a generated video stands in for it')
  const file = join(ROOT, '.cache/test/generated.y4m')
  const reel = new Reel(WIDTH, HEIGHT)
  const parts: Uint8Array[] = [Buffer.from(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F10:1 Ip A1:1 C420jpeg\n`)]
  for (let i = 0; i < FRAMES; i++)
    parts.push(Buffer.from('FRAME\n'), convert(reel.image(i), 'yuv420p').data.slice())
  await mkdir(join(ROOT, '.cache/test'), { recursive: true })
  await writeFile(file, Buffer.concat(parts))
  return file
}
