import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command, Option } from 'commander'
import { afterAll, describe, expect, it } from 'vitest'
import { demoCommand } from '../../../../src/cli/commands/demo.js'
import { publishCommand } from '../../../../src/cli/commands/publish.js'
import { serveCommand } from '../../../../src/cli/commands/serve.js'
import { makeConfigurable } from '../../../../src/cli/config/configure.js'
import { RepeatableOption } from '../../../../src/cli/config/repeatable-option.js'
import { EXIT_USAGE } from '../../../../src/cli/errors.js'
import { limitOption } from '../../../../src/cli/limit-flags.js'
import { collect, parsePort, parseSize } from '../../../../src/cli/options.js'
import { run } from '../../../../src/cli/program.js'

const folder = mkdtempSync(join(tmpdir(), 'pixelcast-config-'))
afterAll(() => rmSync(folder, { recursive: true }))

function file(content: unknown): string {
  const path = join(folder, 'config.json')
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

/** A program with one option of each kind; resolves with what its action was given. */
async function given(
  args: readonly string[],
  environment: Record<string, string> = {},
  warnings: string[] = [],
) {
  let got: { inputs: string[]; options: Record<string, unknown> } | undefined
  const program = new Command('pixelcast').exitOverride()
  program
    .command('serve')
    .argument('[input...]')
    .addOption(new Option('-p, --port <number>').argParser(parsePort).default(8080))
    .addOption(new Option('-s, --size <WxH>').argParser(parseSize))
    .addOption(new RepeatableOption('-n, --name <name>').argParser(collect))
    .addOption(new Option('--ingest-token <token>').env('PIXELCAST_INGEST_TOKEN'))
    .addOption(limitOption())
    .addOption(new Option('-l, --loop'))
    .addOption(new Option('--no-pages'))
    .addOption(new Option('--mode <mode>').choices(['calm', 'wild']))
    .action((inputs: string[], { config: _, ...options }: Record<string, unknown>) => {
      got = { inputs, options }
    })
  program.command('demo').addOption(new Option('--speed <factor>'))
  makeConfigurable(program, {
    environment,
    print: () => {},
    warn: (line) => warnings.push(line),
  })
  await program.parseAsync([...args], { from: 'user' })
  return got
}

describe('the configuration', () => {
  it('takes a flag before the environment, that before the file, that before the default', async () => {
    const config = file({ port: 3, size: '30x30', loop: true, mode: 'calm' })
    const environment = { PIXELCAST_PORT: '2', PIXELCAST_SIZE: '20x20' }
    expect(await given(['serve', '--config', config, '--port', '1'], environment)).toEqual({
      inputs: [],
      options: { port: 1, size: { width: 20, height: 20 }, loop: true, mode: 'calm', pages: true },
    })
    expect((await given(['serve', '--config', config], environment))?.options.port).toBe(2)
    expect((await given(['serve', '--config', config]))?.options.port).toBe(3)
    expect((await given(['serve']))?.options).toEqual({ port: 8080, pages: true })
  })

  it('finds the file by the environment, too', async () => {
    const PIXELCAST_CONFIG = file({ port: 3 })
    expect((await given(['serve'], { PIXELCAST_CONFIG }))?.options.port).toBe(3)
  })

  it('knows switches, lists and inputs', async () => {
    const config = file({ inputs: ['a.png', 'b.png'], name: ['a', 'b'], loop: false, pages: false })
    expect(await given(['serve', '--config', config])).toEqual({
      inputs: ['a.png', 'b.png'],
      options: { port: 8080, name: ['a', 'b'], loop: undefined, pages: false },
    })
    expect((await given(['serve', 'c.png', '--config', config]))?.inputs).toEqual(['c.png'])
    const environment = {
      PIXELCAST_INPUTS: 'a.png, b.png',
      PIXELCAST_NAME: '["a, b","c"]',
      PIXELCAST_LOOP: 'yes',
      PIXELCAST_PAGES: '0',
    }
    expect(await given(['serve'], environment)).toEqual({
      inputs: ['a.png', 'b.png'],
      options: { port: 8080, name: ['a, b', 'c'], loop: true, pages: false },
    })
    expect((await given(['serve', '--config', file({ name: 'one' })]))?.options.name).toEqual(['one'])
    expect((await given(['serve'], { PIXELCAST_NAME: 'one' }))?.options.name).toEqual(['one'])
    expect(
      (await given(['serve', '--config', file({ loop: true })], { PIXELCAST_LOOP: 'off' }))?.options.loop,
    ).toBe(undefined)
  })

  it('takes several limits, from a file and from the environment', async () => {
    const limit = { sessions: 50, encodeLoad: 0.5 }
    const inFile = { limit: ['sessions=50', 'encodeLoad=0.5'] }
    expect((await given(['serve', '--config', file(inFile)]))?.options.limit).toEqual(limit)
    for (const PIXELCAST_LIMIT of ['sessions=50, encodeLoad=0.5', '["sessions=50","encodeLoad=0.5"]'])
      expect((await given(['serve'], { PIXELCAST_LIMIT }))?.options.limit).toEqual(limit)
    await expect(given(['serve'], { PIXELCAST_LIMIT: 'sessions=50,sessions=x' })).rejects.toThrow(
      /PIXELCAST_LIMIT: expected a whole number from 1 to 10000, got "sessions=x"/,
    )
  })

  it('knows of every option that may be given several times', () => {
    const options = [serveCommand(), demoCommand(), publishCommand()].flatMap((command) => command.options)
    const saySo = options.filter(({ description }) => /several times|once for each input/.test(description))
    expect(saySo.length).toBeGreaterThan(5)
    expect(options.filter((option) => option instanceof RepeatableOption)).toEqual(saySo)
  })

  it('takes an empty variable for none, and what Kubernetes sets for a Service of that name', async () => {
    const environment = { PIXELCAST_INGEST_TOKEN: '', PIXELCAST_PORT: 'tcp://10.0.0.1:8080' }
    expect((await given(['serve'], environment))?.options).toEqual({ port: 8080, pages: true })
  })

  it('lets one file be for several commands', async () => {
    expect((await given(['serve', '--config', file({ speed: 2, port: 3 })]))?.options.port).toBe(3)
  })

  it.each<[string, unknown, RegExp]>([
    [
      'an unknown key',
      { prot: 1 },
      /config\.json: prot: expected the name of an option, got "prot" \(did you mean port\?\)$/,
    ],
    ['another spelling', { ingestToken: 'x' }, /ingestToken: .* \(did you mean ingest-token\?\)$/],
    ['a key far off', { quality: 1 }, /quality: expected the name of an option, got "quality"$/],
    ['itself', { config: 'x' }, /config: expected the name of an option/],
    [
      'a value out of range',
      { port: 70000 },
      /config\.json: port: expected a whole number from 0 to 65535 .*, got "70000"$/,
    ],
    ['another type', { port: true }, /port: expected a text or a number, got true$/],
    ['null', { port: null }, /port: expected a text or a number, got null$/],
    [
      'an object',
      { port: { number: 1 } },
      /port: expected a text or a number, got an object with \{number\}$/,
    ],
    ['a list for one', { port: [1] }, /port: expected one value, a text or a number, got a list$/],
    ['a list of what is none', { name: [['a']] }, /name: expected a list of texts or numbers, got a list$/],
    ['a text for a switch', { loop: 'yes' }, /loop: expected true or false, got "yes"$/],
    ['one input', { inputs: 'a.png' }, /inputs: expected a list of texts, got "a\.png"$/],
    ['none of the choices', { mode: 'mad' }, /mode: expected .*calm, wild.*, got "mad"$/i],
    [
      'a secret of another type',
      { 'ingest-token': { x: 'hidden-token' } },
      /ingest-token: expected a text or a number, got an object/,
    ],
    ['a list', [1], /config\.json: expected a JSON object with options, as \{ "port": 9000 \}, got a list$/],
    [
      'no JSON',
      '{\n"ingest-token": "hidden-token"\n"port": 1}',
      /config\.json: expected JSON, got something else( \(line 3\))?$/,
    ],
  ])('refuses %s in the file', async (_, content, message) => {
    const error = await given(['serve', '--config', file(content)]).catch((thrown: Error) => thrown)
    expect(error).toMatchObject({ exitCode: 2, message: expect.stringMatching(message) })
    expect((error as Error).message).not.toContain('hidden-token')
  })

  it.each<[Record<string, string>, RegExp]>([
    [
      { PIXELCAST_PORT: 'abc' },
      /^environment variable PIXELCAST_PORT: expected a whole number .*, got "abc"$/,
    ],
    [
      { PIXELCAST_LOOP: 'maybe' },
      /^environment variable PIXELCAST_LOOP: expected true or false, got "maybe"$/,
    ],
    [
      { PIXELCAST_CONFIG: '/nowhere.json' },
      /^option --config: expected a file that can be read, got \/nowhere\.json: no such file/,
    ],
  ])('refuses %j in the environment', async (environment, message) => {
    await expect(given(['serve'], environment)).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(message),
    })
  })

  it('sees a mistake in a file also when something goes before it', async () => {
    await expect(given(['serve', '--port', '1', '--config', file({ port: 'x' })])).rejects.toThrow(
      /port: expected/,
    )
  })

  it('warns of a variable that is misspelt, not of any other', async () => {
    const warnings: string[] = []
    await given(['serve'], { PIXELCAST_PROT: '1', PIXELCAST_SOMETHING_ELSE: '1', OTHER: '1' }, warnings)
    expect(warnings).toEqual([
      'environment variable PIXELCAST_PROT is not known (did you mean PIXELCAST_PORT?)',
    ])
  })
})

