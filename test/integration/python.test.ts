// The Python of docs/python.md and examples/python, with Debian's OpenCV.
import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { ROOT } from '../support/child.js'
import { Program } from '../support/docs/program.js'
import { IN_PYTHON, readSnippets, snippetOf } from '../support/docs/snippets.js'
import { watchTrack } from '../support/docs/watch.js'
import { type HeadlessReceiver, startHeadlessReceiver } from '../support/headless-receiver/index.js'
import { createServer, LOCAL, type PixelcastServer } from '../support/pixelcast.js'
import { NO_PYTHON, python } from '../support/python.js'
import { until } from '../support/wait.js'

const FOLDER = join(ROOT, 'examples/python')
const PIXELCAST = `'${process.execPath}' '${join(ROOT, 'dist/cli/main.js')}'`
const LOCALLY = '--port 0 --media-host 127.0.0.1'
/** What both programs draw on, (60, 40, 20) as OpenCV counts. */
const BACKGROUND = [20, 40, 60]

it('the code in docs/python.md is that of the examples', async () => {
  const snippets = await readSnippets()
  for (const title of IN_PYTHON)
    expect(`${snippetOf(snippets, title).code}\n`).toBe(await readFile(join(FOLDER, title), 'utf8'))
})

describe.skipIf(!python)(`images of a Python program${NO_PYTHON}`, () => {
  let receiver: HeadlessReceiver
  const programs = new Set<Program>()
  beforeAll(async () => {
    receiver = await startHeadlessReceiver()
  })
  afterEach(async () => {
    for (const program of programs) await program.kill()
    programs.clear()
  })
  afterAll(async () => {
    await receiver?.kill()
  })

  const pipeline = (line: string) => {
    const program = Program.pipeline(FOLDER, line)
    programs.add(program)
    return program
  }
  const showsBackground = (url: string, track: string, within: number) =>
    until(`the background of ${track}`, async () => {
      const response = await fetch(new URL(`tracks/${track}/snapshot.png`, url))
      const pixel = sharp(await response.arrayBuffer()).extract({ left: 5, top: 470, width: 1, height: 1 })
      const [...rgb] = await pixel.removeAlpha().raw().toBuffer()
      return rgb.every((value, i) => Math.abs(value - BACKGROUND[i]!) <= within)
    })

  it('come through a pipe', async () => {
    const size = '--size 640x480 --format bgr24'
    const program = pipeline(`'${python}' to_stdin.py | ${PIXELCAST} serve - ${size} ${LOCALLY}`)
    const url = await program.url()
    await watchTrack(receiver, url, 'stdin')
    await showsBackground(url, 'stdin', 0)
  })

  it('come over HTTP, raw and as JPEGs', async () => {
    const server = pipeline(`${PIXELCAST} serve --ingest ${LOCALLY}`)
    const url = await server.url()
    pipeline(`PORT=${new URL(url).port} '${python}' over_http.py`)
    await server.printed(/ {2}pixels {2}http:\S+\/view\/pixels {2}\(sent over HTTP\)/)
    await server.printed(/ {2}jpegs {2}/)
    await watchTrack(receiver, url, 'pixels')
    await showsBackground(url, 'pixels', 0)
    await showsBackground(url, 'jpegs', 4)
  })
})

describe.skipIf(!python)(`pixelcast_http.py${NO_PYTHON}`, () => {
  let server: PixelcastServer
  let png: Buffer
  const token = 'a-token-for-python'
  const open = (port = 0) =>
    createServer({ ...LOCAL, port, ingest: { token, createTracks: true, maxBytes: 50_000 } })
  beforeAll(async () => {
    server = await open()
    const blue = { create: { width: 32, height: 24, channels: 3, background: 'blue' } } as const
    png = await sharp(blue).png().toBuffer()
  })
  afterAll(async () => {
    await server?.close()
  })

  /** Runs Python with what the class needs; its last line as JSON. `pause` is where it waits for us. */
  function run(code: string) {
    const script = `
import base64, json, sys
import numpy
from pixelcast_http import PixelcastError, Stream, Track
server = {"port": ${server.port}, "token": ${JSON.stringify(token)}}
gray = numpy.full((48, 64), 7, numpy.uint8)
png = base64.b64decode("${png.toString('base64')}")
def refusal(call, *arguments):
    try:
        return call(*arguments)
    except (PixelcastError, ValueError) as error:
        return type(error).__name__ + ": " + str(error)
def wait():
    print("waits", flush=True)
    sys.stdin.readline()
${code}`
    const child = spawn(python!, ['-c', script], { cwd: FOLDER, stdio: ['pipe', 'pipe', 'inherit'] })
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (text) => {
      output += text
    })
    return {
      waits: () => until('Python to wait', () => output.includes('waits')),
      goOn: () => child.stdin.write('\n'),
      result: until('the end of Python', () => child.exitCode !== null).then(
        () => JSON.parse(output.trim().split('\n').at(-1) ?? '') as unknown,
      ),
    }
  }
  const track = (name: string) => server.tracks.find((one) => one.name === name)

  it('takes what OpenCV and NumPy have: gray, colour, alpha, a part of an image', async () => {
    const { result } = run(`
track = Track("kinds / of", **server)
colour = numpy.zeros((48, 64, 3), numpy.uint8)
for frame in (gray, gray[:, :, None], colour, numpy.zeros((48, 64, 4), numpy.uint8), colour[::2, ::3], colour[:, :, ::-1]):
    track.show(frame)
import cv2
track.show_encoded(cv2.imencode(".png", colour)[1])
track.show_encoded(png)
print(json.dumps("done"))`)
    expect(await result).toBe('done')
    expect(track('kinds / of')?.stats).toMatchObject({ pushed: 8, refused: 0 })
  })

  it('says why an image was refused, and goes on', async () => {
    const { result } = run(`
track = Track("refusals", **server)
stranger = Track("refusals", port=server["port"], token="another-token")
said = [refusal(track.show, gray.astype("float32")), refusal(track.show, numpy.zeros((300, 300), numpy.uint8)),
        refusal(track.show_encoded, b"no image"), refusal(stranger.show, gray), refusal(track.show, gray)]
print(json.dumps(said))`)
    expect(await result).toEqual([
      'ValueError: expected uint8 with 1, 3 or 4 channels, got float32 (48, 64)',
      'PixelcastError: data: expected at most 50000 bytes, got 90000 bytes',
      expect.stringMatching(/^PixelcastError: data: expected JPEG, PNG or WebP, .* got 8 bytes/),
      'PixelcastError: Authorization: expected Bearer and a token of this server, got something else',
      null,
    ])
    expect(track('refusals')?.stats.pushed).toBe(1)
  })

  it('tells what became of a stream', async () => {
    const { result } = run(`
stream = Stream("parts", **server)
for data in (png, b"no image", png):
    stream.show_encoded(data)
print(json.dumps([stream.close(), refusal(Stream("parts", port=server["port"], token="another-token").close)]))`)
    expect(await result).toEqual([
      {
        images: 2,
        refused: 1,
        dropped: 0,
        incomplete: 0,
        lastError: expect.stringContaining('expected JPEG'),
      },
      expect.stringMatching(/^PixelcastError: Authorization: expected Bearer/),
    ])
  })

  it('finds the server again when that was started anew', async () => {
    const { waits, goOn, result } = run(`
track = Track("again", **server)
track.show(gray)
wait()
track.show(gray)
print(json.dumps("done"))`)
    await waits()
    const { port } = server
    await server.close()
    server = await open(port)
    goOn()
    expect(await result).toBe('done')
    expect(track('again')?.stats.pushed).toBe(1)
  })
})
