import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../support/child.js'
import type { Failure, Input } from './target.js'

const FOLDER = '.cache/fuzz'

/** Writes the inputs of a failure to a file, and says how to see it again. */
export function save(target: string, seed: number, { index, what, inputs }: Failure): string {
  mkdirSync(join(ROOT, FOLDER), { recursive: true })
  const file = `${FOLDER}/${target}-${seed}-${index}.json`
  const saved = inputs.map((input) =>
    typeof input === 'string' ? { text: input } : { base64: Buffer.from(input).toString('base64') },
  )
  writeFileSync(join(ROOT, file), JSON.stringify({ target, seed, index, what, inputs: saved }, undefined, 1))
  return [
    `FAILED ${target}, input ${index} of seed ${seed}: ${what}`,
    `  saved as ${file}; again with`,
    `  npm run fuzz -- --target ${target} --seed ${seed} --from ${index} --count ${Math.max(1, inputs.length)}`,
    `  npm run fuzz -- --target ${target} --replay ${file}    (targets that need no network)`,
  ].join('\n')
}

export function load(file: string): Input[] {
  const { inputs } = JSON.parse(readFileSync(file, 'utf8')) as {
    inputs: readonly ({ readonly text: string } | { readonly base64: string })[]
  }
  return inputs.map((one) => ('text' in one ? one.text : new Uint8Array(Buffer.from(one.base64, 'base64'))))
}
