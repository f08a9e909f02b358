import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { ROOT } from '../child.js'

const run = promisify(execFile)

interface Packed {
  readonly filename: string
  readonly files: readonly { readonly path: string; readonly size: number }[]
}

/** A user's empty project, with the package as it would come from a registry. */
export class PackedProject {
  private constructor(
    readonly folder: string,
    /** Paths in the package. */
    readonly files: readonly string[],
    /** Bytes. */
    readonly tarballSize: number,
  ) {}

  static async create(): Promise<PackedProject> {
    for (const built of ['dist/index.js', 'dist/viewer/pixelcast-view.js'])
      if (!existsSync(join(ROOT, built)))
        throw new Error(`${built} is not there: run \`npm run build\` first`)
    const folder = await mkdtemp(join(tmpdir(), 'pixelcast-packed-'))
    const { stdout } = await run(
      'npm',
      ['pack', '--json', '--ignore-scripts', '--pack-destination', folder],
      { cwd: ROOT },
    )
    // A list, or an object by name, as the version of npm has it.
    const [packed] = Object.values(JSON.parse(stdout) as Record<string, Packed>)
    if (!packed) throw new Error(`npm pack said: ${stdout}`)
    const tarball = join(folder, packed.filename)
    const { size } = await stat(tarball)
    await writeFile(
      join(folder, 'package.json'),
      JSON.stringify({ name: 'user', private: true, type: 'module' }),
    )
    const project = new PackedProject(
      folder,
      packed.files.map(({ path }) => path),
      size,
    )
    // The types of the version that is tested with, which the cache has.
    const types = await readFile(join(ROOT, 'node_modules/@types/node/package.json'), 'utf8')
    await project.install(tarball, `@types/node@${(JSON.parse(types) as { version: string }).version}`)
    return project
  }

  /** As a user would, but without install scripts, and from npm's cache where it can. */
  async install(...packages: readonly string[]): Promise<void> {
    await run(
      'npm',
      [
        'install',
        '--ignore-scripts',
        '--prefer-offline',
        '--no-audit',
        '--no-fund',
        '--loglevel=error',
        ...packages,
      ],
      { cwd: this.folder, timeout: 90_000 },
    )
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true })
  }
}
