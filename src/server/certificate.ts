import { unwatchFile, watchFile } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createSecureContext } from 'node:tls'
import { OptionError } from '../common/errors.js'

/** A certificate and its key, in files that may be renewed at any time. */
export interface TlsFiles {
  /** PEM: the certificate, and behind it those that lead to the root. */
  readonly certFile: string
  /** PEM, without a pass phrase. */
  readonly keyFile: string
}

/** Both as `node:https` takes them. */
export interface Certificate {
  readonly cert: Buffer
  readonly key: Buffer
}

/** How often the files are looked at, ms. By asking, not by events: certificates are often links that are turned. */
const LOOK_EVERY_MS = 2_000

/** @throws OptionError naming the file that cannot be read or used */
export async function readCertificate({ certFile, keyFile }: TlsFiles): Promise<Certificate> {
  const [cert, key] = await Promise.all([read('certFile', certFile), read('keyFile', keyFile)])
  try {
    createSecureContext({ cert, key })
  } catch (error) {
    throw new OptionError({
      field: 'tls',
      expected: 'a certificate and its key, both PEM',
      actual: `${certFile} and ${keyFile}: ${error instanceof Error ? error.message : String(error)}`,
    })
  }
  return { cert, key }
}

/**
 * Calls `onChange` with what is in the files whenever they have changed and fit together; `onError` when they
 * do not, which while they are being written is nothing to worry about.
 *
 * @returns a function that ends it
 */
export function watchCertificate(
  files: TlsFiles,
  onChange: (certificate: Certificate) => void,
  onError: (error: unknown) => void,
  every = LOOK_EVERY_MS,
): () => void {
  const look = () => void readCertificate(files).then(onChange).catch(onError)
  const paths = [files.certFile, files.keyFile]
  for (const path of paths) watchFile(path, { interval: every, persistent: false }, look)
  return () => {
    for (const path of paths) unwatchFile(path, look)
  }
}

async function read(field: keyof TlsFiles, path: string): Promise<Buffer> {
  try {
    return await readFile(path)
  } catch (error) {
    throw new OptionError({
      field: `tls.${field}`,
      expected: 'a file that can be read',
      actual: `${path}: ${error instanceof Error ? error.message : String(error)}`,
    })
  }
}