describe('--print-config', () => {
  it('shows every option of the real command line, with its source and without secrets', async () => {
    let out = ''
    const config = file({ inputs: ['rtsp://me:hidden-word@camera/1'], 'tls-cert': 'a.pem' })
    const code = await run(
      ['serve', '--print-config', '--config', config, '--host', '0.0.0.0'],
      {
        out: (text) => {
          out += text
        },
        error: () => {},
      },
      { PIXELCAST_INGEST_TOKEN: 'hidden-token', PIXELCAST_UDP_PORT: '5000' },
    )
    expect(code).toBe(0)
    expect(out).toMatch(/^inputs +rtsp:\/\/me:\(secret\)@camera\/1 +file$/m)
    expect(out).toMatch(/^host +0\.0\.0\.0 +command line$/m)
    expect(out).toMatch(/^udp-port +5000 +PIXELCAST_UDP_PORT$/m)
    expect(out).toMatch(/^ingest-token +\(secret\) +PIXELCAST_INGEST_TOKEN$/m)
    expect(out).toMatch(/^tls-cert +a\.pem +file$/m)
    expect(out).toMatch(/^port +8080 +default$/m)
    expect(out).toMatch(/^loop +-$/m)
    expect(out).not.toContain('hidden')
  })

  it('of one file for two commands: the token of viewers goes to no engine, whose addresses are secret', async () => {
    const tokens = { token: 'hidden-from-engines', 'whip-token': 'hidden-from-viewers' }
    const printed = async (whip: unknown, ...args: string[]) => {
      let out = ''
      const config = file({ ...tokens, whip })
      const print = (text: string) => {
        out += text
      }
      expect(
        await run([...args, '--print-config', '--config', config], { out: print, error: print }, {}),
      ).toBe(0)
      expect(out).not.toContain('hidden')
      return out
    }
    const publish = await printed(
      ['http://b.example/hidden'],
      'publish',
      'a.png',
      '--whip',
      'https://a.example:8443/hidden-key',
    )
    expect(publish).toMatch(/^whip +https:\/\/a\.example:8443\/\(secret\) +command line$/m)
    expect(publish).toMatch(/^whip-token +\(secret\) +file$/m)
    expect(publish).not.toMatch(/^token /m)
    const serve = await printed(['https://a.example/hidden-key', 'http://b.example/hidden'], 'serve', 'a.png')
    expect(serve).toMatch(/^whip +https:\/\/a\.example\/\(secret\), http:\/\/b\.example\/\(secret\) +file$/m)
    expect(serve).toMatch(/^token +\(secret\) +file$/m)
    for (const whip of ['https://a.example/hidden-key', ['https://a.example/hidden-key']])
      for (const args of [
        ['publish', 'a.png'],
        ['serve', 'a.png'],
      ])
        expect(await printed(whip, ...args)).toMatch(/^whip +https:\/\/a\.example\/\(secret\) +file$/m)
  })

  it('says so when the endpoint to publish to is nowhere, or is more than one', async () => {
    const failed = async (config: object, environment = {}) => {
      let error = ''
      const output = {
        out: () => {},
        error: (text: string) => {
          error += text
        },
      }
      expect(await run(['publish', 'a.png', '--config', file(config)], output, environment)).toBe(EXIT_USAGE)
      return error
    }
    expect(await failed({})).toMatch(
      /^pixelcast: option --whip: expected .*PIXELCAST_WHIP.*--config, got none$/m,
    )
    expect(await failed({ whip: [] })).toMatch(/option --whip: expected .* got none$/m)
    expect(await failed({ whip: ['http://a.example/key', 'http://b.example/key'] })).toMatch(
      /option --whip: expected at most one for each of 1 input, got 2$/m,
    )
    expect(await failed({}, { PIXELCAST_WHIP: 'ftp://a.example/key' })).toMatch(
      /environment variable PIXELCAST_WHIP: expected an address, http:\/\/ or https:\/\/, without user name, got (?!.*key)/,
    )
  })
})
